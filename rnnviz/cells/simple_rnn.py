"""The simple (Elman) recurrent cell: one weighted sum, one activation function."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

_SOURCE = "Goodfellow et al. 10.8–10.9; Elman 1990"
_FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}
_WRITTEN = {
    "tanh": (r"\tanh({a})", "tanh({a})", "tanh"),
    "relu": (r"\max(0, {a})", "max(0, {a})", "ReLU"),
    "sigmoid": (r"\sigma({a})", "σ({a})", "σ"),
}
_RANGES: dict[str, tuple[float, float | None]] = {
    "tanh": (-1, 1),
    "relu": (0, None),
    "sigmoid": (0, 1),
}
_LINE = 0.56  # height of the state's line in the drawing

_WIRES = (
    Wire("h-", "recur", "h-"),
    Wire("recur", "add"),
    Wire("x", "enter"),
    Wire("enter", "add"),
    Wire("add", "squash", "a"),
    Wire("squash", "h", "h"),
)


def _diagram(label: str) -> tuple[Block, ...]:
    return (
        Block("h-", "port", 0.05, _LINE, "h_{t-1}", "h-"),
        Block("x", "port", 0.46, 0.06, "x_t"),
        Block("recur", "gate", 0.26, _LINE, "U h"),
        Block("enter", "gate", 0.46, 0.30, "W x"),
        Block("add", "operator", 0.46, _LINE, "+", "a"),
        Block("squash", "operator", 0.70, _LINE, label, "h"),
        Block("h", "port", 0.95, _LINE, "h_t", "h"),
    )


def _info(nonlinearity: str) -> CellInfo:
    symbols, numbers, label = _WRITTEN[nonlinearity]
    low, high = _RANGES[nonlinearity]
    quantities = (
        Quantity("a", "preactivation", "preactivation", None, None,
                 "The weighted sum. Its bias is the sum of PyTorch's bias_ih and bias_hh."),
        Quantity("h", "hidden state", "state", low, high,
                 f"{label} of the weighted sum: seen by the next layer and the next time step."),
    )  # fmt: skip
    equations = (
        Equation("a", "{a} = {W} {x} + {U} {h-} + {b}", "{a} = {x:h} + {h:h}", _SOURCE),
        Equation("h", f"{{h}} = {symbols}", f"{{h}} = {numbers}", _SOURCE),
    )
    title = f"simple RNN ({label})"
    return CellInfo(
        "simple_rnn", title, ("h",), ("h",), quantities, equations, _diagram(label), _WIRES
    )


class SimpleRNN(Cell):
    """h_t = φ(W x_t + U h_{t-1} + b); `info` is that of the configured φ."""

    info = _info("tanh")
    _infos: ClassVar[dict[str, CellInfo]] = {name: _info(name) for name in _FUNCTIONS}

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.info = self._infos[config.nonlinearity]
        self._function = _FUNCTIONS[config.nonlinearity]

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        a = tap("a", a_x + a_h)  # (B, H)  Goodfellow 10.8
        return (tap("h", self._function(a)),)  # Goodfellow 10.9

    def fused(
        self, input_size: int, hidden_size: int, layers: int, dropout: float, bidirectional: bool
    ) -> nn.RNNBase | None:
        if self.config.nonlinearity == "sigmoid":
            return None
        return nn.RNN(
            input_size,
            hidden_size,
            layers,
            nonlinearity=self.config.nonlinearity,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
