"""What the user points at: the only state that views share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Selection:
    """Indices into the probe and the network; `None` where nothing is chosen.

    part         name of a recurrent part; "" for the first one
    time         position in the sequence, from 0
    source_time  position in the source sentence
    layer        from 0
    unit         component of h, from 0
    item         sequence of the batch, from 0
    token        id in the vocabulary
    step         optimizer step being looked at; None follows the newest
    quantity     e.g. `f`: which of the cell's quantities
    parameter    name of a parameter matrix
    """

    part: str = ""
    time: int | None = None
    source_time: int | None = None
    layer: int | None = None
    unit: int | None = None
    item: int | None = None
    token: int | None = None
    step: int | None = None
    quantity: str = ""
    parameter: str = ""

    def updated(self, **changes: Any) -> Selection:
        """A copy with some indices replaced."""
        return replace(self, **changes)
