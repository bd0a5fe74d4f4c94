"""What is kept of one run of the probe, as named arrays: states, attention, the likeliest classes,
parameters and derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.structure import Structure
from rnnviz.recording import attention
from rnnviz.recording.ledger import Ledger
from rnnviz.recording.outcome import Outcome, probabilities

NEXT_TOKENS = 10
"""How many of the likeliest classes are kept at each time."""

LARGEST_PARAMETER = 1_000_000
"""Scalars of the largest parameter that is kept as an image in every look."""

FEW_CLASSES = 64
"""Up to this many classes the probability of each one is kept."""


def recorded_states(ledger: Ledger, found: Structure) -> Iterator[NamedArray]:
    for part_name, layer, quantity in ledger.recorded():
        part = found.part(part_name)
        dims = (part.axis, "row" if quantity in ("a_x", "a_h") else "unit")
        values = ledger.stacked(part_name, layer, quantity)
        where = address(part_name, layer, quantity)
        yield as_array(where, dims, values)
        if quantity in part.cell.states:
            before = ledger.before(part_name, layer, quantity, part.reverse)
            if before is not None:
                yield as_array(f"{where}-", dims, before)


def attended(ledger: Ledger) -> Iterator[NamedArray]:
    """The last that attended as `attention`, the mean of its heads; where there are several, each
    of them under its own name too.
    """
    every = [(name, weights.mean(0)) for name, weights in attention.gathered(ledger)]
    if every:
        last = every[-1][1]
        yield as_array("attention", ("time", "source_time"), last)
        for name, weights in every if len(every) > 1 else ():
            same = weights.shape == last.shape
            dims = ("time", "source_time") if same else ("row", "column")
            yield as_array(f"attention/{name}", dims, weights)


def has_classes(outcome: Outcome) -> bool:
    return outcome.scores is not None and outcome.scores.shape[-1] > 1


def likeliest(outcome: Outcome, steps: int) -> Iterator[NamedArray]:
    """The likeliest classes; NaN at times where a network that answers once has not answered."""
    assert outcome.scores is not None
    shares = probabilities(outcome.scores)  # (time, class)
    ahead = steps - len(shares)
    best = shares.topk(min(NEXT_TOKENS, shares.shape[-1]))
    yield as_array("next/probability", ("time", "slot"), _late(best.values, ahead, torch.nan))
    yield as_array("next/token", ("time", "slot"), _late(best.indices, ahead, 0))
    if shares.shape[-1] <= FEW_CLASSES:
        yield as_array("probability", ("time", "vocab"), _late(shares, ahead, torch.nan))
    if outcome.targets is not None:
        true = shares.gather(1, outcome.targets.clamp_min(0)[:, None])
        true = true.masked_fill(outcome.targets[:, None] < 0, torch.nan)
        yield as_array("target/probability", ("time",), _late(true, ahead, torch.nan)[:, 0])


def _late(rows: Tensor, ahead: int, blank: float) -> Tensor:
    return torch.cat((rows.new_full((max(ahead, 0), rows.shape[1]), blank), rows))


def derivatives(
    net: nn.Module, ledger: Ledger, loss: Tensor | None, found: Structure
) -> Iterator[NamedArray]:
    """The parameters, and total derivatives of the loss by states and parameters, in one pass."""
    parameters = _small_parameters(net)
    states = _sources(ledger, found)
    wanted = [tensor for _, _, rows in states for tensor, _ in rows]
    slopes = _slopes(loss, [*wanted, *(values for _, values in parameters)])
    if slopes:
        rising = iter(slopes)
        for where, dims, rows in states:
            values = torch.stack([next(rising)[row] for _, row in rows])
            yield as_array(f"gradient/{where}", dims, values)
        for name, _ in parameters:
            yield _parameter(f"parameter_gradient/{name}", next(rising))
    for name, values in parameters:
        yield _parameter(f"parameter/{name}", values)


def _small_parameters(net: nn.Module) -> list[tuple[str, Tensor]]:
    return [(n, v) for n, v in net.named_parameters() if v.numel() <= LARGEST_PARAMETER]


def _parameter(where: str, values: Tensor) -> NamedArray:
    """A matrix or a vector; what has more dimensions is laid out in rows."""
    flat = values.flatten(1) if values.dim() > 2 else values
    return as_array(where, ("row", "column")[: flat.dim()], flat)


Rows = list[tuple[Tensor, int]]
Source = tuple[str, tuple[str, str], Rows]


def _sources(ledger: Ledger, found: Structure) -> list[Source]:
    """Every state that a loss could be derived by: address, axes, tensors with the item's row."""
    sources: list[Source] = []
    for part_name, layer, quantity in ledger.recorded():
        part = found.part(part_name)
        if quantity in part.cell.states:
            rows = [(t, row) for _, t, row in ledger.tensors(part_name, layer, quantity)]
            if all(tensor.requires_grad for tensor, _ in rows):
                where = address(part_name, layer, quantity)
                sources.append((where, (part.axis, "unit"), rows))
    return sources


def _slopes(loss: Tensor | None, wanted: list[Tensor]) -> tuple[Tensor, ...]:
    if loss is None or not loss.requires_grad or not wanted:
        return ()
    return torch.autograd.grad(loss, wanted, allow_unused=True, materialize_grads=True)


def as_array(where: str, dims: tuple[str, ...], values: Tensor) -> NamedArray:
    values = values.detach()
    values = values.float() if values.is_floating_point() else values
    return NamedArray(where, dims, values.cpu().numpy())
