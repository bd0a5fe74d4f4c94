"""What stands along the axes of a probe: tokens where the network read any, else numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.recording.names import name
from rnnviz.recording.probe import Layout, padded
from rnnviz.recording.unrolling import tensors_in


class Ids:
    """What the embeddings of a network were asked for during one pass."""

    def __init__(self, model: nn.Module) -> None:
        self._asked: dict[str, list[Tensor]] = {}
        for path, module in model.named_modules():
            if isinstance(module, nn.Embedding):
                module.register_forward_hook(self._hook(path))

    def _hook(self, path: str) -> Any:
        def look(module: nn.Module, given: Any, output: Any) -> None:
            if given and isinstance(given[0], Tensor):
                self._asked.setdefault(path, []).append(given[0].detach())

        return look

    def over_time(self, layout: Layout) -> list[Tensor]:
        """(time,) ids of the item from each embedding, where they run along this layout's time."""
        found = []
        for calls in self._asked.values():
            whole = [layout.over_time(call) for call in calls]
            rows = [ids for ids in whole if ids is not None and ids.dim() == 1]
            stepped = None if rows else _joined(calls, layout)
            found += rows if stepped is None else [stepped]
        return found


def _joined(calls: Sequence[Tensor], layout: Layout) -> Tensor | None:
    """The ids of an embedding that was asked once per time step."""
    if len(calls) != layout.steps:
        return None
    flat = [call.flatten() for call in calls]
    row = [ids[min(layout.item, len(ids) - 1)] for ids in flat if len(ids)]
    return torch.stack(row) if len(row) == len(calls) else None


def read_tokens(
    ids: Ids, given: Any, layout: Layout, names: tuple[str, ...], last: bool
) -> tuple[str, ...]:
    """One text per time: from embeddings, else from integer or one-hot tensors of the probe.

    `last` takes the last of several that fit: what a decoder reads comes after the source.
    """
    candidates = ids.over_time(layout) or _in_probe(given, layout, len(names))
    if not candidates:
        return tuple(f"t{time}" for time in range(layout.steps))
    chosen = candidates[-1 if last else 0]
    return tuple(name(names, int(index)) for index in chosen)


def _in_probe(given: Any, layout: Layout, count: int) -> list[Tensor]:
    found = []
    for tensor in _tensors(given, layout):
        rows = layout.over_time(tensor)
        if rows is None:
            continue
        # One dimension alone may as well be lengths or classes.
        is_sequence = tensor.dim() > 1 or layout.batch == 1
        if rows.dim() == 1 and is_sequence and _are_ids(rows):
            found.append(rows)
        elif rows.dim() == 2 and rows.shape[1] == count and _one_hot(rows):
            found.append(rows.argmax(-1))
    return found


def _tensors(given: Any, layout: Layout) -> list[Tensor]:
    if hasattr(given, "batch_sizes"):
        return [padded(given, layout.first)]
    if isinstance(given, (tuple, list)):
        return [tensor for part in given for tensor in _tensors(part, layout)]
    if isinstance(given, dict):
        return _tensors(list(given.values()), layout)
    return tensors_in(given)


def _are_ids(rows: Tensor) -> bool:
    return not rows.is_floating_point() and rows.dtype != torch.bool


def read_numbers(given: Any, layout: Layout, count: int) -> Tensor | None:
    """(time, number) what a network of numbers read, None where it read tokens."""
    for tensor in _tensors(given, layout):
        rows = layout.over_time(tensor)
        if rows is not None and rows.dim() == 2 and rows.is_floating_point():
            return None if rows.shape[1] == count and _one_hot(rows) else rows
    return None


def _one_hot(rows: Tensor) -> bool:
    ones = (rows == 1).sum(-1) == 1
    return bool(ones.all()) and bool(((rows == 0) | (rows == 1)).all())
