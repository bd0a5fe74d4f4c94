"""What one probe pass leaves behind: every quantity of every explicit step, as tensors with the
graph that leads to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rnnviz.contracts.cell import Name, State

Place = tuple[str, int]
"""(part, layer)"""


@dataclass(frozen=True, slots=True)
class Feed:
    """A tensor from outside that an explicit step reads: x_t, or the state it begins with.

    quantity  `x`, or the state's name
    """

    part: str
    layer: int
    time: int
    quantity: str
    value: Tensor


def unnamed(quantity: str, value: Tensor) -> Tensor:
    """The naming function of steps that nobody looks at."""
    return value


class Ledger:
    """Filled by unrolled modules during one pass.

    item     which row of the probe's batch is looked at
    cut      states are handed on without their history, so that what depends on each of them
             directly can be told apart from what depends on it by way of later ones
    called   names of the recurrent submodules in the order of their first call
    sizes    of each of them: (rows, longest row) of its calls
    ragged   those that read packed sequences
    """

    def __init__(self, item: int = 0, cut: bool = False) -> None:
        self.item, self.cut = item, cut
        self.called: list[str] = []
        self.sizes: dict[str, tuple[int, int]] = {}
        self.ragged: set[str] = set()
        self.difference = 0.0
        self.attention: dict[str, list[Tensor]] = {}
        self.feeds: list[Feed] = []
        self._steps: dict[str, int] = {}
        self._found: dict[tuple[str, int, str], dict[int, tuple[Tensor, int]]] = {}
        self._begun: dict[tuple[str, int, str], dict[int, Tensor]] = {}

    def enter(self, station: str, steps: int, batch: int, longest: int) -> int:
        """A call begins, of `steps` time steps for the item; the time of its first one."""
        if station not in self._steps:
            self.called.append(station)
        offset = self._steps.get(station, 0)
        self._steps[station] = offset + steps
        self.sizes[station] = batch, self.sizes.get(station, (0, 0))[1] + longest
        return offset

    @property
    def batch(self) -> int:
        """Rows of the first recurrent submodule; 1 where it had no batch, or there is none."""
        return self.sizes[self.called[0]][0] if self.called else 1

    def steps(self, station: str) -> int:
        """Time steps of all its calls."""
        return self._steps.get(station, 0)

    def at(self, part: str, layer: int, time: int, row: int) -> Name:
        """The naming function of one step; `row` is the item's place in the step's batch."""

        def name(quantity: str, value: Tensor) -> Tensor:
            if self.cut and quantity in ("h", "c"):
                value = value.detach().requires_grad_()
            self._found.setdefault((part, layer, quantity), {})[time] = value, row
            return value

        return name

    def begin(
        self, part: str, layer: int, time: int, names: Sequence[str], state: State, row: int
    ) -> None:
        """The state (B, units) that a call starts with; `time` is the first step it is read in."""
        for quantity, value in zip(names, state, strict=True):
            self._begun.setdefault((part, layer, quantity), {})[time] = value.detach()[row]
            self.feed(part, layer, time, quantity, value, row)

    def begins(self, part: str, layer: int, time: int) -> bool:
        """True where a call begins: its old state came from outside."""
        return time in self._begun[part, layer, "h"]

    def feed(
        self, part: str, layer: int, time: int, quantity: str, value: Tensor, row: int
    ) -> None:
        """Something from outside that a step reads; only kept where dependencies are asked for."""
        if self.cut:
            self.feeds.append(Feed(part, layer, time, quantity, value[row]))

    def agree(self, fused: Tensor, explicit: Tensor) -> None:
        """Compare what PyTorch's kernel gave with what the explicit steps gave."""
        if fused.numel():
            apart = float((fused.detach() - explicit.detach()).abs().max())
            # NaN on both sides is agreement; the loss says that training has blown up.
            self.difference = max(self.difference, apart) if apart == apart else self.difference

    def recorded(self) -> list[tuple[str, int, str]]:
        """(part, layer, quantity) of everything recorded."""
        return list(self._found)

    def tensors(self, part: str, layer: int, quantity: str) -> list[tuple[int, Tensor, int]]:
        """(time, tensor (B, units), the item's row) in the order of time."""
        found = self._found[part, layer, quantity]
        return [(time, *found[time]) for time in sorted(found)]

    def stacked(self, part: str, layer: int, quantity: str) -> Tensor:
        """The item's values over time, detached: (time, unit)."""
        rows = [tensor.detach()[row] for _, tensor, row in self.tensors(part, layer, quantity)]
        return torch.stack(rows)

    def before(self, part: str, layer: int, quantity: str, reverse: bool) -> Tensor | None:
        """(time, unit) each step's old state, None where that is simply the row before, and zeros
        before the first.
        """
        values = self.stacked(part, layer, quantity)
        zero = torch.zeros_like(values[:1])
        plain = torch.cat((values[1:], zero) if reverse else (zero, values[:-1]))
        true = plain.clone()
        times = [time for time, _, _ in self.tensors(part, layer, quantity)]
        for time, start in self._begun[part, layer, quantity].items():
            true[times.index(time)] = start
        return None if torch.equal(plain, true) else true
