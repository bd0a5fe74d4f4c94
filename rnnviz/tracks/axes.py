"""Axes that several views share: positions in the sequence, units of a layer, values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.picture import Axis, Panel
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.tracks.caption import tokens_of
from rnnviz.tracks.scales import decades

_LEAST = 1e-300  # ten times its reciprocal is still a float
LABELS = {"time": "position", "source_time": "position in the source"}


def time_axis(
    snapshot: Snapshot, axis: str, length: int, texts: bool = False, visible: bool = False
) -> Axis:
    """`length` positions along `axis`; `texts` writes the tokens instead of numbers."""
    tokens = tokens_of(snapshot, axis)[:length] if texts else ()
    label = "" if texts else LABELS[axis]
    return Axis(label, dim=axis, low=-0.5, high=length - 0.5, texts=tokens, visible=visible)


def unit_axis(order: NDArray[np.integer], visible: bool = False) -> Axis:
    """Units in `order` from top to bottom."""
    ids = tuple(int(unit) for unit in order)
    sorted_by_index = ids == tuple(range(len(ids)))
    return Axis(
        "unit",
        dim="unit",
        low=-0.5,
        high=len(ids) - 0.5,
        ids=() if sorted_by_index else ids,
        inverted=True,
        visible=visible,
    )


def value_axis(
    low: float,
    high: float,
    label: str = "",
    unit: str = "",
    ticks: Sequence[tuple[float, str]] = (),
) -> Axis:
    """A plain scale from `low` to `high`."""
    return Axis(label, unit, low=low, high=high if high > low else low + 1.0, ticks=tuple(ticks))


def log_axis(
    values: NDArray[np.floating], label: str, unit: str = "", least: tuple[float, float] = (-2, 0)
) -> Axis:
    """A logarithmic scale over whole decades; `values` are log₁₀ already."""
    low, high = decades(values, least)
    return Axis(label, unit, low=low, high=high, log=True)


def numbered_last(panels: Sequence[Panel]) -> list[Panel]:
    """The same tracks with the shared axis written only under the last one of each axis."""
    last = {panel.x.dim: index for index, panel in enumerate(panels)}
    return [
        replace(panel, x=replace(panel.x, visible=last[panel.x.dim] == index))
        for index, panel in enumerate(panels)
    ]


def round_up(value: float) -> float:
    """The next of 1, 2, 3, 4, 5, 6, 8, 10 times a power of ten: it stays while values drift."""
    if not np.isfinite(value) or value <= 0:
        return 1.0
    value = min(max(value, _LEAST), 1 / _LEAST)
    decade = 10.0 ** np.floor(np.log10(value))
    return float(
        next(s * decade for s in (1, 2, 3, 4, 5, 6, 8, 10) if s * decade >= value * 0.9999)
    )
