"""Curves: only what is in sight, thinned to the extremes of each pixel column, broken at NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from rnnviz.contracts.picture import Line
from rnnviz.plots import primitives
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, dot_pen, pen
from rnnviz.plots.ticks import short
from rnnviz.tracks.pyramid import Pyramid

_CALM = 12  # panel heights that a curve may go up and down and still be drawn with clean joints
_PIECE = 12  # points of one path; Qt needs time with the square of it
_DASHABLE = 4000  # points; dashes of denser curves could not be seen

Floats = NDArray[np.float64]


class LineItem(MarkItem[Line]):
    """A curve through (x, y)."""

    def __init__(self, mark: Line) -> None:
        super().__init__(mark)
        self._take(mark)

    def update(self, mark: Line) -> None:
        same = mark.x is self.mark.x and mark.y is self.mark.y
        super().update(mark)
        if not same:
            self._take(mark)

    def paint(self, paint: Paint) -> None:
        x, y = self._thinned(paint.frame, primitives.fineness(paint.painter))
        if not len(x):
            return
        mark, painter = self.mark, paint.painter
        ink = paint.colours(mark.colour)
        painter.setPen(pen(ink, mark.width, mark.style))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if mark.style != "solid" and len(x) <= _DASHABLE:
            _draw_dashed(painter, x, y)
        elif mark.width > 1 and _is_calm(y, paint.frame.rect.height()):
            _draw_joined(painter, x, y)
        else:
            primitives.draw_lines(painter, np.column_stack([x[:-1], y[:-1], x[1:], y[1:]]))
        painter.setPen(dot_pen(ink, mark.width + 2))
        _draw_lonely(painter, x, y)

    def readout(self, frame: Frame, at: QPointF) -> str:
        if not len(self._x):
            return ""
        nearest = self._nearest(frame.data(at)[0])
        y = float(self._y[nearest])
        close = np.isfinite(y) and abs(float(frame.py(y)) - at.y()) < 8
        return f"{self.mark.label} {short(y)}".strip() if close else ""

    def _nearest(self, x: float) -> int:
        if not self._ascending:
            return int(np.argmin(np.abs(np.nan_to_num(self._x, nan=np.inf) - x)))
        place = int(np.searchsorted(self._x, x))
        around = range(max(0, place - 1), min(len(self._x), place + 1))
        return min(around, key=lambda index: abs(self._x[index] - x))

    def _take(self, mark: Line) -> None:
        self._x = np.asarray(mark.x, dtype=np.float64)
        self._y = np.asarray(mark.y, dtype=np.float64)
        finite = not len(self._x) or bool(np.isfinite(self._x).all())
        self._ascending = finite and bool(np.all(self._x[1:] >= self._x[:-1]))
        self._pyramid: Pyramid | None = None

    def _thinned(self, frame: Frame, fineness: float) -> tuple[Floats, Floats]:
        """Pixels of what is in sight: of each column of the device the lowest and the highest."""
        x, y = self._x, self._y
        if not self._ascending:
            return frame.px(x), frame.py(y)
        first = max(int(np.searchsorted(x, frame.x[0])) - 1, 0)
        last = min(int(np.searchsorted(x, frame.x[1], side="right")) + 1, len(x))
        columns = max(int(frame.rect.width() * fineness), 1)
        if last - first <= 2 * columns:
            return frame.px(x[first:last]), frame.py(y[first:last])
        if self._pyramid is None:
            self._pyramid = Pyramid(y)
        chosen = self._pyramid.extremes(first, last, columns)
        return frame.px(x[chosen]), frame.py(y[chosen])


def _is_calm(y: Floats, height: float) -> bool:
    way = float(np.nansum(np.abs(np.diff(y)))) if len(y) > 1 else 0.0
    return way <= _CALM * height


def _draw_joined(painter: QPainter, x: Floats, y: Floats) -> None:
    """Short paths: clean joints, and still cheap because each is short."""
    whole = bool(np.isfinite(x + y).all())
    for first in range(0, len(x) - 1, _PIECE):
        piece = slice(first, first + _PIECE + 1)
        if whole:
            painter.drawPolyline(primitives.polygon(x[piece], y[piece]))
        else:
            _draw_dashed(painter, x[piece], y[piece])


def _draw_dashed(painter: QPainter, x: Floats, y: Floats) -> None:
    breaks = np.flatnonzero(~np.isfinite(x + y))
    for part in np.split(np.arange(len(x)), breaks):
        part = part[np.isfinite(x[part] + y[part])]
        if len(part) > 1:
            painter.drawPolyline(primitives.polygon(x[part], y[part]))


def _draw_lonely(painter: QPainter, x: Floats, y: Floats) -> None:
    """Points between two gaps would be invisible as lines."""
    known = np.isfinite(x + y)
    alone = known & ~np.append(known[1:], False) & ~np.append(False, known[:-1])
    if alone.any():
        painter.drawPoints(primitives.polygon(x[alone], y[alone]))
