"""The largest value so far of every unit: at the end of a sequence, maximum pooling over time."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from rnnviz.contracts.graph import Edge, Node
from rnnviz.contracts.model import Tap
from rnnviz.contracts.structure import CellInfo, Equation, Part, Quantity

PART = "pooling"


class LargestSoFar(nn.Module):
    """m_t = max(m_{t-1}, h_t), unit by unit. It learns nothing."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, h: Tensor) -> Tensor:
        """(B, T, H) -> (B, T, H)."""
        return torch.cummax(h, 1).values

    def tapped(self, h: Tensor, tap: Tap) -> Tensor:
        """`forward` step by step, every time named."""
        steps: list[Tensor] = []
        for time, row in enumerate(h.unbind(1)):
            steps.append(self.one_step(row, steps[-1] if steps else None, tap, time))
        return torch.stack(steps, 1)

    def one_step(self, h: Tensor, before: Tensor | None, tap: Tap, time: int) -> Tensor:
        """h (B, H) and the largest until now -> the largest with it."""
        largest = h if before is None else torch.where(h > before, h, before)
        return tap.at(PART, 0, time)("h", largest)

    def described(self) -> Part:
        """What the views know of it."""
        return Part(PART, "largest so far", _INFO, 1, self.size)

    def graph(self, below: list[str], row: int) -> tuple[list[Node], list[Edge]]:
        """A node per time, read from the one of `below` and from the one before."""
        array = f"{PART}/0/h"
        ids = [f"{array}@{t}" for t in range(len(below))]
        nodes = [Node(name, "hidden", t, "time", row, "m", array) for t, name in enumerate(ids)]
        upward = [Edge(source, name) for source, name in zip(below, ids, strict=True)]
        onward = [Edge(a, b, span=1) for a, b in pairwise(ids)]
        return nodes, upward + onward


_INFO = CellInfo(
    "largest",
    "largest so far",
    ("h",),
    (),
    (Quantity("h", "largest so far", "state", 0.0, None, "Of what this unit has been until now."),),
    (Equation("h", r"{h} = \max({h-}, {x})", "", "Kim 2014"),),
    spans=(("", 1),),
)
