"""The minimal gated unit: one gate both forgets and lets the past into the candidate."""

from __future__ import annotations

import torch
from torch import Tensor

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

_SOURCE = "Zhou et al. 2016, the gate applied after the product with U"

_QUANTITIES = (
    Quantity("f", "forget gate", "gate", 0, 1, "How much of the old state is replaced."),
    Quantity("n", "candidate", "candidate", -1, 1, "The new state that is offered."),
    Quantity("h", "hidden state", "state", -1, 1, "A mixture of the old state and the candidate."),
)  # fmt: skip

_EQUATIONS = (
    Equation("f", r"{f} = \sigma({W:f} {x} + {U:f} {h-} + {b:f})",
             "{f} = σ({x:f} + {h:f})", _SOURCE),
    Equation("n", r"{n} = \tanh({W:n} {x} + {f} \odot ({U:n} {h-}) + {b:n})",
             "{n} = tanh({x:n} + {f}·{h:n})", _SOURCE),
    Equation("h", r"{h} = (1 - {f}) \odot {h-} + {f} \odot {n}",
             "{h} = (1 − {f})·{h-} + {f}·{n}", _SOURCE),
)  # fmt: skip

_DIAGRAM = (
    Block("h-", "port", 0.05, 0.85, "h_{t-1}", "h-"),
    Block("x", "port", 0.30, 0.06, "x_t"),
    Block("f", "gate", 0.30, 0.45, "σ", "f"),
    Block("n", "gate", 0.65, 0.45, "tanh", "n"),
    Block("mix", "operator", 0.65, 0.85, "+"),
    Block("h", "port", 0.95, 0.85, "h_t", "h"),
)
_WIRES = (
    Wire("h-", "mix", "h-"),
    Wire("h-", "f", "", ((0.05, 0.45),)),
    Wire("x", "f"),
    Wire("x", "n", "", ((0.30, 0.2), (0.65, 0.2))),
    Wire("f", "n", "f"),
    Wire("n", "mix", "n"),
    Wire("mix", "h", "h"),
)


class MinimalGated(Cell):
    """h_t = (1 − f) h_{t-1} + f n."""

    info = CellInfo(
        "minimal_gated", "minimal gated unit", ("h",), ("f", "n"),
        _QUANTITIES, _EQUATIONS, _DIAGRAM, _WIRES,
    )  # fmt: skip

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        (h,) = state
        x_f, x_n = a_x.chunk(2, -1)
        h_f, h_n = a_h.chunk(2, -1)
        f = tap("f", (x_f + h_f).sigmoid())
        n = tap("n", (x_n + f * h_n).tanh())
        return (tap("h", torch.lerp(h, n, f)),)
