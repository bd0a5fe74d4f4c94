"""Makes pictures of one view comparable: panels of the same name get one colour scale and one
range, so that equal colours and heights mean equal numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rnnviz.contracts.picture import (
    AnyPanel,
    Axis,
    Boxes,
    ColourScale,
    Heatmap,
    Mark,
    Panel,
    Picture,
    Segments,
    Texts,
)

CLIPPED = ", clipped"
Coloured = Heatmap | Segments | Boxes | Texts


def harmonised(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """The same pictures with common scales and ranges; a picture that is a message stays it."""
    groups: dict[str, list[Panel]] = {}
    for panel in (panel for picture in pictures for panel in panels_of(picture)):
        groups.setdefault(panel.id, []).append(panel)
    made = {name: _common(group) for name, group in groups.items()}
    return tuple(with_panels(picture, lambda panel: made[panel.id](panel)) for picture in pictures)


def panels_of(picture: Picture) -> list[Panel]:
    """The panels that have axes."""
    return [panel for row in picture.rows for panel in row if isinstance(panel, Panel)]


def with_panels(picture: Picture, change: Callable[[Panel], AnyPanel]) -> Picture:
    """The picture with every panel that has axes replaced."""
    rows = tuple(
        tuple(change(panel) if isinstance(panel, Panel) else panel for panel in row)
        for row in picture.rows
    )
    return replace(picture, rows=rows)


def with_limits(panel: Panel, scales: Sequence[ColourScale]) -> Panel:
    """The panel with each of its scales widened to the one of `scales` that measures the same."""

    def wide(scale: ColourScale) -> ColourScale:
        return next((other for other in scales if _same(other, scale)), scale)

    marks = tuple(_rescaled(mark, wide) for mark in panel.marks)
    bar = None if panel.colour_bar is None else wide(panel.colour_bar)
    return replace(panel, marks=marks, colour_bar=bar)


def scales_of(panels: Sequence[Panel]) -> list[ColourScale]:
    """One scale for each quantity in these panels, wide enough for all of them."""
    found: list[ColourScale] = []
    for scale in (scale for panel in panels for scale in _scales(panel)):
        place = next((i for i, other in enumerate(found) if _same(other, scale)), None)
        if place is None:
            found.append(scale)
        else:
            found[place] = _union(found[place], scale)
    return [_labelled(scale, panels) for scale in found]


def _common(panels: list[Panel]) -> Callable[[Panel], Panel]:
    scales = scales_of(panels)
    x, y = [panel.x for panel in panels], [panel.y for panel in panels]

    def made(panel: Panel) -> Panel:
        wide = with_limits(panel, scales)
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


def _scales(panel: Panel) -> list[ColourScale]:
    marks = [mark.scale for mark in panel.marks if isinstance(mark, Coloured)]
    return [scale for scale in (*marks, panel.colour_bar) if scale is not None]


def _same(one: ColourScale, other: ColourScale) -> bool:
    return one.name == other.name and _plain(one) == _plain(other)


def _plain(scale: ColourScale) -> str:
    return scale.label.removesuffix(CLIPPED)


def _union(one: ColourScale, other: ColourScale) -> ColourScale:
    return replace(one, low=min(one.low, other.low), high=max(one.high, other.high))


def _labelled(scale: ColourScale, panels: Sequence[Panel]) -> ColourScale:
    """`clipped` is said where values still lie beyond the common scale."""
    beyond = any(_beyond(mark, scale) for panel in panels for mark in panel.marks)
    said = any(s.label.endswith(CLIPPED) for p in panels for s in _scales(p) if _same(s, scale))
    return replace(scale, label=_plain(scale) + (CLIPPED if beyond and said else ""))


def _beyond(mark: Mark, scale: ColourScale) -> bool:
    if not isinstance(mark, Coloured) or mark.scale is None or mark.values is None:
        return False
    if not _same(mark.scale, scale) or not mark.values.size:
        return False
    finite = np.asarray(mark.values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    return bool(((finite < scale.low) | (finite > scale.high)).any())


def _rescaled(mark: Mark, wide: Callable[[ColourScale], ColourScale]) -> Mark:
    if isinstance(mark, Coloured) and mark.scale is not None:
        return replace(mark, scale=wide(mark.scale))
    return mark
