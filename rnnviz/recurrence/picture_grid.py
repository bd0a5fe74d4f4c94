"""Convolutions over a picture that end in one vector for each cell of its grid."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.model import CELL, grid_of

_SIDE = 3


class _Convolution(nn.Linear):
    """A convolution of 3×3 pixels; its weights are a matrix with a row for each feature."""

    def __init__(self, channels: int, features: int) -> None:
        super().__init__(channels * _SIDE**2, features)

    def forward(self, seen: Tensor) -> Tensor:
        kernel = self.weight.view(len(self.weight), -1, _SIDE, _SIDE)
        return F.conv2d(seen, kernel, self.bias, padding=_SIDE // 2)


class PictureGrid(nn.Module):
    """Pictures (B, C, H, W) in [0, 1] -> annotations (B, S, M), one per cell, row by row.

    Three convolutions with rectifiers, the first two followed by taking the largest of 2×2. The
    last one also reads where in the picture it is: convolutions alone cannot tell left from right.
    """

    def __init__(self, channels: int, features: int) -> None:
        super().__init__()
        half = max(features // 2, 1)
        self.first = _Convolution(channels, half)
        self.second = _Convolution(half, features)
        self.last = _Convolution(features + 2, features)

    def forward(self, picture: Tensor) -> Tensor:
        rows, columns = grid_of(*picture.shape[2:])
        seen = picture[:, :, : CELL * rows, : CELL * columns].to(self.first.weight.dtype)
        seen = 2 * seen - 1
        for layer in (self.first, self.second):
            seen = F.max_pool2d(F.relu(layer(seen)), 2)
        seen = torch.cat((seen, _places(seen)), 1)
        return F.relu(self.last(seen)).flatten(2).transpose(1, 2)


def _places(seen: Tensor) -> Tensor:
    """(B, 2, rows, columns) how far down and how far right each cell lies, from -1 to 1."""
    down, across = (
        torch.linspace(-1, 1, size, dtype=seen.dtype, device=seen.device) for size in seen.shape[2:]
    )
    return torch.stack(torch.meshgrid(down, across, indexing="ij")).expand(len(seen), -1, -1, -1)
