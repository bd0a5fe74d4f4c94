"""Many straight lines at once: edges of graphs, arrows, grids."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter

from rnnviz.contracts.picture import Segments
from rnnviz.plots import primitives
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, pen
from rnnviz.style import colormaps

_SHADES = 32  # colours told apart; more pens cost time and show nothing
_WIDTH_STEP = 0.5  # pixels
_HEAD, _SPREAD = 6.0, np.deg2rad(24)  # length of an arrowhead in pixels, half its angle
_SHORTEST = 12.0  # pixels; shorter edges go without a head

Floats = NDArray[np.float64]


class SegmentsItem(MarkItem[Segments]):
    """Straight lines, grouped by pen."""

    def paint(self, paint: Paint) -> None:
        ends = self._pixels(paint.frame)
        inside = _touches(ends, paint.frame)
        painter = paint.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for colour, width, members in self._groups(paint, inside):
            painter.setPen(pen(colour, width, self.mark.style))
            primitives.draw_lines(painter, ends[members])
            if self.mark.arrows:
                painter.setPen(pen(colour, width))
                primitives.draw_lines(painter, _heads(ends[members], width))

    def _pixels(self, frame: Frame) -> Floats:
        mark = self.mark
        return np.column_stack(
            [frame.px(mark.x0), frame.py(mark.y0), frame.px(mark.x1), frame.py(mark.y1)]
        )

    def _groups(
        self, paint: Paint, inside: NDArray[np.bool_]
    ) -> Iterator[tuple[QColor, float, NDArray[np.int64]]]:
        """Colour, width and members of each group that shares a pen, faint ones first."""
        shades, widths = self._shades(), self._widths()
        chosen = np.flatnonzero(inside)
        keys = widths[chosen] * (_SHADES + 1) + shades[chosen]
        for key in np.unique(keys):
            width, shade = divmod(int(key), _SHADES + 1)
            yield self._colour(paint, shade), width * _WIDTH_STEP, chosen[keys == key]

    def _shades(self) -> NDArray[np.int64]:
        mark = self.mark
        if mark.values is None or mark.scale is None:
            return np.zeros(len(mark.x0), dtype=np.int64)
        rows = colormaps.indices(np.asarray(mark.values), mark.scale.low, mark.scale.high)
        shades: NDArray[np.int64] = rows.astype(np.int64) * _SHADES // colormaps.SIZE
        return shades

    def _widths(self) -> NDArray[np.int64]:
        if self.mark.widths is None:
            return np.full(len(self.mark.x0), round(1 / _WIDTH_STEP), dtype=np.int64)
        widths = np.nan_to_num(np.asarray(self.mark.widths, dtype=float))
        steps: NDArray[np.int64] = np.maximum(np.rint(widths / _WIDTH_STEP), 1).astype(np.int64)
        return steps

    def _colour(self, paint: Paint, shade: int) -> QColor:
        if self.mark.values is None or self.mark.scale is None:
            return paint.colours(self.mark.colour)
        row = min(round((shade + 0.5) * colormaps.SIZE / _SHADES), colormaps.SIZE)
        return QColor.fromRgb(int(paint.colours.table(self.mark.scale.name)[row]))


def _touches(ends: Floats, frame: Frame) -> NDArray[np.bool_]:
    """Segments whose bounding box meets the panel."""
    left, right = np.minimum(ends[:, 0], ends[:, 2]), np.maximum(ends[:, 0], ends[:, 2])
    top, bottom = np.minimum(ends[:, 1], ends[:, 3]), np.maximum(ends[:, 1], ends[:, 3])
    rect = frame.rect
    across = (right >= rect.left()) & (left <= rect.right())
    return np.asarray(across & (bottom >= rect.top()) & (top <= rect.bottom()))


def _heads(ends: Floats, width: float) -> Floats:
    """Two strokes at the end of each segment that is long enough."""
    along = ends[:, :2] - ends[:, 2:]
    length = np.hypot(along[:, 0], along[:, 1])
    ends, along = ends[length >= _SHORTEST], along[length >= _SHORTEST]
    angle = np.arctan2(along[:, 1], along[:, 0])
    size = _HEAD + width
    strokes = [
        np.column_stack(
            [
                ends[:, 2],
                ends[:, 3],
                ends[:, 2] + size * np.cos(angle + turn),
                ends[:, 3] + size * np.sin(angle + turn),
            ]
        )
        for turn in (-_SPREAD, _SPREAD)
    ]
    return np.concatenate(strokes)
