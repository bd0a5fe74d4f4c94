"""`rnnviz.record`: a user's own network, trained by the user's own script, as a run of this
program.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import time
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine import disk, run_folder
from rnnviz.engine.layout import FACTS, WEIGHTS
from rnnviz.engine.observer import Budget
from rnnviz.engine.run_folder import RunFolder, Unsaved
from rnnviz.recording import attention as attending
from rnnviz.recording.calm import calm
from rnnviz.recording.copying import bare, private_copy
from rnnviz.recording.describing import structure
from rnnviz.recording.glass import Glass, Wishes, device_of
from rnnviz.recording.names import names_of
from rnnviz.recording.outcome import Loss, kept_targets
from rnnviz.recording.probe import Probe, make_probe
from rnnviz.recording.scalars import Scalars
from rnnviz.recording.stations import stations

LOOKS_PER_SECOND = 2.0
"""More would fill the disk sooner than they would show anything new."""

FLUSH_SECONDS = 0.5
"""Scalars are written at least this often, so that a killed script loses less than a second."""

MOST_FAILURES = 3
"""After so many looks in a row that failed, no more are tried."""

_open: dict[Path, weakref.ref[Recording]] = {}


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
        _Pace(every, budget),
        {"title": title, "options": options, "device": str(device)},
        megabytes,
        weights,
        overwrite,
    )


class Recording:
    """A run that is being recorded. `record` makes it."""

    _folder: RunFolder | None

    def __init__(
        self,
        path: Path,
        model: nn.Module,
        probe: Probe,
        wishes: Wishes,
        scalars: Scalars,
        pace: _Pace,
        facts: dict[str, Any],
        megabytes: int,
        weights: bool,
        overwrite: bool,
    ) -> None:
        self.path = path
        self._model, self._probe, self._wishes = bare(model), probe, wishes
        self._scalars, self._pace, self._weights = scalars, pace, weights
        self._process = os.getpid()
        self._step = 0
        self._looked_at = -1
        self._flushed_at = time.monotonic()
        self._failures = 0
        self._said: set[str] = set()
        self._folder = None
        if not _is_first_process():
            return
        _close_older(path)
        _require_free(path, overwrite)
        self._glass = Glass(self._model, probe, wishes, facts["title"] or path.resolve().name)
        first = self._first_look()
        facts = facts | {
            "threads": torch.get_num_threads(),
            "structure": json.loads(self._structure(first).to_json()),
        }
        self._folder = run_folder.create_for_script(path, facts, megabytes, overwrite)
        if first is not None:
            self._keep(first)
        _open[path.resolve()] = weakref.ref(self)
        # A bound method would keep the recording, and so the network, alive.
        atexit.register(_at_exit, weakref.ref(self))

    def step(self, loss: Any = None, **scalars: Any) -> None:
        """One optimizer update is done: `loss` as tensor or number, and what else is known of it:
        `validation_loss`, `metric`, `learning_rate`, `epoch`, `tokens` (of this batch), `norm`
        (before clipping), `clip`.

        Call it after `backward` and before the next `zero_grad`, so that gradients can be measured.
        """
        self._step += 1
        if self._folder is None:
            return
        try:
            with self._harmless("The scalars of a step were not recorded"):
                self._scalars.add(self._step, loss, scalars)
            if self._pace.due(self._step):
                self.look()
        finally:
            if time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
                self._flush()

    def look(self) -> None:
        """Look inside now, whatever the budget says."""
        if self._folder is None or self._failures >= MOST_FAILURES:
            return
        began = time.perf_counter()
        self._failures += 1
        with self._harmless("The network could not be looked into"):
            self._keep(self._glass.look(self._step))
            self._failures = 0
        self._pace.spend(time.perf_counter() - began)

    def sample(self, text: str, prompt: str = "", temperature: float = 1.0, seed: int = 0) -> None:
        """Keep a text that the network wrote, for the view of samples."""
        if self._folder is None:
            return
        with self._harmless("A sample was not recorded"):
            sample = Sample(self._step, str(prompt), str(text), float(temperature), int(seed))
            self._folder.add_sample(sample)

    def save_weights(self) -> None:
        """Put the network's weights into the run, as `weights.safetensors`."""
        if self._folder is None:
            return
        with self._harmless("The weights were not saved"):
            tensors = {n: v for n, v in self._model.state_dict().items() if torch.is_tensor(v)}
            data = save({n: v.detach().cpu().clone().contiguous() for n, v in tensors.items()})
            disk.write(self.path / WEIGHTS, data)

    def close(self) -> None:
        """End the recording, with a last look at the network as it is now."""
        self._close()

    def _close(self, look: bool = True, problem: str = "") -> None:
        # A process that was forked off shares what this one writes.
        if self._folder is None or os.getpid() != self._process:
            return
        if look and self._looked_at != self._step:
            self.look()
        self._flush()
        if self._weights:
            self.save_weights()
        folder, self._folder = self._folder, None
        _open.pop(self.path.resolve(), None)
        with self._harmless("The run was not closed"):
            folder.say("failed" if problem else "finished", problem)
            folder.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After an error the network may be in any state; after Ctrl+C it is where training stood.
        failed = isinstance(error, Exception)
        self._close(not failed, f"The script ended: {_sentence(error)}." if failed else "")

    def __del__(self) -> None:
        # A function that returns without closing it still leaves a whole run.
        if not sys.is_finalizing() and getattr(self, "_folder", None) is not None:
            self._close()

    def __repr__(self) -> str:
        state = "closed" if self._folder is None else "open"
        return f"<rnnviz recording {str(self.path)!r}, step {self._step}, {state}>"

    # ---- inside

    def _first_look(self) -> Snapshot | None:
        """At the untrained network; UserError where the probe is not one that it can read."""
        try:
            return self._glass.look(0)
        except UserError:
            raise
        except Exception as error:
            self._require_probe()
            self._warn(f"The network could not be looked into ({_sentence(error)}).")
            self._failures = MOST_FAILURES
            return None

    def _require_probe(self) -> None:
        """Run the probe as the script would."""
        try:
            with calm(device_of(self._model)):
                self._probe.call(private_copy(self._model))
        except Exception as error:
            raise UserError(
                f"probe: the network cannot read it ({_sentence(error)}); give what you would "
                "call it with: a tensor, a tuple of arguments, a dict of keyword arguments, or a "
                "function of the network."
            ) from error

    def _structure(self, first: Snapshot | None) -> Any:
        if first is not None:
            return first.structure
        found = stations(self._model)
        return structure(self._model, found, {s.path: "time" for s in found}, 0, False)

    def _keep(self, snapshot: Snapshot) -> None:
        assert self._folder is not None
        self._folder.add_snapshot(snapshot, full=True)
        self._looked_at = snapshot.step

    def _flush(self) -> None:
        self._flushed_at = time.monotonic()
        with self._harmless("Scalars were not recorded"):
            rows = self._scalars.take()
            if rows and self._folder is not None:
                self._folder.add_steps(rows)

    @contextmanager
    def _harmless(self, what: str) -> Iterator[None]:
        """Nothing that goes wrong in the block reaches the script; each message is told once."""
        try:
            yield
        except (UserError, Unsaved) as error:
            self._warn(str(error))
        except Exception as error:
            more = "; no more looks are tried" if self._failures >= MOST_FAILURES else ""
            self._warn(f"{what} ({_sentence(error)}){more}.")

    def _warn(self, message: str) -> None:
        if message in self._said:
            return
        self._said.add(message)
        text = f"rnnviz: {message.rstrip('.')}. Training is not affected."
        try:
            warnings.warn(text, RuntimeWarning, stacklevel=5)
        except RuntimeWarning:
            # The script turns warnings into errors; this one must not end it.
            print(text, file=sys.stderr)


