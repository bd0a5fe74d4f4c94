"""Taps, through which the explicit path hands out its quantities: ignored or recorded."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from rnnviz.contracts.arrays import address
from rnnviz.contracts.cell import Name
from rnnviz.contracts.model import Tap

NO_LAYER = -1
"""The layer of a quantity that belongs to no recurrent layer; its address is its bare name."""


def _same(quantity: str, value: Tensor) -> Tensor:
    return value


class _Identity:
    def at(self, part: str, layer: int, time: int) -> Name:
        return _same


IDENTITY: Tap = _Identity()
"""The tap when nobody looks."""


class Recorder:
    """A tap that keeps what passes through it, as it is: also the graph that leads there.

    Row 0 of the batch is what `stacked` shows.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], dict[int, Tensor]] = {}

    def at(self, part: str, layer: int, time: int) -> Name:
        """The naming function of one step."""

        def name(quantity: str, value: Tensor) -> Tensor:
            self._found.setdefault((part, layer, quantity), {})[time] = value
            return value

        return name

    def recorded(self) -> Iterator[tuple[str, int, str]]:
        """(part, layer, quantity) of everything recorded; layer may be `NO_LAYER`."""
        return iter(self._found)

    def over_time(self, part: str, layer: int, quantity: str) -> list[Tensor]:
        """The recorded tensors (B, units) in the order of time, whichever way the part reads."""
        found = self._found[part, layer, quantity]
        return [found[time] for time in sorted(found)]

    def stacked(self, part: str, layer: int, quantity: str) -> Tensor:
        """Row 0 of the batch over time, detached: (time, unit)."""
        with torch.no_grad():
            return torch.stack(self.over_time(part, layer, quantity))[:, 0]


def name_of(part: str, layer: int, quantity: str) -> str:
    """The address a recorded quantity gets in a snapshot."""
    return quantity if layer == NO_LAYER else address(part, layer, quantity)
