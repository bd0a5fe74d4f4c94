"""A simple cell with connections that skip steps in time, beside those of length one or instead of
them: a gradient passes d steps at once.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from rnnviz.contracts.cell import READ, Cell, Name, Own, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

_SOURCE = "Goodfellow et al. 10.9.1 and 10.9.3; Lin et al. 1996; El Hihi and Bengio 1996"

_QUANTITIES = (
    Quantity("a", "preactivation", "preactivation", None, None,
             "The weighted sum of the input, of the state one step before and of the state some "
             "steps before."),
    Quantity("h", "hidden state", "state", -1, 1, "tanh of the weighted sum."),
)  # fmt: skip

_LINE, _LONG = 0.50, 0.84  # the drawing's lines

_DIAGRAM = (
    Block("h-", "port", 0.05, _LINE, "h_{t-1}", "h-"),
    Block("older", "port", 0.05, _LONG, "h_{t-d}"),
    Block("x", "port", 0.56, 0.06, "x_t"),
    Block("recur", "gate", 0.22, _LINE, "U h"),
    Block("skip", "gate", 0.22, _LONG, "S h"),
    Block("enter", "gate", 0.56, 0.28, "W x"),
    Block("join", "operator", 0.40, _LINE, "+"),
    Block("add", "operator", 0.56, _LINE, "+", "a"),
    Block("squash", "operator", 0.78, _LINE, "tanh", "h"),
    Block("h", "port", 0.95, _LINE, "h_t", "h"),
)

_WIRES = (
    Wire("h-", "recur", "h-"),
    Wire("recur", "join"),
    Wire("older", "skip"),
    Wire("skip", "join", "", ((0.40, _LONG),)),
    Wire("join", "add"),
    Wire("x", "enter"),
    Wire("enter", "add"),
    Wire("add", "squash", "a"),
    Wire("squash", "h", "h"),
)


def _info(span: int, short: bool) -> CellInfo:
    recurrent = r"{U} {h-} + " if short else ""
    equations = (
        Equation("a", rf"{{a}} = {{W}} {{x}} + {recurrent}S\, {{h-{span}}} + {{b}}",
                 "{a} = {x:h} + {h:h}", _SOURCE),
        Equation("h", r"{h} = \tanh({a})", "{h} = tanh({a})", _SOURCE),
    )  # fmt: skip
    kept = "and one" if short else "instead of one"
    spans = (("weight_hh", 1), ("weight_skip", span)) if short else (("weight_hh", span),)
    return CellInfo(
        "skip_rnn", f"skip RNN ({span} steps {kept})", ("h",), ("h",), _QUANTITIES, equations,
        _DIAGRAM, _WIRES, spans,
    )  # fmt: skip


class SkipRNN(Cell):
    """h_t = tanh(W x_t + m ∘ (U h_{t-1}) + S h_{t-d} + b); m is 0 for the first half of the units
    where half of the connections of length one are removed; where all are, U skips the steps.
    """

    info = _info(5, short=True)

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self._short = config.short_connections
        self.info = _info(config.skip, self._short != "removed")

    def recur(self, state: State, w_hh: Tensor, b_hh: Tensor, tap: Name, own: Own) -> Tensor:
        if self._short == "removed":
            return F.linear(tap(READ, state[-1]), w_hh, b_hh)  # (B, H)  Goodfellow 10.9.3
        near = F.linear(tap(READ, state[0]), w_hh)
        far = F.linear(state[-1], own["weight_skip"], b_hh)
        if self._short == "half removed":
            half = near.shape[-1] // 2
            near = torch.cat((torch.zeros_like(near[:, :half]), near[:, half:]), -1)
        return near + far  # Goodfellow 10.9.1

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        a = tap("a", a_x + a_h)
        return (tap("h", torch.tanh(a)),)

    def parameters(self, hidden_size: int) -> dict[str, Tensor]:
        """`weight_skip` (H, H), started as PyTorch starts recurrent weights; none where `weight_hh`
        itself skips.
        """
        if self._short == "removed":
            return {}
        bound = hidden_size**-0.5
        return {"weight_skip": torch.empty(hidden_size, hidden_size).uniform_(-bound, bound)}