class _Pace:
    """When to look: at multiples of `every`, within `budget` percent of the time."""

    def __init__(self, every: int, budget: float | None) -> None:
        self._every = every
        self._budget = None if budget is None else Budget(budget, LOOKS_PER_SECOND)

    def due(self, step: int) -> bool:
        on_time = self._budget is None or self._budget.due()
        return step % self._every == 0 and on_time

    def spend(self, seconds: float) -> None:
        if self._budget is not None:
            self._budget.spend(seconds)


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


def _require_free(path: Path, overwrite: bool) -> None:
    if (path / FACTS).is_file() and not overwrite:
        raise UserError(
            f"{path} already holds a run; choose another folder or give overwrite=True."
        )
    run_folder.require_free(path, overwrite)


def _is_first_process() -> bool:
    """False in the other processes of a distributed training: one of them writes."""
    distributed = torch.distributed
    ready = distributed.is_available() and distributed.is_initialized()
    return not ready or distributed.get_rank() == 0


def _close_older(path: Path) -> None:
    """A notebook's cell that is run again leaves its old recording behind."""
    older = _open.pop(path.resolve(), None)
    recording = older() if older is not None else None
    if recording is not None:
        recording._close(look=False)


def _at_exit(reference: weakref.ref[Recording]) -> None:
    recording = reference()
    if recording is not None:
        # A script that ends with an error has no good last state to show.
        error = getattr(sys, "last_value", None)
        recording._close(error is None, "" if error is None else _sentence(error))


def _sentence(error: BaseException | None) -> str:
    first = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
