"""Ranges that hold over many pictures: what each axis and each colour means stays the same from
frame to frame, so that only the numbers move.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rnnviz.contracts.picture import AnyPanel, Axis, ColourScale, Mark, Panel, Picture

Key = tuple[str, str, str]

_CLIPPED = ", clipped"


class Steady:
    """Sees all pictures first, then gives each of them the ranges that hold for all."""

    def __init__(self) -> None:
        self._axes: dict[tuple[str, str], tuple[float, float]] = {}
        self._scales: dict[Key, ColourScale] = {}

    def see(self, picture: Picture) -> None:
        """Widen the ranges by those of `picture`."""
        for panel in _panels(picture):
            for side, axis in (("x", panel.x), ("y", panel.y)):
                low, high = self._axes.get((panel.id, side), (axis.low, axis.high))
                self._axes[panel.id, side] = (min(low, axis.low), max(high, axis.high))
            for scale in _scales(panel):
                key = _key(panel, scale)
                self._scales[key] = _wider(self._scales.get(key, scale), scale)

    def applied(self, picture: Picture) -> Picture:
        """`picture`, which was seen before, over the common ranges."""
        rows = tuple(tuple(self._panel(panel) for panel in row) for row in picture.rows)
        return replace(picture, rows=rows)

    def _panel(self, panel: AnyPanel) -> AnyPanel:
        if not isinstance(panel, Panel):
            return panel
        bar = panel.colour_bar
        return replace(
            panel,
            x=self._axis(panel, "x", panel.x),
            y=self._axis(panel, "y", panel.y),
            marks=tuple(self._mark(panel, mark) for mark in panel.marks),
            colour_bar=bar and self._scales[_key(panel, bar)],
        )

    def _axis(self, panel: Panel, side: str, axis: Axis) -> Axis:
        low, high = self._axes[panel.id, side]
        return replace(axis, low=low, high=high)

    def _mark(self, panel: Panel, mark: Mark) -> Mark:
        scale = getattr(mark, "scale", None)
        if scale is None:
            return mark
        changed: dict[str, Any] = {"scale": self._scales[_key(panel, scale)]}
        return replace(mark, **changed)


def _panels(picture: Picture) -> list[Panel]:
    return [panel for row in picture.rows for panel in row if isinstance(panel, Panel)]


def _scales(panel: Panel) -> list[ColourScale]:
    scales = [getattr(mark, "scale", None) for mark in panel.marks]
    return [scale for scale in (*scales, panel.colour_bar) if scale is not None]


def _key(panel: Panel, scale: ColourScale) -> Key:
    # The label says of each picture by itself whether something lies beyond its range.
    return panel.id, scale.name, scale.label.removesuffix(_CLIPPED)


def _wider(first: ColourScale, second: ColourScale) -> ColourScale:
    """Both ranges in one; the longer label, so that what was clipped once is called clipped."""
    label = max(first.label, second.label, key=len)
    low, high = min(first.low, second.low), max(first.high, second.high)
    return ColourScale(first.name, low, high, label)
