"""The long short-term memory: a memory c, only added to and scaled, behind three gates."""

from __future__ import annotations

from torch import Tensor, nn

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

_SOURCE = "Goodfellow et al. 10.40–10.44; Hochreiter and Schmidhuber 1997 with Gers' forget gate"
_BIAS = "The bias is the sum of PyTorch's bias_ih and bias_hh."

_QUANTITIES = (
    Quantity("i", "input gate", "gate", 0, 1,
             f"How much of the candidate enters the memory. Goodfellow calls this gate g. {_BIAS}"),
    Quantity("f", "forget gate", "gate", 0, 1,
             f"How much of the old memory stays: 1 keeps everything, 0 wipes it. {_BIAS}"),
    Quantity("g", "candidate", "candidate", -1, 1,
             f"What could be written. Goodfellow's g is another thing: the input gate. {_BIAS}"),
    Quantity("o", "output gate", "gate", 0, 1,
             f"How much of the memory shows. Goodfellow calls this gate q. {_BIAS}"),
    Quantity("c", "memory", "memory", None, None,
             "The cell state, which runs through time without passing a weight matrix."),
    Quantity("h", "hidden state", "state", -1, 1,
             "What the next layer, the readout and the next time step see."),
)  # fmt: skip


def _layer(result: str, function: str, spoken: str) -> Equation:
    inside = f"{{W:{result}}} {{x}} + {{U:{result}}} {{h-}} + {{b:{result}}}"
    numbers = f"{{{result}}} = {spoken}({{x:{result}}} + {{h:{result}}})"
    return Equation(result, rf"{{{result}}} = {function}({inside})", numbers, _SOURCE)


_EQUATIONS = (
    _layer("i", r"\sigma", "σ"),
    _layer("f", r"\sigma", "σ"),
    _layer("g", r"\tanh", "tanh"),
    _layer("o", r"\sigma", "σ"),
    Equation("c", r"{c} = {f} \odot {c-} + {i} \odot {g}", "{c} = {f}·{c-} + {i}·{g}", _SOURCE),
    Equation("h", r"{h} = {o} \odot \tanh({c})", "{h} = {o}·tanh({c})", _SOURCE),
)

_MEMORY, _MIDDLE, _GATES, _BUS = 0.86, 0.62, 0.36, 0.14  # heights of the drawing's lines

_DIAGRAM = (
    Block("c-", "port", 0.04, _MEMORY, "c_{t-1}", "c-"),
    Block("h-", "port", 0.04, _BUS, "h_{t-1}", "h-"),
    Block("x", "port", 0.12, 0.03, "x_t"),
    Block("f", "gate", 0.22, _GATES, "σ", "f"),
    Block("i", "gate", 0.38, _GATES, "σ", "i"),
    Block("g", "gate", 0.54, _GATES, "tanh", "g"),
    Block("o", "gate", 0.70, _GATES, "σ", "o"),
    Block("forget", "operator", 0.22, _MEMORY, "×"),
    Block("write", "operator", 0.54, _MIDDLE, "×"),
    Block("add", "operator", 0.54, _MEMORY, "+"),
    Block("squash", "operator", 0.84, 0.68, "tanh"),
    Block("show", "operator", 0.84, 0.50, "×"),
    Block("c", "port", 0.96, _MEMORY, "c_t", "c"),
    Block("h", "port", 0.96, _BUS, "h_t", "h"),
)

_WIRES = (
    *(Wire("h-", gate, "h-" if gate == "f" else "", ((x, _BUS),))
      for gate, x in (("f", 0.22), ("i", 0.38), ("g", 0.54), ("o", 0.70))),
    *(Wire("x", gate, "", ((0.12, _BUS), (x, _BUS)))
      for gate, x in (("f", 0.22), ("i", 0.38), ("g", 0.54), ("o", 0.70))),
    Wire("c-", "forget", "c-"),
    Wire("f", "forget", "f"),
    Wire("forget", "add"),
    Wire("i", "write", "i", ((0.38, _MIDDLE),)),
    Wire("g", "write", "g"),
    Wire("write", "add"),
    Wire("add", "c", "c"),
    Wire("add", "squash", "", ((0.84, _MEMORY),)),
    Wire("squash", "show"),
    Wire("o", "show", "o", ((0.70, 0.50),)),
    Wire("show", "h", "h", ((0.84, _BUS),)),
)  # fmt: skip


class LSTM(Cell):
    """LSTM in PyTorch's convention: blocks i, f, g, o."""

    info = CellInfo(
        "lstm", "LSTM", ("h", "c"), ("i", "f", "g", "o"), _QUANTITIES, _EQUATIONS, _DIAGRAM, _WIRES
    )
    opens = "f"

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        _, c = state  # (B, H)
        i, f, g, o = (a_x + a_h).chunk(4, -1)
        i, f = tap("i", i.sigmoid()), tap("f", f.sigmoid())
        g, o = tap("g", g.tanh()), tap("o", o.sigmoid())
        c = tap("c", f * c + i * g)  # Goodfellow 10.41
        h = tap("h", o * c.tanh())  # Goodfellow 10.42
        return h, c

    def fused(
        self, input_size: int, hidden_size: int, layers: int, dropout: float, bidirectional: bool
    ) -> nn.RNNBase:
        return nn.LSTM(
            input_size,
            hidden_size,
            layers,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
