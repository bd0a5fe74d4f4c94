"""Backpropagation through time taken apart: each term of the double sum by which a recurrent matrix
learns, the Jacobians between two states, and what chunks cut off (Goodfellow et al. 10.2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """∂L_t/∂h_t · ∂h_t/∂h_k · ∂h_k/∂W of every t and k as what they are: an outer product each.

    deltas  (T, K, R)  ∂L_t/∂a_k along every path, a_k = W v_k + b the recurrent part of the sum
    read    (K, I)     v_k, what W (R, I) is multiplied by at step k: h_{k-1} in most cells
    """

    deltas: Tensor
    read: Tensor

    def norms(self) -> Tensor:
        """Length of each term: (T, K)."""
        return _lengths(self.deltas) * _lengths(self.read)

    def total(self) -> Tensor:
        """Their sum, the gradient of L = Σ_t L_t by W: (R, I)."""
        return self.deltas.sum(0).T @ self.read

    def shares(self) -> Tensor:
        """Part of the gradient that each term contributes along its direction: (T, K), sum 1."""
        total = self.total()
        along = self.read @ total.T  # (K, R)
        return (self.deltas * along).sum(-1) / _square(total)

    def truncated(self, chunk: int) -> Tensor:
        """The gradient that is left where none passes a border between chunks: (R, I)."""
        return self._within(chunk).T @ self.read

    def lengths_left(self, chunks: Sequence[int]) -> Tensor:
        """‖truncated(chunk)‖ / ‖total‖ for each: (C,), from inner products alone."""
        among = self.read @ self.read.T  # (K, K)
        left = torch.stack([self._within(chunk) for chunk in chunks])  # (C, K, R)
        squares = ((left @ left.mT) * among).sum((-2, -1)).clamp(min=0)
        return (squares / _square(self.total())).sqrt()

    def _within(self, chunk: int) -> Tensor:
        """Σ_t ∂L_t/∂a_k over those t in the same chunk as k: (K, R)."""
        kept = same_chunk(self.deltas.shape[0], chunk).to(self.deltas)
        return torch.einsum("tk,tkr->kr", kept, self.deltas)


def same_chunk(steps: int, chunk: int) -> Tensor:
    """(T, T) True where both positions lie between the same two borders."""
    of = torch.arange(steps) // chunk
    return of[:, None] == of[None, :]


def deltas(losses: Tensor, sums: Sequence[Tensor]) -> Tensor:
    """∂L_t/∂a_k: losses (T,), each of K sums (1, R) -> (T, K, R), in one pass for all t."""
    return _rows(losses, sums, torch.eye(len(losses)).to(losses))


def jacobians(later: Tensor, earlier: Sequence[Tensor]) -> Tensor:
    """∂h_t/∂h_k along every path: later (1, H), each of K earlier (1, H) -> (K, H, H)."""
    each = torch.eye(later.shape[1]).to(later)[:, None]
    return _rows(later, earlier, each).transpose(0, 1)


def norms(matrices: Tensor) -> Tensor:
    """Largest singular value of each (K, H, H), NaN where one is not finite: (K,)."""
    finite = matrices.isfinite().flatten(1).all(1)
    found: Tensor = torch.linalg.matrix_norm(
        torch.where(finite[:, None, None], matrices, 0.0), ord=2
    )
    return found.masked_fill(~finite, torch.nan)


def _square(matrix: Tensor) -> Tensor:
    """Its length squared, not quite 0 for a matrix of zeros."""
    return matrix.square().sum().clamp(min=torch.finfo(matrix.dtype).tiny)


def _lengths(rows: Tensor) -> Tensor:
    return rows.square().sum(-1).sqrt()


def _rows(of: Tensor, by: Sequence[Tensor], each: Tensor) -> Tensor:
    """∂(each · of)/∂by: (N, K, R); zeros where nothing depends."""
    found = torch.autograd.grad(
        of, by, each, retain_graph=True, allow_unused=True, is_grads_batched=True,
        materialize_grads=True,
    )  # fmt: skip
    return torch.stack([gradient[:, 0] for gradient in found], 1)
