"""Which index of the selection an axis moves, and where on an axis a selected index stands."""

from __future__ import annotations

import math

from rnnviz.contracts.picture import Axis
from rnnviz.contracts.selection import Selection

FIELD_OF = {
    "time": "time",
    "source_time": "source_time",
    "unit": "unit",
    "layer": "layer",
    "item": "item",
    "vocab": "token",
    "step": "step",
}
_LARGEST = 15.0  # power of ten; beyond it a float is no index any more
CURSORS = ("time", "source_time", "step")


def index_at(axis: Axis, position: float) -> dict[str, int]:
    """The selection field and index at a position of an axis; empty where there is none."""
    field = FIELD_OF.get(axis.dim)
    if field is None or not math.isfinite(position):
        return {}
    if axis.log:
        return {field: round(10.0**position)} if position <= _LARGEST else {}
    nearest = math.floor(position + 0.5)
    if not axis.ids:
        inside = max(math.ceil(axis.low), 0) <= nearest <= math.floor(axis.high)
        return {field: nearest} if inside else {}
    return {field: int(axis.ids[nearest])} if 0 <= nearest < len(axis.ids) else {}


def position_of(axis: Axis, selection: Selection) -> float | None:
    """Where on an axis the selected index stands; None where none is chosen or it is not there."""
    field = FIELD_OF.get(axis.dim)
    chosen = getattr(selection, field) if field else None
    if chosen is None:
        return None
    if axis.ids:
        return float(axis.ids.index(chosen)) if chosen in axis.ids else None
    position = math.log10(chosen) if axis.log and chosen > 0 else float(chosen)
    return position if axis.low <= position <= axis.high else None
