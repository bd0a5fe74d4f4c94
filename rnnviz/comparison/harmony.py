"""Makes pictures of one view comparable: panels of the same name get one colour scale and one
range, so that equal colours and heights mean equal numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rnnviz.contracts.picture import Axis, ColourScale, Mark, Panel, Picture
from rnnviz.tracks.ranges import (
    CLIPPED,
    Coloured,
    measured,
    panels_of,
    scales_in,
    union,
    with_panels,
    with_scales,
)


def harmonised(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """The same pictures with common scales and ranges; a picture that is a message stays it."""
    groups: dict[str, list[Panel]] = {}
    for panel in (panel for picture in pictures for panel in panels_of(picture)):
        groups.setdefault(panel.id, []).append(panel)
    made = {name: _common(group) for name, group in groups.items()}
    return tuple(with_panels(picture, lambda panel: made[panel.id](panel)) for picture in pictures)


def _scales_of(panels: Sequence[Panel]) -> list[ColourScale]:
    """One scale for each quantity in these panels, wide enough for all of them."""
    found: dict[tuple[str, str], ColourScale] = {}
    for scale in (scale for panel in panels for scale in scales_in(panel)):
        key = measured(scale)
        found[key] = union(found.get(key, scale), scale)
    return [_labelled(scale, panels) for scale in found.values()]


def _common(panels: list[Panel]) -> Callable[[Panel], Panel]:
    common = {measured(scale): scale for scale in _scales_of(panels)}
    x, y = [panel.x for panel in panels], [panel.y for panel in panels]

    def made(panel: Panel) -> Panel:
        wide = with_scales(panel, lambda scale: common[measured(scale)])
        return replace(wide, x=_ranged(panel.x, x), y=_ranged(panel.y, y))

    return made


def _ranged(axis: Axis, others: list[Axis]) -> Axis:
    """The axis over what all of them cover; positions and units are not stretched over others'."""
    counted = axis.ids or axis.texts or axis.dim not in ("", "step")
    same = all(axis.log == other.log and axis.label == other.label for other in others)
    if counted or not same:
        return axis
    low, high = min(other.low for other in others), max(other.high for other in others)
    widest = next((a for a in others if (a.low, a.high) == (low, high)), None)
    ticks = axis.ticks if (axis.low, axis.high) == (low, high) else widest.ticks if widest else ()
    return replace(axis, low=low, high=high, ticks=ticks)


def _labelled(scale: ColourScale, panels: Sequence[Panel]) -> ColourScale:
    """`clipped` is said where values still lie beyond the common scale."""
    beyond = any(_beyond(mark, scale) for panel in panels for mark in panel.marks)
    said = any(
        s.label.endswith(CLIPPED)
        for p in panels
        for s in scales_in(p)
        if measured(s) == measured(scale)
    )
    return replace(scale, label=measured(scale)[1] + (CLIPPED if beyond and said else ""))


def _beyond(mark: Mark, scale: ColourScale) -> bool:
    if not isinstance(mark, Coloured) or mark.scale is None or mark.values is None:
        return False
    if measured(mark.scale) != measured(scale) or not mark.values.size:
        return False
    finite = np.asarray(mark.values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    return bool(((finite < scale.low) | (finite > scale.high)).any())
