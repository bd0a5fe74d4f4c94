"""Rectangles with words in them: nodes, cells, legends of a drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from rnnviz.contracts.picture import Boxes
from rnnviz.contracts.selection import Selection
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, Selects, is_selected, pen
from rnnviz.plots.ticks import short

_SMALL = 5.0  # pixels; smaller boxes get neither outline nor round corners
_RADIUS = 5.0
_PADDING = 4.0


class BoxesItem(MarkItem[Boxes]):
    """Rectangles centred on (x, y)."""

    def paint(self, paint: Paint) -> None:
        painter = paint.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        fills = self._fills(paint)
        edges = self._edges(paint.frame)
        for index in np.flatnonzero(_touches(edges, paint.frame)):
            self._paint_one(paint, int(index), _rect(edges[index]), fills)

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
        chosen = [i for i, s in enumerate(self.mark.selects) if is_selected(s, selection)]
        if not chosen:
            return
        edges = self._edges(paint.frame)
        paint.painter.setPen(pen(paint.colours("cursor"), 2.0))
        paint.painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in chosen:
            _round(paint.painter, _rect(edges[index]).adjusted(-2, -2, 2, 2), self.mark.rounded)

    def _paint_one(self, paint: Paint, index: int, rect: QRectF, fills: list[QColor]) -> None:
        painter, mark = paint.painter, self.mark
        fill = fills[index] if len(fills) > 1 else fills[0]
        if min(rect.width(), rect.height()) < _SMALL:
            painter.fillRect(rect, fill)
            return
        painter.setPen(pen(paint.colours(mark.outline)))
        painter.setBrush(fill)
        _round(painter, rect, mark.rounded)
        if index < len(mark.texts) and mark.texts[index]:
            self._write(paint, rect, mark.texts[index], fill)

    def _write(self, paint: Paint, rect: QRectF, text: str, fill: QColor) -> None:
        fonts, lines = paint.fonts, text.split("\n")
        for font in (fonts.text, fonts.small):
            wide = max(fonts.width(line, font) for line in lines) + _PADDING
            if wide <= rect.width() and fonts.height(font) * len(lines) <= rect.height():
                paint.painter.setFont(font)
                paint.painter.setPen(paint.colours.readable_on(fill))
                paint.painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
                return

    def _fills(self, paint: Paint) -> list[QColor]:
        mark = self.mark
        if mark.values is None or mark.scale is None:
            return [paint.colours(mark.fill)]
        return [QColor.fromRgb(int(value)) for value in paint.colours.scaled(
            np.asarray(mark.values), mark.scale
        )] or [paint.colours(mark.fill)]  # fmt: skip

    def _edges(self, frame: Frame) -> NDArray[np.float64]:
        """Left, top, right, bottom in pixels (n, 4)."""
        mark = self.mark
        wide, high = np.asarray(mark.width, float) / 2, np.asarray(mark.height, float) / 2
        across = np.sort(np.stack([frame.px(mark.x - wide), frame.px(mark.x + wide)]), axis=0)
        down = np.sort(np.stack([frame.py(mark.y - high), frame.py(mark.y + high)]), axis=0)
        return np.column_stack([across[0], down[0], across[1], down[1]])

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
    left, top, right, bottom = (float(edge) for edge in edges)
    return QRectF(left, top, right - left, bottom - top)


def _round(painter: QPainter, rect: QRectF, rounded: bool) -> None:
    radius = min(_RADIUS, rect.width() / 4, rect.height() / 4) if rounded else 0.0
    painter.drawRoundedRect(rect, radius, radius)
