"""Which rows of a batch one of several processes computes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import nan
from typing import Any

import torch
from torch import Tensor

from rnnviz.contracts.model import NOTHING_ASKED, Batch


@dataclass(frozen=True, slots=True)
class Share:
    """Part `index` of `parts` about equal parts, each of rows that stand side by side."""

    index: int = 0
    parts: int = 1

    def rows(self, total: int) -> slice:
        """The rows of this part where there are `total`; empty where there are too few."""
        return slice(total * self.index // self.parts, total * (self.index + 1) // self.parts)

    def of(self, batch: Batch) -> Batch:
        """These rows of a batch. One without rows computes the first row with nothing asked there:
        it has to take part in every step, and adds nothing to it.
        """
        if self.parts == 1:
            return batch
        rows = self.rows(len(batch.targets))
        if rows.start < rows.stop:
            return _cut(batch, rows)
        first = _cut(batch, slice(0, 1))
        nothing = nan if first.targets.is_floating_point() else NOTHING_ASKED
        return replace(first, targets=torch.full_like(first.targets, nothing))


WHOLE = Share()


def _cut(batch: Batch, rows: slice) -> Batch:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    parts: dict[str, Any] = {
        name: value[rows] for name, value in values.items() if isinstance(value, Tensor)
    }
    return replace(batch, **parts)
