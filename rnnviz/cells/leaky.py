"""Leaky units: each unit keeps a share of its old value, so each has a time constant of its own."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

_SOURCE = "Goodfellow et al. 10.9.2; Mozer 1992; Jaeger et al. 2007"

_QUANTITIES = (
    Quantity("alpha", "kept share", "gate", 0, 1,
             "How much of its old value a unit keeps; the same at all times. A unit forgets within "
             "about τ = −1/ln α steps."),
    Quantity("v", "candidate", "candidate", -1, 1, "The new value that is offered."),
    Quantity("h", "hidden state", "state", -1, 1,
             "A running average of the candidate, μ in Goodfellow et al."),
)  # fmt: skip

_EQUATIONS = (
    Equation("alpha", r"\alpha = \sigma(a)", "", _SOURCE),
    Equation("v", r"{v} = \tanh({W} {x} + {U} {h-} + {b})", "{v} = tanh({x:v} + {h:v})", _SOURCE),
    Equation("h", r"{h} = \alpha \odot {h-} + (1 - \alpha) \odot {v}",
             "{h} = {alpha}·{h-} + (1 − {alpha})·{v}", _SOURCE),
)  # fmt: skip

_STATE, _MIDDLE, _LOW = 0.82, 0.58, 0.32  # the drawing's lines

_DIAGRAM = (
    Block("h-", "port", 0.05, _STATE, "h_{t-1}", "h-"),
    Block("x", "port", 0.50, 0.06, "x_t"),
    Block("alpha", "gate", 0.30, _MIDDLE, "α", "alpha"),
    Block("keep", "operator", 0.30, _STATE, "×"),
    Block("rest", "operator", 0.50, _MIDDLE, "1−"),
    Block("v", "gate", 0.70, _LOW, "tanh", "v"),
    Block("take", "operator", 0.70, _MIDDLE, "×"),
    Block("add", "operator", 0.70, _STATE, "+"),
    Block("h", "port", 0.95, _STATE, "h_t", "h"),
)

_WIRES = (
    Wire("h-", "keep", "h-"),
    Wire("h-", "v", "", ((0.12, _STATE), (0.12, _LOW))),
    Wire("x", "v", "", ((0.50, 0.20), (0.70, 0.20))),
    Wire("alpha", "keep", "alpha"),
    Wire("alpha", "rest"),
    Wire("rest", "take"),
    Wire("v", "take", "v"),
    Wire("keep", "add"),
    Wire("take", "add"),
    Wire("add", "h", "h"),
)


class Leaky(Cell):
    """h_t = α ∘ h_{t-1} + (1 − α) ∘ tanh(W x_t + U h_{t-1} + b), α fixed or learned."""

    info = CellInfo(
        "leaky", "leaky units", ("h",), ("v",), _QUANTITIES, _EQUATIONS, _DIAGRAM, _WIRES
    )

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self._fixed = config.leak == "fixed"

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        (h,) = state  # (B, H)
        alpha = tap("alpha", self._alpha(own).expand_as(h))  # (B, H)
        v = tap("v", torch.tanh(a_x + a_h))
        return (tap("h", alpha * h + (1 - alpha) * v),)  # Goodfellow 10.9.2

    def _alpha(self, own: Own) -> Tensor:
        a = own["leak"].detach() if self._fixed else own["leak"]
        return a.sigmoid()  # (H,)

    def parameters(self, hidden_size: int) -> dict[str, Tensor]:
        """`leak`: logits of α, so that the time constants −1/ln α run evenly on a logarithmic scale
        from 1 step to `time_constant` steps.
        """
        tau = torch.logspace(0, math.log10(self.config.time_constant), hidden_size)
        return {"leak": torch.logit(torch.exp(-1 / tau))}
