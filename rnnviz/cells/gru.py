"""The gated recurrent unit: one state, which two gates let pass, forget or replace."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

_SOURCE = "Cho et al. 2014, in the convention of torch.nn.GRU"

_QUANTITIES = (
    Quantity("r", "reset gate", "gate", 0, 1,
             "How much of the old state the candidate sees. PyTorch applies it after the product "
             "with U, Cho et al. before it. The bias is the sum of bias_ih and bias_hh."),
    Quantity("z", "update gate", "gate", 0, 1,
             "PyTorch's z = 1 keeps the old state; many texts write z the other way round, so that "
             "1 takes the new one. The bias is the sum of bias_ih and bias_hh."),
    Quantity("n", "candidate", "candidate", -1, 1,
             "The new state that is offered. Here PyTorch's two biases differ: bias_hh (b′) is "
             "inside the brackets that r scales, bias_ih (b) is not."),
    Quantity("h", "hidden state", "state", -1, 1,
             "A mixture of the old state and the candidate, z to 1 − z."),
)  # fmt: skip


def _gate(result: str) -> Equation:
    inside = f"{{W:{result}}} {{x}} + {{U:{result}}} {{h-}} + {{b:{result}}}"
    numbers = f"{{{result}}} = σ({{x:{result}}} + {{h:{result}}})"
    return Equation(result, rf"{{{result}}} = \sigma({inside})", numbers, _SOURCE)


_EQUATIONS = (
    _gate("r"),
    _gate("z"),
    Equation("n", r"{n} = \tanh({W:n} {x} + {b:n} + {r} \odot ({U:n} {h-} + {b:n}'))",
             "{n} = tanh({x:n} + {r}·{h:n})", _SOURCE),
    Equation("h", r"{h} = (1 - {z}) \odot {n} + {z} \odot {h-}",
             "{h} = (1 − {z})·{n} + {z}·{h-}", _SOURCE),
)  # fmt: skip

_STATE, _MIDDLE, _GATES, _BUS, _FEED = 0.88, 0.66, 0.44, 0.12, 0.08  # the drawing's lines

_DIAGRAM = (
    Block("h-", "port", 0.03, _STATE, "h_{t-1}", "h-"),
    Block("x", "port", 0.18, 0.02, "x_t"),
    Block("z", "gate", 0.22, _GATES, "σ", "z"),
    Block("r", "gate", 0.38, _GATES, "σ", "r"),
    Block("recur", "gate", 0.54, 0.26, "U h"),
    Block("reset", "operator", 0.54, _GATES, "×"),
    Block("n", "gate", 0.72, _GATES, "tanh", "n"),
    Block("keep", "operator", 0.22, _STATE, "×"),
    Block("rest", "operator", 0.46, _MIDDLE, "1−"),
    Block("take", "operator", 0.72, _MIDDLE, "×"),
    Block("add", "operator", 0.72, _STATE, "+"),
    Block("h", "port", 0.96, _STATE, "h_t", "h"),
)

_WIRES = (
    *(Wire("h-", block, "", ((_FEED, _STATE), (_FEED, _BUS), (x, _BUS)))
      for block, x in (("z", 0.22), ("r", 0.38), ("recur", 0.54))),
    *(Wire("x", gate, "", ((0.18, _BUS), (x, _BUS)))
      for gate, x in (("z", 0.22), ("r", 0.38), ("n", 0.72))),
    Wire("h-", "keep", "h-"),
    Wire("z", "keep", "z"),
    Wire("z", "rest", "", ((0.22, _MIDDLE),)),
    Wire("rest", "take"),
    Wire("r", "reset", "r"),
    Wire("recur", "reset"),
    Wire("reset", "n"),
    Wire("n", "take", "n"),
    Wire("keep", "add"),
    Wire("take", "add"),
    Wire("add", "h", "h"),
)  # fmt: skip


class GRU(Cell):
    """GRU in PyTorch's convention: blocks r, z, n; z = 1 keeps the old state."""

    info = CellInfo(
        "gru", "GRU", ("h",), ("r", "z", "n"), _QUANTITIES, _EQUATIONS, _DIAGRAM, _WIRES
    )

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        (h,) = state  # (B, H)
        x_r, x_z, x_n = a_x.chunk(3, -1)
        h_r, h_z, h_n = a_h.chunk(3, -1)
        r = tap("r", (x_r + h_r).sigmoid())
        z = tap("z", (x_z + h_z).sigmoid())
        n = tap("n", (x_n + r * h_n).tanh())
        return (tap("h", torch.lerp(n, h, z)),)  # (1 - z) n + z h

    def fused(
        self, input_size: int, hidden_size: int, layers: int, dropout: float, bidirectional: bool
    ) -> nn.RNNBase:
        return nn.GRU(
            input_size,
            hidden_size,
            layers,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
