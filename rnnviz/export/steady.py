"""Ranges that hold over many pictures: what each axis and each colour means stays the same from
frame to frame, so that only the numbers move.
"""

from __future__ import annotations

from dataclasses import replace

from rnnviz.contracts.picture import Axis, ColourScale, Panel, Picture
from rnnviz.tracks.ranges import measured, panels_of, scales_in, union, with_panels, with_scales


class Steady:
    """Sees all pictures first, then gives each of them the ranges that hold for all."""

    def __init__(self) -> None:
        self._axes: dict[tuple[str, str], tuple[float, float]] = {}
        self._scales: dict[tuple[str, str, str], ColourScale] = {}

    def see(self, picture: Picture) -> None:
        """Widen the ranges by those of `picture`."""
        for panel in panels_of(picture):
            for side, axis in (("x", panel.x), ("y", panel.y)):
                low, high = self._axes.get((panel.id, side), (axis.low, axis.high))
                self._axes[panel.id, side] = (min(low, axis.low), max(high, axis.high))
            for scale in scales_in(panel):
                key = panel.id, *measured(scale)
                self._scales[key] = _wider(self._scales.get(key, scale), scale)

    def applied(self, picture: Picture) -> Picture:
        """`picture`, which was seen before, over the common ranges."""
        return with_panels(picture, self._panel)

    def _panel(self, panel: Panel) -> Panel:
        wide = with_scales(panel, lambda scale: self._scales[panel.id, *measured(scale)])
        return replace(wide, x=self._axis(panel, "x", panel.x), y=self._axis(panel, "y", panel.y))

    def _axis(self, panel: Panel, side: str, axis: Axis) -> Axis:
        low, high = self._axes[panel.id, side]
        return replace(axis, low=low, high=high)


def _wider(first: ColourScale, second: ColourScale) -> ColourScale:
    """Both ranges in one; the longer label, so that what was clipped once is called clipped."""
    label = max(first.label, second.label, key=len)
    return replace(union(first, second), label=label)
