"""Layers without recurrence: each step sees the last few steps of what is below, and nothing else.

Every lag has a matrix of its own, shared by all times, so that an arrow of the graph is a matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.arrays import address
from rnnviz.contracts.graph import Edge, Node
from rnnviz.contracts.model import Tap
from rnnviz.contracts.structure import CellInfo, Equation, ParameterInfo, Part, Quantity

Function = Literal["tanh", "relu"]

_FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu}


class _Layer(nn.Module):
    """h_t = φ(Σ_j W_j x_{t-j} + b) for j = 0 … width - 1."""

    bias: Tensor

    def __init__(self, input_size: int, size: int, width: int) -> None:
        super().__init__()
        self.width, bound = width, (width * input_size) ** -0.5
        shapes = {f"lag_{j}": (size, input_size) for j in range(width)}
        for name, shape in {**shapes, "bias": (size,)}.items():
            values = torch.empty(shape).uniform_(-bound, bound)
            self.register_parameter(name, nn.Parameter(values))

    @property
    def lags(self) -> list[Tensor]:
        """W_0, W_1, …: each (H, I)."""
        return [getattr(self, f"lag_{j}") for j in range(self.width)]

    def sums(self, x: Tensor) -> Tensor:
        """x (B, width - 1 + T, I), the oldest first -> preactivations (B, T, H)."""
        kernel = torch.stack(self.lags[::-1], -1)  # (H, I, width)
        return F.conv1d(x.transpose(1, 2), kernel, self.bias).transpose(1, 2)

    def sum(self, x: Tensor) -> Tensor:
        """One step: x (width, B, I), the oldest first -> (B, H)."""
        newest_first = x.flip(0).unbind()
        parts = [F.linear(one, w) for one, w in zip(newest_first, self.lags, strict=True)]
        return torch.stack(parts).sum(0) + self.bias


class WindowLayers(nn.Module):
    """Such layers on top of one another, named as part `part`; `widths` of each layer.

    Before the first step there are zeros, or what was read last where a batch goes on.
    """

    def __init__(
        self, part: str, input_size: int, size: int, widths: Sequence[int], function: Function
    ) -> None:
        super().__init__()
        self.part, self.size, self.function = part, size, function
        sizes = [input_size, *(size for _ in widths)]
        self.layers = nn.ModuleList(
            _Layer(below, size, width) for below, width in zip(sizes, widths, strict=False)
        )
        self._sizes = sizes

    def before(self, batch: int) -> tuple[Tensor, ...]:
        """What stands before the first step: zeros (width - 1, B, I) for each layer."""
        like = next(self.parameters())
        return tuple(
            like.new_zeros(layer.width - 1, batch, below)
            for layer, below in zip(self._each(), self._sizes, strict=False)
        )

    def forward(self, x: Tensor, before: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """x (B, T, I) -> (B, T, H) and what the next batch has to know of this one."""
        after = []
        for layer, old in zip(self._each(), before, strict=True):
            x = torch.cat((old.transpose(0, 1), x), 1)  # (B, width - 1 + T, I)
            after.append(x[:, x.shape[1] - len(old) :].transpose(0, 1))
            x = self._squash(layer.sums(x))
        return x, tuple(after)

    def tapped(
        self, x: Tensor, tap: Tap, before: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """`forward` step by step, everything named."""
        steps = []
        for time, row in enumerate(x.unbind(1)):
            h, before = self.one_step(row, before, tap, time)
            steps.append(h)
        return torch.stack(steps, 1), before

    def one_step(
        self, x: Tensor, before: tuple[Tensor, ...], tap: Tap, time: int
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """x (B, I) -> (B, H) and what the next step has to know."""
        after = []
        for number, (layer, old) in enumerate(zip(self._each(), before, strict=True)):
            name = tap.at(self.part, number, time)
            seen = torch.cat((old, x[None]))  # (width, B, I)
            after.append(seen[1:])
            x = name("h", self._squash(name("a_x", layer.sum(seen))))
        return x, tuple(after)

    def described(self, title: str) -> Part:
        """What the views know of these layers."""
        return Part(self.part, title, _info(self.function), len(self.layers), self.size)

    def placed(self, infos: Sequence[ParameterInfo]) -> tuple[ParameterInfo, ...]:
        """The parameters of a model, these layers' ones with their part and layer. The model calls
        the layers by the name of their part.
        """
        prefix = f"{self.part}.layers."
        return tuple(
            replace(info, part=self.part, layer=int(info.name.removeprefix(prefix).split(".")[0]))
            if info.name.startswith(prefix)
            else info
            for info in infos
        )

    def nodes(self, time: int, row: int) -> list[Node]:
        """The nodes of h, the first layer in `row`, each further one a row higher."""
        return [
            Node(f"{array}@{t}", "hidden", t, "time", row + layer, "h", array)
            for layer in range(len(self.layers))
            for array in (address(self.part, layer, "h"),)
            for t in range(time)
        ]

    def edges(self, below: Sequence[str]) -> list[Edge]:
        """An edge per matrix and time; `below` are the nodes that the first layer reads."""
        found, ids = [], list(below)
        for number, layer in enumerate(self._each()):
            here = [f"{address(self.part, number, 'h')}@{t}" for t in range(len(ids))]
            for lag in range(layer.width):
                weight = f"{self.part}.layers.{number}.lag_{lag}"
                pairs = zip(ids, here[lag:], strict=False)
                found += [Edge(source, target, weight, lag) for source, target in pairs]
            ids = here
        return found

    def tops(self, time: int) -> list[str]:
        """Ids of the last layer's nodes over time."""
        return [f"{address(self.part, len(self.layers) - 1, 'h')}@{t}" for t in range(time)]

    def _each(self) -> list[_Layer]:
        return [layer for layer in self.layers if isinstance(layer, _Layer)]

    def _squash(self, a: Tensor) -> Tensor:
        return _FUNCTIONS[self.function](a)


def _info(function: Function) -> CellInfo:
    total = r"\sum_j W_j x_{t-j} + {b}"
    if function == "tanh":
        symbols, numbers, low, high = rf"\tanh\left({total}\right)", "tanh({x:h})", -1.0, 1.0
    else:
        symbols, numbers, low, high = rf"\max\left(0, {total}\right)", "max(0, {x:h})", 0.0, None
    return CellInfo(
        "window",
        "window",
        ("h",),
        ("h",),
        (Quantity("h", "activation", "state", low, high, "Of the last few steps, and no others."),),
        (
            Equation(
                "h", f"{{h}} = {symbols}", f"{{h}} = {numbers}", "Bengio et al. 2003; Kim 2014"
            ),
        ),
        spans=(),
    )
