"""`rnnviz.record`: a user's own network, trained by the user's own script, as a run of this
program.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from rnnviz.contracts.errors import UserError
from rnnviz.recording import attention as attending
from rnnviz.recording.copying import bare
from rnnviz.recording.glass import Wishes, device_of
from rnnviz.recording.names import names_of
from rnnviz.recording.outcome import Loss, kept_targets
from rnnviz.recording.pacing import Pace
from rnnviz.recording.probe import make_probe
from rnnviz.recording.recording import Recording
from rnnviz.recording.scalars import Scalars
from rnnviz.recording.stations import stations


def record(
    path: str | os.PathLike[str],
    model: nn.Module,
    probe: Any,
    *,
    vocab: Any = None,
    classes: Any = None,
    targets: Any = None,
    loss: Loss | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    attention: str | Sequence[str] = (),
    source: str | Sequence[str] = (),
    tokens: Sequence[str] = (),
    source_tokens: Sequence[str] = (),
    item: int = 0,
    every: int = 1,
    budget: float | None = 3.0,
    megabytes: int = 500,
    gradient_norm: bool = True,
    weights: bool = False,
    title: str = "",
    config: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Recording:
    """Record what happens inside `model` while a script trains it; open `path` in the program.

    Example::

        import rnnviz

        with rnnviz.record("runs/mine", model=net, probe=x[:1], targets=y[:1], vocab=chars) as rec:
            for x, y in batches:
                loss = criterion(net(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                rec.step(loss)

    path         a new folder for the run; `overwrite` replaces a run that is there
    model        any module with nn.RNN, nn.LSTM, nn.GRU, their Cell forms or attention inside
    probe        one fixed input to look at: a tensor, a tuple of all arguments, a dict of keyword
                 arguments, or a function that is given the network and calls it
    vocab        texts of the ids that are read: a list, a string, a dict from text to id
    classes      texts of the ids that are predicted, where they are others
    targets      true ids or numbers for the probe: gradients through time and losses need them
    loss         function of (output, targets), or of (output, probe) without targets, that
                 gradients are taken of; else cross-entropy for ids, squared error for numbers
    optimizer    for the curve of its learning rate
    attention    names of submodules whose output has attention weights; `nn.MultiheadAttention`,
                 submodules called attention and weights that the network returns are found anyway
    source       names of submodules that read a source sequence, where that is not found rightly
    tokens, source_tokens  texts along the two axes, instead of those found in the probe
    item         row of the probe's batch that is shown
    every        looks are taken at multiples of this step only
    budget       percent of the time that looks may take together; None: every look is taken
    megabytes    most disk space for what is recorded; it stays spread over the whole training
    weights      keep the newest weights too, as `weights.safetensors`
    config       settings of the script to be kept, as JSON types

    Raises UserError where the arguments cannot work. Afterwards nothing that goes wrong here
    reaches the script: it is told by a warning, and training goes on.
    """
    if not isinstance(model, nn.Module):
        raise UserError(f"model: give the torch module to look into, not a {type(model).__name__}.")
    device = device_of(model)
    wishes = Wishes(
        names_of(vocab),
        names_of(classes),
        None if targets is None else kept_targets(targets, device),
        loss,
        item,
        _named(attention),
        _named(source),
        tuple(tokens),
        tuple(source_tokens),
    )
    _check(model, wishes, every, budget, megabytes)
    folder = Path(path)
    made = make_probe(probe, model, device)
    options = _plain(config)
    return Recording(
        folder,
        model,
        made,
        wishes,
        Scalars(model, optimizer, gradient_norm),
        Pace(every, budget),
        {"title": title, "options": options, "device": str(device)},
        megabytes,
        weights,
        overwrite,
    )


def _check(
    model: nn.Module, wishes: Wishes, every: int, budget: float | None, megabytes: int
) -> None:
    known = dict(bare(model).named_modules())
    for name in (*wishes.attention, *wishes.source):
        if name not in known:
            there = ", ".join(path for path in known if path) or "none"
            raise UserError(f"There is no submodule {name!r} in the network; there are {there}.")
    if not stations(bare(model)) and not attending.watched(bare(model), wishes.attention):
        raise UserError(
            f"{type(model).__name__} has no nn.RNN, nn.LSTM, nn.GRU, Cell or attention inside; "
            "name the submodule that attends with attention=."
        )
    if wishes.item < 0:
        raise UserError(f"item: {wishes.item} is no row of a batch; they count from 0.")
    if every < 1:
        raise UserError(f"every: {every} is no number of steps; choose 1 or more.")
    if budget is not None and not 0 < budget <= 100:
        raise UserError(f"budget: {budget:g} is no percentage; choose above 0, at most 100.")
    if megabytes < 1:
        raise UserError(f"megabytes: {megabytes} is too little; choose 1 or more.")


def _named(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _plain(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The script's settings as JSON; what JSON cannot write stands as its text."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(config or {}), default=str))
    return plain
