"""Two stacks of layers over the same sequence, one from each end (Schuster and Paliwal 1997).

Each direction is a stack of its own, joined at the top: unlike with PyTorch's `bidirectional=True`,
a second layer reads its own direction only, so both stay plain chains to look at.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.model import Tap
from rnnviz.recurrence.layers import RecurrentLayers


class Bidirectional(nn.Module):
    """Parts `PART.forward` and `PART.backward`; outputs of both side by side."""

    def __init__(
        self,
        cell: Cell,
        part: str,
        input_size: int,
        hidden_size: int,
        layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        sizes = input_size, hidden_size, layers, dropout
        self.forward_layers = RecurrentLayers(cell, f"{part}.forward", *sizes)
        self.backward_layers = RecurrentLayers(cell, f"{part}.backward", *sizes, reverse=True)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x (B, S, I) -> outputs (B, S, 2H) and the last h of both directions (B, 2H)."""
        ahead = self.forward_layers(x, None, lengths)
        back = self.backward_layers(x, None, lengths)
        return _joined(ahead, back)

    def tapped(self, x: Tensor, tap: Tap, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The explicit path of `forward`."""
        ahead = self.forward_layers.tapped(x, tap, None, lengths)
        back = self.backward_layers.tapped(x, tap, None, lengths)
        return _joined(ahead, back)


def _joined(ahead: tuple[Tensor, State], back: tuple[Tensor, State]) -> tuple[Tensor, Tensor]:
    outputs = torch.cat((ahead[0], back[0]), -1)  # (B, S, 2H)
    return outputs, torch.cat((ahead[1][0][-1], back[1][0][-1]), -1)  # (B, 2H)
