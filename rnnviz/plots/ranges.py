"""What the user zoomed: one range per linked axis, kept until they let go of it."""

from __future__ import annotations

from rnnviz.contracts.picture import Axis, Panel
from rnnviz.plots.frame import Interval, sane

_DEEPEST = 1e-6  # of the whole: beyond it float32 data turns to steps


class Ranges:
    """Ranges by key; axes with the same key move together."""

    def __init__(self) -> None:
        self._zoomed: dict[str, Interval] = {}

    def shown(self, key: str, axis: Axis) -> Interval:
        """The range to show: the zoomed one, else the whole."""
        return self._zoomed.get(key) or sane(axis.low, axis.high)

    def is_zoomed(self, key: str | None = None) -> bool:
        """Whether one axis, or any, shows less than the whole."""
        return bool(self._zoomed) if key is None else key in self._zoomed

    def fit(self, key: str | None = None) -> None:
        """Back to the whole: one axis, or all."""
        if key is None:
            self._zoomed.clear()
        else:
            self._zoomed.pop(key, None)

    def set(self, key: str, axis: Axis, low: float, high: float) -> None:
        """Show `low` to `high`, kept inside the whole; the whole itself counts as not zoomed."""
        least, most = sane(axis.low, axis.high)
        span = min(max(high - low, (most - least) * _DEEPEST), most - least)
        start = min(max(low, least), most - span)
        if span >= (most - least) * (1 - 1e-9):
            self._zoomed.pop(key, None)
        else:
            self._zoomed[key] = (start, start + span)

    def zoom(self, key: str, axis: Axis, about: float, factor: float) -> None:
        """Make the range `factor` times as long, keeping position `about` where it is."""
        low, high = self.shown(key, axis)
        self.set(key, axis, about - (about - low) * factor, about + (high - about) * factor)

    def pan(self, key: str, axis: Axis, by: float) -> None:
        """Move the range by a distance in data units."""
        low, high = self.shown(key, axis)
        self.set(key, axis, low + by, high + by)


def key_of(panel: Panel, which: str) -> str:
    """The link of a panel's axis: the dim, where it has one.

    Sorted rows link among panels sorted over as many units, never with unsorted ones.
    """
    axis = panel.x if which == "x" else panel.y
    if not axis.dim:
        return f"{panel.id}/{which}"
    return f"{axis.dim}:sorted{len(axis.ids)}" if axis.ids else axis.dim
