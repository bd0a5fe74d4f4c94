"""A layer without recurrence that is looked at like the others: one perceptron at every time."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnviz.contracts.model import Tap
from rnnviz.contracts.structure import CellInfo, Equation, Part, Quantity


class Perceptron(nn.Module):
    """h_t = tanh(W x_t + b), named as part `part`."""

    def __init__(self, part: str, input_size: int, size: int) -> None:
        super().__init__()
        self.part, self.size = part, size
        self.linear = nn.Linear(input_size, size)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., I) -> (..., H)."""
        return torch.tanh(self.linear(x))

    def tapped(self, x: Tensor, tap: Tap) -> Tensor:
        """The same for x (B, T, I), with every time named."""
        return torch.stack([self.named(row, tap, t) for t, row in enumerate(x.unbind(1))], 1)

    def named(self, x: Tensor, tap: Tap, time: int) -> Tensor:
        """One time: x (B, I) -> (B, H)."""
        name = tap.at(self.part, 0, time)
        return name("h", torch.tanh(name("a_x", self.linear(x))))

    def described(self, title: str) -> Part:
        """What the views know of it."""
        return Part(self.part, title, _INFO, 1, self.size)


_INFO = CellInfo(
    "perceptron",
    "perceptron",
    ("h",),
    ("h",),
    (Quantity("h", "activation", "state", -1, 1, "tanh of a weighted sum of what is below."),),
    (Equation("h", r"{h} = \tanh({W} {x} + {b})", "{h} = tanh({x:h})", "Goodfellow et al. 6"),),
    spans=(),
)
