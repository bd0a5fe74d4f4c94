"""Bars, upright or lying."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from rnnviz.contracts.picture import Bars
from rnnviz.plots import primitives
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, pen
from rnnviz.plots.ticks import short

_THIN = 3.0  # pixels; below, bars are drawn as strokes


class BarsItem(MarkItem[Bars]):
    """Bars from a base to their heights."""

    def paint(self, paint: Paint) -> None:
        unit = paint.frame.unit_y if self.mark.horizontal else paint.frame.unit_x
        if unit * self.mark.width < _THIN and not self.mark.colours:
            self._paint_strokes(paint, max(1.0, unit * self.mark.width))
        else:
            self._paint_boxes(paint)

    def readout(self, frame: Frame, at: QPointF) -> str:
        mark = self.mark
        if not len(mark.x):
            return ""
        along = frame.data(at)[1 if mark.horizontal else 0]
        nearest = int(np.argmin(np.abs(np.asarray(mark.x) - along)))
        if abs(float(mark.x[nearest]) - along) > mark.width / 2:
            return ""
        return f"{mark.label} {short(float(mark.heights[nearest]))}".strip()

    def _paint_strokes(self, paint: Paint, width: float) -> None:
        mark, frame = self.mark, paint.frame
        at, base = np.asarray(mark.x, float), np.full(len(mark.x), mark.base)
        heights = np.asarray(mark.heights, float)
        if mark.horizontal:
            ends = (frame.px(base), frame.py(at), frame.px(heights), frame.py(at))
        else:
            ends = (frame.px(at), frame.py(base), frame.px(at), frame.py(heights))
        stroke = pen(paint.colours(mark.colour), width)
        stroke.setCapStyle(Qt.PenCapStyle.FlatCap)
        paint.painter.setPen(stroke)
        primitives.draw_lines(paint.painter, np.column_stack(ends))

    def _paint_boxes(self, paint: Paint) -> None:
        mark, painter = self.mark, paint.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for index, box in self._boxes(paint.frame).items():
            word = mark.colours[index] if index < len(mark.colours) else mark.colour
            painter.fillRect(box, paint.colours(word))

    def _visible(self, frame: Frame) -> list[int]:
        shown = frame.y if self.mark.horizontal else frame.x
        at, half = np.asarray(self.mark.x, float), self.mark.width / 2
        inside = (at + half >= shown[0]) & (at - half <= shown[1])
        return [int(i) for i in np.flatnonzero(inside & np.isfinite(self.mark.heights))]

    def _boxes(self, frame: Frame) -> dict[int, QRectF]:
        """What is in sight, by index, in pixels."""
        mark, seen = self.mark, self._visible(frame)
        at, to = np.asarray(mark.x, float)[seen], np.asarray(mark.heights, float)[seen]
        along, across = (frame.py, frame.px) if mark.horizontal else (frame.px, frame.py)
        ends = along(at - mark.width / 2), along(at + mark.width / 2), across(to)
        base = across(mark.base)
        corners = zip(seen, *(each.tolist() for each in ends), strict=True)
        if mark.horizontal:
            return {i: _rect(base, one, end, other) for i, one, other, end in corners}
        return {i: _rect(one, base, other, end) for i, one, other, end in corners}


def _rect(x0: float, y0: float, x1: float, y1: float) -> QRectF:
    return QRectF(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
