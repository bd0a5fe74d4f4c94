"""Additive attention: which of the memorised vectors a query asks for (Bahdanau et al. 2015)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Memory:
    """What is attended to.

    values  (B, S, M)  the annotations h_j
    keys    (B, S, A)  U h_j, computed once per batch
    mask    (B, S)     0 where there is a source position, -inf on padding
    """

    values: Tensor
    keys: Tensor
    mask: Tensor


class AdditiveAttention(nn.Module):
    """e_ij = v · tanh(W s_{i-1} + U h_j), alpha_i = softmax_j e_ij, c_i = sum_j alpha_ij h_j."""

    def __init__(self, query_size: int, memory_size: int, size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, size)  # W and a bias
        self.key = nn.Linear(memory_size, size, bias=False)  # U
        self.score = nn.Linear(size, 1, bias=False)  # v

    def remember(self, values: Tensor, lengths: Tensor | None) -> Memory:
        """values (B, S, M) of which the first `lengths` (B,) of each row count."""
        mask = values.new_zeros(values.shape[:2])
        if lengths is not None:
            positions = torch.arange(values.shape[1], device=values.device)
            mask = mask.masked_fill(positions >= lengths[:, None], -torch.inf)
        return Memory(values, self.key(values), mask)

    def forward(self, query: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """query (B, Q) -> context (B, M) and weights (B, S) that sum to 1 and are 0 on padding."""
        together = torch.tanh(self.query(query)[:, None] + memory.keys)  # (B, S, A)
        weights = torch.softmax(self.score(together).squeeze(-1) + memory.mask, -1)  # (B, S)
        return torch.bmm(weights[:, None], memory.values).squeeze(1), weights
