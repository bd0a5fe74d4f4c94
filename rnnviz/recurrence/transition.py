"""A cell whose old state passes a perceptron of its own before it comes back: a deeper step from
one time to the next (Pascanu et al. 2014; Goodfellow et al. 10.5).
"""

from __future__ import annotations

import re
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.structure import CellInfo, Equation, Quantity

_SOURCE = "Pascanu et al. 2014; Goodfellow et al. figure 10.13"
_RECURRENT = re.compile(r"(\{U(?::\w+)?\}) \{h-\}")


class DeepTransition(Cell):
    """`inner` with p_t = tanh(P h_{t-1} + q) where it would read h_{t-1}; with `skips` it reads
    p_t + h_{t-1}.
    """

    def __init__(self, inner: Cell, skips: bool) -> None:
        super().__init__(inner.config)
        self.inner, self.skips = inner, skips
        self.info = _info(inner.info, skips)

    def recur(self, state: State, w_hh: Tensor, b_hh: Tensor, tap: Name, own: Own) -> Tensor:
        h = state[0]  # (B, H)
        p = tap("p", torch.tanh(F.linear(h, own["weight_deep"], own["bias_deep"])))  # (B, H)
        return self.inner.recur((p + h if self.skips else p, *state[1:]), w_hh, b_hh, tap, own)

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        return self.inner.step(a_x, a_h, state, tap, own)

    def parameters(self, hidden_size: int) -> dict[str, Tensor]:
        """Those of `inner`, and P (H, H) and q (H,) as PyTorch starts them."""
        bound = hidden_size**-0.5
        return {
            **self.inner.parameters(hidden_size),
            "weight_deep": torch.empty(hidden_size, hidden_size).uniform_(-bound, bound),
            "bias_deep": torch.empty(hidden_size).uniform_(-bound, bound),
        }


def _info(inner: CellInfo, skips: bool) -> CellInfo:
    between = Quantity("p", "between two times", "candidate", -1, 1,
                       "The old state after a perceptron of its own.")  # fmt: skip
    through = Equation("p", r"{p} = \tanh(P {h-} + q)", "", _SOURCE)
    read = r"\1 ({p} + {h-})" if skips else r"\1 {p}"
    equations = [replace(e, symbols=_RECURRENT.sub(read, e.symbols)) for e in inner.equations]
    return replace(
        inner,
        title=f"deep {inner.title}",
        quantities=(between, *inner.quantities),
        equations=(through, *equations),
        diagram=(),
        wires=(),
    )
