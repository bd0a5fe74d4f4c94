"""A cell: one recurrence, one time step. One leaf of `cells/` each.

A cell keeps no parameters: `recurrence.layers` does (in PyTorch's layout) and computes the two
preactivation parts, so a cell is just its equations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import CellInfo

READ = "read"
"""Name under which `recur` taps what W_hh is multiplied by: no quantity of the cell's own, but what
taking its gradient apart needs.
"""

Name = Callable[[str, Tensor], Tensor]
State = tuple[Tensor, ...]
Own = Mapping[str, Tensor]


class Cell(ABC):
    """Base of all cells.

    info  names, equations and drawing as data; `info.blocks` fixes the order of the row blocks of
          the weights (weight_ih is (G*H, I), weight_hh is (G*H, H) for G blocks). A class attribute
          where it is always the same; set in `__init__` as well where the configuration changes it
    opens the block of a gate that keeps the old state while it is open; its bias starts at the
          configuration's `forget_bias`. "" for a cell without one
    """

    info: CellInfo
    opens: str = ""

    def __init__(self, config: ModelConfig) -> None:
        self.config = config

    @abstractmethod
    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        """One time step.

        a_x    (B, G*H)  W_ih x_t + b_ih
        a_h    (B, G*H)  W_hh h_{t-1} + b_hh
        state  tensors (B, H) in the order of `info.states`; the first is h_{t-1}. Behind them
               h_{t-2}, …, as far as the cell reaches back
        tap    names a quantity and returns it: identity when nobody looks. Every quantity of
               `info.quantities` passes through it exactly once.
        own    the layer's further parameters, those that `parameters` asked for
        """

    def recur(self, state: State, w_hh: Tensor, b_hh: Tensor, tap: Name, own: Own) -> Tensor:
        """The recurrent part a_h (B, G*H) of the preactivations."""
        return F.linear(tap(READ, state[0]), w_hh, b_hh)

    def parameters(self, hidden_size: int) -> dict[str, Tensor]:
        """What one layer learns besides its weights and biases: initial values by name. Only cells
        without a kernel may ask for any.
        """
        return {}

    def fused(
        self, input_size: int, hidden_size: int, layers: int, dropout: float, bidirectional: bool
    ) -> nn.RNNBase | None:
        """PyTorch's kernel for this cell (batch first), or None: then it trains through `step`."""
        return None
