"""What depends directly on what in a network nobody has described, asked of autograd.

In a pass where every state is handed on without its history, a tensor's derivative by a state is
not zero exactly where the state enters it directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from rnnviz.recording.ledger import Ledger
from rnnviz.recording.stations import Station

MOST_ASKED = 48
"""Of more time steps than this only some are asked; the others are taken to be alike."""

State = tuple[str, int, int]
"""(part, layer, time) of an h; its memory counts as the same."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which states enter what.

    into     the states that enter the input (`x`) or first state (`h`) of a part's first layer or
             of a layer, at a time: keys (part, layer, time, `x` or `h`)
    outputs  those that enter the output at a time
    """

    into: dict[tuple[str, int, int, str], tuple[State, ...]] = field(default_factory=dict)
    outputs: dict[int, tuple[State, ...]] = field(default_factory=dict)


def wiring(ledger: Ledger, stations: Sequence[Station], scores: Tensor | None) -> Wiring:
    """Ask; `ledger` was filled with `cut`."""
    leaves = _leaves(ledger, stations)
    found = Wiring()
    asked: dict[tuple[str, int, str], list[tuple[int, Tensor]]] = {}
    for feed in ledger.feeds:
        kind = "x" if feed.quantity == "x" else feed.quantity
        asked.setdefault((feed.part, feed.layer, kind), []).append((feed.time, feed.value))
    for (part, layer, kind), values in asked.items():
        for time, states in _asked(values, leaves).items():
            key = part, layer, time, "x" if kind == "x" else "h"
            found.into[key] = tuple(dict.fromkeys((*found.into.get(key, ()), *states)))
    if scores is not None:
        found.outputs.update(_asked(list(enumerate(scores)), leaves))
    return found


def _leaves(ledger: Ledger, stations: Sequence[Station]) -> dict[State, list[Tensor]]:
    """Every state that can leave its module, with the tensors it consists of."""
    found: dict[State, list[Tensor]] = {}
    known = set(ledger.recorded())
    for station in stations:
        for part in station.parts:
            for layer in range(station.layers):
                for quantity in station.info.states:
                    if (part, layer, quantity) in known:
                        _add(found, ledger, part, layer, quantity)
    return found


def _add(
    found: dict[State, list[Tensor]], ledger: Ledger, part: str, layer: int, quantity: str
) -> None:
    for time, tensor, _ in ledger.tensors(part, layer, quantity):
        if tensor.is_leaf and tensor.requires_grad:
            found.setdefault((part, layer, time), []).append(tensor)


def _asked(
    values: list[tuple[int, Tensor]], leaves: dict[State, list[Tensor]]
) -> dict[int, tuple[State, ...]]:
    times = [time for time, _ in values]
    if len(values) <= MOST_ASKED:
        return {time: _sources(value, leaves) for time, value in values}
    middle = len(values) // 2
    pattern = _sources(values[middle][1], leaves)
    return {time: _moved(pattern, time - times[middle], leaves) for time in times}


def _moved(
    pattern: tuple[State, ...], by: int, leaves: dict[State, list[Tensor]]
) -> tuple[State, ...]:
    """The pattern at another time: single sources move along, whole sequences stay."""
    per_part: dict[tuple[str, int], list[State]] = {}
    for state in pattern:
        per_part.setdefault(state[:2], []).append(state)
    moved: list[State] = []
    for states in per_part.values():
        few = len(states) <= 2
        moved += [(p, layer, t + by) for p, layer, t in states] if few else states
    return tuple(state for state in moved if state in leaves)


def _sources(value: Tensor, leaves: dict[State, list[Tensor]]) -> tuple[State, ...]:
    if not value.requires_grad or not leaves:
        return ()
    flat = [(state, tensor) for state, tensors in leaves.items() for tensor in tensors]
    # Random weights: that the derivatives of several components cancel has probability zero.
    generator = torch.Generator().manual_seed(1)
    weights = torch.rand(value.shape, generator=generator).to(value) + 0.5
    tensors = [tensor for _, tensor in flat]
    slopes = torch.autograd.grad(value, tensors, weights, retain_graph=True, allow_unused=True)
    found: dict[State, None] = {}
    for (state, _), slope in zip(flat, slopes, strict=True):
        if slope is not None and bool((slope != 0).any()):
            found[state] = None
    return tuple(found)
