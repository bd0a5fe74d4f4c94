"""Gradient norms and clipping in a few kernel calls, without waiting for the device."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Clip = Literal["none", "norm", "value"]


def norm_of(gradients: list[Tensor]) -> Tensor:
    """2-norm over all entries of all gradients, as a scalar tensor."""
    total: Tensor = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
    return total


def clip_(gradients: list[Tensor], how: Clip, threshold: float) -> tuple[Tensor, Tensor]:
    """Clip in place; the norm before and after.

    norm   g <- g * min(1, threshold / (|g| + 1e-6))   as torch.nn.utils.clip_grad_norm_
    value  g <- max(-threshold, min(threshold, g))     each entry for itself
    """
    norm = norm_of(gradients)
    if how == "none":
        return norm, norm
    if how == "norm":
        shrink = (threshold / (norm + 1e-6)).clamp(max=1.0)
        torch._foreach_mul_(gradients, shrink)
        return norm, norm * shrink
    torch._foreach_clamp_min_(gradients, -threshold)
    torch._foreach_clamp_max_(gradients, threshold)
    return norm, norm_of(gradients)
