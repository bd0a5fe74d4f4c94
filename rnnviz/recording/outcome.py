"""What a network made of the probe: its predictions at each time, and the loss that gradients start
from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from rnnviz.contracts.errors import UserError
from rnnviz.recording.probe import Layout, kept, padded
from rnnviz.recording.unrolling import tensors_in

Loss = Callable[[Any, Any], Tensor]

IGNORED = -100
"""Target ids that PyTorch's cross-entropy leaves out."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Found in one pass.

    scores   (time, class) of the item, one row where the network answers once; None where the
             output is no such thing
    per_time True where there is a row of scores for each time
    loss     what gradients are of, None without a loss
    losses   (time,) where the loss is known at each time
    targets  (time,) or (1,) ids of the item's true classes
    numbers  (time, number) what the network said and what is true, where these are numbers
    """

    scores: Tensor | None
    per_time: bool
    loss: Tensor | None
    losses: Tensor | None
    targets: Tensor | None
    numbers: tuple[Tensor, Tensor] | None = None


def main_output(output: Any, first: bool) -> Any:
    """The network's first tensor, or its `logits` where it has a field of that name."""
    named = output.get("logits") if isinstance(output, dict) else getattr(output, "logits", None)
    if isinstance(named, Tensor):
        return named
    if isinstance(output, (tuple, list)) and not hasattr(output, "batch_sizes"):
        return main_output(output[0], first) if len(output) else None
    if isinstance(output, dict):
        return next(iter(tensors_in(output)), None)
    if isinstance(output, Tensor) or hasattr(output, "batch_sizes"):
        return padded(output, first)
    return None


def read(output: Any, layout: Layout, targets: Any, loss: Loss | None, given: Any) -> Outcome:
    """Predictions and loss; UserError where targets were given that do not fit the output."""
    main = main_output(output, layout.first)
    scores, per_time = _scores(main, layout)
    if loss is not None:
        value = loss(output, given if targets is None else targets)
        return _judged(value, scores, per_time, layout, targets)
    if targets is None:
        return Outcome(scores, per_time, None, None, None)
    return _usual(main, scores, per_time, layout, targets)


def _scores(main: Any, layout: Layout) -> tuple[Tensor | None, bool]:
    if not isinstance(main, Tensor) or main.dim() < 1 or not main.is_floating_point():
        return None, False
    over_time = layout.over_time(main) if main.dim() >= 2 else None
    # Where rows could be either, a row for each time only if there are that many.
    if over_time is not None and over_time.dim() == 2:
        return over_time, True
    single = layout.of_item(main)
    return (single[None], False) if single is not None and single.dim() == 1 else (None, False)


def _judged(
    value: Any, scores: Tensor | None, per_time: bool, layout: Layout, targets: Any
) -> Outcome:
    """The script's own loss."""
    if not isinstance(value, Tensor):
        raise UserError("loss: it must return a tensor, so that there is something to derive.")
    losses = layout.over_time(value) if value.dim() else None
    losses = losses if losses is not None and losses.dim() == 1 else None
    ids = _ids(targets, layout, per_time)
    return Outcome(scores, per_time, value.sum() if value.dim() else value, losses, ids)


def _usual(
    main: Any, scores: Tensor | None, per_time: bool, layout: Layout, targets: Any
) -> Outcome:
    """Cross-entropy where targets are ids, squared error where they are numbers like the output."""
    truth = padded(targets, layout.first) if not isinstance(targets, dict) else None
    if isinstance(truth, Tensor) and isinstance(main, Tensor):
        ids = _ids(truth, layout, per_time)
        if scores is not None and ids is not None and len(ids) == len(scores):
            losses = F.cross_entropy(_logits(scores), ids, ignore_index=IGNORED, reduction="none")
            return Outcome(scores, per_time, losses.sum(), losses if per_time else None, ids)
        if truth.is_floating_point() and truth.numel() == main.numel():
            return _squares(main, truth.reshape(main.shape), layout)
    raise UserError(
        "targets: they fit no output of the network that is known here; give "
        "loss=, a function of the output and the targets."
    )


def _squares(main: Tensor, truth: Tensor, layout: Layout) -> Outcome:
    errors = (main - truth.to(main.dtype)) ** 2
    over_time = layout.over_time(errors) if errors.dim() >= 2 else None
    if over_time is None:
        own = layout.of_item(errors)
        return Outcome(None, False, (errors if own is None else own).mean(), None, None)
    losses = over_time.flatten(1).mean(1)
    rows = tuple(layout.over_time(numbers) for numbers in (main, truth))
    said, true = (numbers.detach().flatten(1) for numbers in rows if numbers is not None)
    return Outcome(None, False, losses.sum(), losses, None, (said, true))


def _ids(targets: Any, layout: Layout, per_time: bool) -> Tensor | None:
    """The item's target ids."""
    if not isinstance(targets, Tensor) and not hasattr(targets, "batch_sizes"):
        return None
    targets = padded(targets, layout.first)
    if targets.is_floating_point() or targets.is_complex() or targets.dtype == torch.bool:
        return None
    if per_time:
        found = layout.over_time(targets)
        return found.long() if found is not None and found.dim() == 1 else None
    found = layout.of_item(targets) if targets.dim() else targets
    return found.reshape(-1).long() if found is not None and found.numel() == 1 else None


def probabilities(scores: Tensor) -> Tensor:
    """(time, class) that sum to 1, from logits, logarithms of probabilities, or probabilities."""
    return _logits(scores.detach().float()).softmax(-1)


def _logits(scores: Tensor) -> Tensor:
    is_share = bool((scores >= 0).all()) and bool(((scores.sum(-1) - 1).abs() < 1e-3).all())
    return scores.clamp_min(1e-30).log() if is_share and scores.shape[-1] > 1 else scores


def kept_targets(targets: Any, device: torch.device) -> Any:
    """Targets as they will be used in every look; lists become tensors."""
    if isinstance(targets, (list, range)):
        targets = torch.as_tensor(list(targets))
    moved = kept(targets, device)
    return moved.to(device) if isinstance(moved, Tensor) else moved
