"""How a head of a neural Turing machine finds its place in memory: by content, then by moving from
where it was (Graves et al. 2014, section 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_SHIFTS = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Address:
    """What a head asks for.

    key       (B, W)
    strength  (B, 1)  β ≥ 0
    gate      (B, 1)  g: by content (1) or from the old place (0)
    shift     (B, 3)  s: one back, stay, one on; sums to 1
    sharpen   (B, 1)  γ ≥ 1
    """

    key: Tensor
    strength: Tensor
    gate: Tensor
    shift: Tensor
    sharpen: Tensor


class Head(nn.Module):
    """From the controller's state (B, H) to weights over N slots of width W; `more` further vectors
    (erase, add) come from the same layer.
    """

    def __init__(self, size: int, width: int, more: int = 0) -> None:
        super().__init__()
        self.width = width
        self._widths = (width, 1, 1, len(_SHIFTS), 1, *(width,) * more)
        self.linear = nn.Linear(size, sum(self._widths))

    def forward(self, h: Tensor) -> tuple[Address, tuple[Tensor, ...]]:
        """What it asks for, and the further vectors as they come."""
        key, beta, gate, shift, gamma, *more = self.linear(h).split(self._widths, -1)
        address = Address(
            torch.tanh(key),
            F.softplus(beta),
            gate.sigmoid(),
            shift.softmax(-1),
            1 + F.softplus(gamma),
        )
        return address, tuple(more)


def weights(asked: Address, memory: Tensor, before: Tensor) -> Tensor:
    """Weights (B, N) that sum to 1; memory (B, N, W), the head's weights one step before (B, N)."""
    content = torch.softmax(asked.strength * similarity(asked.key, memory), -1)  # eq. 5
    gated = asked.gate * content + (1 - asked.gate) * before  # eq. 7
    moved = sum(
        asked.shift[:, k : k + 1] * gated.roll(shift, -1) for k, shift in enumerate(_SHIFTS)
    )  # eq. 8
    assert isinstance(moved, Tensor)
    sharp = (moved + 1e-12) ** asked.sharpen  # eq. 9; 0^γ has no derivative
    return sharp / sharp.sum(-1, keepdim=True)


def similarity(key: Tensor, memory: Tensor) -> Tensor:
    """Cosine of key (B, W) with every slot of memory (B, N, W): (B, N), eq. 6."""
    dot = torch.einsum("bw,bnw->bn", key, memory)
    lengths = key.norm(dim=-1, keepdim=True) * memory.norm(dim=-1)
    cosine: Tensor = dot / (lengths + 1e-8)
    return cosine


def written(memory: Tensor, where: Tensor, erase: Tensor, add: Tensor) -> Tensor:
    """The memory after M ∘ (1 − w eᵀ) + w aᵀ, eq. 3 and 4."""
    kept = memory * (1 - torch.einsum("bn,bw->bnw", where, erase))
    return kept + torch.einsum("bn,bw->bnw", where, add)


def read(memory: Tensor, where: Tensor) -> Tensor:
    """Σ_i w_i M_i: (B, W), eq. 2."""
    return torch.einsum("bn,bnw->bw", where, memory)
