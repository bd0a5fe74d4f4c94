"""What a model carries from chunk to chunk: a nest of tensors, cut off, saved and restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from rnnviz.contracts.share import Share

ROWS = -2
"""The axis of every carried tensor on which the rows of a batch stand: (L, B, H), (B, H)."""

Shape = Any
"""A nest of lists with the number of a tensor, or None, at its leaves; can be written as JSON."""


def mapped(change: Callable[[Tensor], Tensor], state: Any) -> Any:
    """The same nest of tuples, lists and None with every tensor changed."""
    if state is None:
        return None
    if isinstance(state, Tensor):
        return change(state)
    if isinstance(state, (tuple, list)):
        return tuple(mapped(change, part) for part in state)
    raise TypeError(
        f"a carried state consists of tensors, tuples and None, not {type(state).__name__}"
    )


def detached(state: Any) -> Any:
    """The state without its history, so that gradients end at the chunk's border."""
    return mapped(Tensor.detach, state)


def of_rows(state: Any, share: Share) -> Any:
    """The state of the rows that belong to one of several processes."""

    def cut(part: Tensor) -> Tensor:
        return part[..., share.rows(part.shape[ROWS]), :].contiguous()

    return mapped(cut, state)


def flatten(state: Any) -> tuple[list[Tensor], Shape]:
    """All tensors of the nest in order, and the nest's shape for `unflatten`."""
    tensors: list[Tensor] = []
    return tensors, _shape(state, tensors)


def unflatten(tensors: list[Tensor], shape: Shape) -> Any:
    """The nest that `flatten` took apart."""
    if shape is None:
        return None
    if isinstance(shape, int):
        return tensors[shape]
    return tuple(unflatten(tensors, part) for part in shape)


def _shape(state: Any, tensors: list[Tensor]) -> Shape:
    if isinstance(state, Tensor):
        tensors.append(state)
        return len(tensors) - 1
    return None if state is None else [_shape(part, tensors) for part in state]
