"""Rectangles with words in them: nodes, cells, legends of a drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from rnnviz.contracts.picture import Boxes
from rnnviz.contracts.selection import Selection
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, Selects, is_selected, is_there, pen
from rnnviz.plots.ticks import short

_MOST = 1e5  # pixels of a unit, halved; Qt cannot paint what is larger by far
_SMALL = 5.0  # pixels; smaller boxes get neither outline nor round corners
_RADIUS = 5.0
_PADDING = 2.0
_LETTER = 0.75  # of a line's height: letters are lower than their line
_TINY = 0.72  # of the font's size; words in a small drawing


class BoxesItem(MarkItem[Boxes]):
    """Rectangles centred on (x, y)."""

    def paint(self, paint: Paint) -> None:
        edges = self._edges(paint.frame)
        shown = np.flatnonzero(_touches(edges, paint.frame))
        boxes = {int(index): _rect(edges[index]) for index in shown}
        fills = self._fills(paint, shown)
        paint.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._paint_bodies(paint, boxes, fills)
        for index, rect in boxes.items():
            if index < len(self.mark.texts) and self.mark.texts[index]:
                ink = paint.colours.readable_on(QColor.fromRgb(fills[index]))
                self._write(paint, rect, self.mark.texts[index], ink)

    def hit(self, frame: Frame, at: QPointF) -> Selects | None:
        index = self._under(frame, at)
        if index is None or index >= len(self.mark.selects):
            return None
        return self.mark.selects[index]

    def readout(self, frame: Frame, at: QPointF) -> str:
        index = self._under(frame, at)
        if index is None:
            return ""
        text = self.mark.texts[index] if index < len(self.mark.texts) else self.mark.label
        value = "" if self.mark.values is None else short(float(self.mark.values[index]))
        return f"{text} {value}".strip()

    def highlight(self, paint: Paint, selection: Selection) -> None:
        there = [i for i, s in enumerate(self.mark.selects) if is_there(s, selection)]
        chosen = [i for i, s in enumerate(self.mark.selects) if is_selected(s, selection)]
        if not there and not chosen:
            return
        edges = self._edges(paint.frame)
        paint.painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in dict.fromkeys((*there, *chosen)):
            if np.isfinite(edges[index]).all():
                rect = _rect(edges[index]).adjusted(-2, -2, 2, 2)
                radius = _radius(rect, self.mark.rounded)
                # All of a moment is framed, finely; what is meant itself, boldly.
                paint.painter.setPen(pen(paint.colours("cursor"), 2.0 if index in chosen else 1.0))
                paint.painter.drawRoundedRect(rect, radius, radius)

    def _paint_bodies(self, paint: Paint, boxes: dict[int, QRectF], fills: dict[int, int]) -> None:
        painter, outline = paint.painter, pen(paint.colours(self.mark.outline))
        if boxes and not self.mark.rounded and self.mark.values is None and self._are_large(boxes):
            painter.setPen(outline)
            painter.setBrush(paint.colours(self.mark.fill))
            painter.drawRects(list(boxes.values()))
            return
        for index, rect in boxes.items():
            radius = _radius(rect, self.mark.rounded)
            small = min(rect.width(), rect.height()) < _SMALL
            painter.setPen(Qt.PenStyle.NoPen if small else outline)
            painter.setBrush(QColor.fromRgb(fills[index]))
            painter.drawRoundedRect(rect, radius, radius)

    @staticmethod
    def _are_large(boxes: dict[int, QRectF]) -> bool:
        return all(min(rect.width(), rect.height()) >= _SMALL for rect in boxes.values())

    def _write(self, paint: Paint, rect: QRectF, text: str, ink: QColor) -> None:
        """The text in the middle of a box, smaller or not at all where it does not fit."""
        fonts, lines = paint.fonts, text.split("\n")
        for font in (fonts.text, fonts.small, fonts.make(_TINY)):
            widths = [fonts.width(line, font) for line in lines]
            high = fonts.height(font)
            needed = high * (len(lines) - 1) + _LETTER * high
            if max(widths) + _PADDING <= rect.width() and needed <= rect.height():
                paint.painter.setFont(font)
                paint.painter.setPen(ink)
                first = rect.center().y() - high * (len(lines) - 1) / 2 + fonts.drop(font)
                for row, (line, width) in enumerate(zip(lines, widths, strict=True)):
                    start = QPointF(rect.center().x() - width / 2, first + row * high)
                    paint.painter.drawText(start, line)
                return

    def _fills(self, paint: Paint, shown: NDArray[np.int64]) -> dict[int, int]:
        """0xAARRGGBB of each shown box."""
        mark = self.mark
        if mark.values is None or mark.scale is None:
            return dict.fromkeys(map(int, shown), paint.colours(mark.fill).rgb())
        colours = paint.colours.scaled(np.asarray(mark.values)[shown], mark.scale)
        return dict(zip(map(int, shown), map(int, colours), strict=True))

    def _edges(self, frame: Frame) -> NDArray[np.float64]:
        """Left, top, right, bottom in pixels (n, 4)."""
        mark = self.mark
        wide = np.abs(mark.width) * min(frame.unit_x / 2, _MOST)
        high = np.abs(mark.height) * min(frame.unit_y / 2, _MOST)
        x, y = frame.px(mark.x), frame.py(mark.y)
        edges = np.empty((len(x), 4))
        edges[:, 0], edges[:, 1] = x - wide, y - high
        edges[:, 2], edges[:, 3] = x + wide, y + high
        return edges

    def _under(self, frame: Frame, at: QPointF) -> int | None:
        edges = self._edges(frame)
        inside = (edges[:, 0] <= at.x()) & (at.x() <= edges[:, 2])
        inside &= (edges[:, 1] <= at.y()) & (at.y() <= edges[:, 3])
        found = np.flatnonzero(inside)
        return int(found[-1]) if len(found) else None


def _touches(edges: NDArray[np.float64], frame: Frame) -> NDArray[np.bool_]:
    rect = frame.rect
    across = (edges[:, 2] >= rect.left()) & (edges[:, 0] <= rect.right())
    return np.asarray(across & (edges[:, 3] >= rect.top()) & (edges[:, 1] <= rect.bottom()))


def _rect(edges: NDArray[np.float64]) -> QRectF:
    left, top, right, bottom = edges.tolist()
    return QRectF(left, top, right - left, bottom - top)


def _radius(rect: QRectF, rounded: bool) -> float:
    smallest = min(rect.width(), rect.height())
    return min(_RADIUS, smallest / 4) if rounded and smallest >= _SMALL else 0.0
