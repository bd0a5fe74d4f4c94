"""The curves of a script's training, taken down without making a device wait."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.history import StepRow

NORM_SHARE = 0.01
"""Gradient norms may take this share of the time; where each one would take more, some are left
out.
"""

NAMES = tuple(f.name for f in fields(StepRow) if f.name not in ("step", "seconds"))
"""What `Recording.step` takes besides the loss."""


@dataclass(slots=True)
class _Pending:
    """A row whose numbers may still be on a device."""

    step: int
    seconds: float
    values: dict[str, Any] = field(default_factory=dict)


class Scalars:
    """Rows that wait to be written."""

    def __init__(self, model: nn.Module, optimizer: Any, with_norm: bool) -> None:
        self._parameters = list(model.parameters())
        self._optimizer = optimizer
        self._with_norm = with_norm
        self._began = self._stepped = time.perf_counter()
        self._interval = self._norm_cost = 0.0
        self._norm_at = 0
        self._tokens = 0
        self._waiting: list[_Pending] = []

    def add(self, step: int, loss: Any, given: Mapping[str, Any]) -> None:
        """Take one step down; UserError names a scalar that there is not, after taking the rest."""
        now = time.perf_counter()
        self._interval, self._stepped = now - self._stepped, now
        known = {name: value for name, value in given.items() if name in NAMES}
        row = _Pending(step, now - self._began, {"loss": _held(loss)})
        row.values |= {name: _held(value) for name, value in known.items()}
        self._tokens += int(known.get("tokens") or 0)
        row.values["tokens"] = self._tokens
        row.values.setdefault("learning_rate", self._learning_rate())
        row.values.setdefault("norm_clipped", self._norm(step))
        row.values.setdefault("norm", row.values["norm_clipped"])
        self._waiting.append(row)
        unknown = given.keys() - known.keys()
        if unknown:
            there = ", ".join(sorted(set(NAMES) - {"loss"}))
            raise UserError(f"step: there is no scalar {min(unknown)!r}; there are {there}.")

    def take(self) -> list[StepRow]:
        """All rows that wait, as numbers: one transfer for each device."""
        rows, self._waiting = self._waiting, []
        held = [v for row in rows for v in row.values.values() if isinstance(v, Tensor)]
        numbers = iter(_numbers(held))
        return [_row(row, numbers) for row in rows]

    def __len__(self) -> int:
        return len(self._waiting)

    def _learning_rate(self) -> Any:
        groups = getattr(self._optimizer, "param_groups", None)
        return _held(groups[0].get("lr")) if groups else math.nan

    def _norm(self, step: int) -> Any:
        """2-norm of all gradients there are; NaN where there are none, or it is not its turn."""
        if not self._with_norm or step < self._norm_at:
            return math.nan
        began = time.perf_counter()
        gradients = [p.grad for p in self._parameters if p.grad is not None]
        dense = [g.detach() for g in gradients if not g.is_sparse and g.is_floating_point()]
        norm = _total_norm(dense) if dense else math.nan
        self._norm_cost = time.perf_counter() - began
        self._norm_at = step + max(1, math.ceil(self._norm_cost / (NORM_SHARE * self._interval)))
        return norm


def _total_norm(gradients: list[Tensor]) -> Tensor:
    norms = torch._foreach_norm(gradients)
    every = [norm.to(norms[0].device, torch.float32) for norm in norms]
    total: Tensor = torch.linalg.vector_norm(torch.stack(every))
    return total


def _held(value: Any) -> Any:
    """A number; a tensor on a device stays one, so that nothing waits for it."""
    if isinstance(value, Tensor):
        if value.device.type == "cpu" and value.numel() == 1:
            return float(value.item())
        if value.device.type != "cpu":
            return value.detach().float().mean().clone()
        return float(value.detach().float().mean())
    return math.nan if value is None else float(value)


def _numbers(tensors: list[Tensor]) -> list[float]:
    if not tensors:
        return []
    if len({tensor.device for tensor in tensors}) > 1:
        return [float(tensor) for tensor in tensors]
    numbers: list[float] = torch.stack([tensor.float() for tensor in tensors]).tolist()
    return numbers


def _row(row: _Pending, numbers: Any) -> StepRow:
    values = {n: next(numbers) if isinstance(v, Tensor) else v for n, v in row.values.items()}
    whole = {name: values.get(name, math.nan) for name in NAMES}
    whole["tokens"] = int(whole["tokens"])
    return StepRow(step=row.step, seconds=row.seconds, **whole)
