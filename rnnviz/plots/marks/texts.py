"""Words at positions: tokens, labels, formulas; written only where there is room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from rnnviz.contracts.picture import Texts
from rnnviz.contracts.selection import Selection
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, Selects, is_selected, pen
from rnnviz.plots.math_text import formula
from rnnviz.plots.ticks import short
from rnnviz.plots.typography import Fonts

_CROWDED = 0.2  # part of the texts that may collide before none is written
_LEADING = 1.25  # height of a cell in lines
_LEAST = 7.0  # pixels of type that is made smaller to fit

Floats = NDArray[np.float64]


class TextsItem(MarkItem[Texts]):
    """All words of one mark."""

    def __init__(self, mark: Texts) -> None:
        super().__init__(mark)
        self._fonts: Fonts | None = None
        self._size = mark.size
        self._widths: Floats = np.zeros(0)

    def update(self, mark: Texts) -> None:
        same = mark.texts == self.mark.texts
        super().update(mark)
        if not same:
            self._fonts = None

    def paint(self, paint: Paint) -> None:
        self._fit(paint.frame, paint.fonts)
        x, y = paint.frame.px(self.mark.x), paint.frame.py(self.mark.y)
        widths = self._measured(paint.fonts)
        lefts = x - widths * {"left": 0.0, "centre": 0.5, "right": 1.0}[self.mark.anchor]
        inside = self._visible(paint, lefts, y, widths)
        fills = self._paint_cells(paint, x, y, inside)
        for index in self._with_room(lefts, y, widths, inside, paint.fonts):
            self._write(paint, index, QPointF(lefts[index], y[index]), fills)

    def hit(self, frame: Frame, at: QPointF) -> Selects | None:
        index = self._under(frame, at)
        if index is None or index >= len(self.mark.selects):
            return None
        return self.mark.selects[index]

    def readout(self, frame: Frame, at: QPointF) -> str:
        index = self._under(frame, at)
        if index is None or self.mark.values is None:
            return ""
        return f"{self.mark.texts[index]} {short(float(self.mark.values[index]))}"

    def highlight(self, paint: Paint, selection: Selection) -> None:
        known = np.isfinite(self.mark.x) & np.isfinite(self.mark.y)
        selects = enumerate(self.mark.selects)
        chosen = [i for i, s in selects if known[i] and is_selected(s, selection)]
        paint.painter.setPen(pen(paint.colours("cursor"), 1.5))
        paint.painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in chosen:
            paint.painter.drawRoundedRect(self._cell(paint.frame, paint.fonts, index), 3, 3)

    def _fit(self, frame: Frame, fonts: Fonts) -> None:
        """Choose the size of type: the mark's own, or as small as its room makes it."""
        size = self.mark.size
        if self.mark.most:
            room = self.mark.most * frame.unit_y / fonts.height(fonts.text)
            size = min(size, max(round(room * fonts.size), _LEAST) / fonts.size)
        if size != self._size:
            self._size, self._fonts = size, None

    def _font(self, fonts: Fonts) -> QFont:
        return fonts.make(self._size, self.mark.monospace, self.mark.bold)

    def _measured(self, fonts: Fonts) -> Floats:
        """Width of each text in pixels."""
        if self._fonts is not fonts:
            self._fonts = fonts
            self._widths = np.array([self._width(fonts, t) for t in self.mark.texts], dtype=float)
        return self._widths

    def _width(self, fonts: Fonts, text: str) -> float:
        typeset = formula(text) if self.mark.math else None
        if typeset is not None:
            return typeset.width * fonts.size * self._size
        return fonts.width(text, self._font(fonts))

    def _visible(self, paint: Paint, lefts: Floats, y: Floats, widths: Floats) -> NDArray[np.int64]:
        rect, line = paint.frame.rect, paint.fonts.height(self._font(paint.fonts))
        across = (lefts + widths >= rect.left() - 1) & (lefts <= rect.right() + 1)
        down = (y + line >= rect.top()) & (y - line <= rect.bottom())
        return np.flatnonzero(across & down)

    def _with_room(
        self, lefts: Floats, y: Floats, widths: Floats, inside: NDArray[np.int64], fonts: Fonts
    ) -> list[int]:
        """Texts that do not run into one before them on their line; none if many would."""
        line = fonts.height(self._font(fonts)) * 0.8
        rows = np.floor(y[inside] / max(line, 1.0))
        order = inside[np.lexsort((lefts[inside], rows))]
        free: list[int] = []
        end: dict[float, float] = {}
        for index in (int(each) for each in order):
            row = float(np.floor(y[index] / max(line, 1.0)))
            if lefts[index] >= end.get(row, -np.inf):
                free.append(index)
                end[row] = lefts[index] + widths[index]
        crowded = len(inside) - len(free) > _CROWDED * len(inside)
        return [] if crowded else free

    def _paint_cells(
        self, paint: Paint, x: Floats, y: Floats, inside: NDArray[np.int64]
    ) -> dict[int, QColor]:
        mark = self.mark
        if mark.values is None or mark.scale is None:
            return {}
        colours = paint.colours.scaled(np.asarray(mark.values), mark.scale)
        fills = {int(i): QColor.fromRgb(int(colours[i])) for i in inside}
        line = paint.fonts.height(self._font(paint.fonts)) * _LEADING
        half = mark.cell * paint.frame.unit_x / 2
        paint.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for index, fill in fills.items():
            left, right = round(x[index] - half), round(x[index] + half)
            paint.painter.fillRect(QRectF(left, y[index] - line / 2, right - left, line), fill)
        return fills

    def _write(self, paint: Paint, index: int, at: QPointF, fills: dict[int, QColor]) -> None:
        mark, fonts, painter = self.mark, paint.fonts, paint.painter
        text, font = mark.texts[index], self._font(paint.fonts)
        word = mark.colours[index] if index < len(mark.colours) else mark.colour
        ink = paint.colours(word)
        if index in fills and word == "text":
            ink = paint.colours.readable_on(fills[index])
        typeset = formula(text) if mark.math else None
        if typeset is not None:
            size = fonts.size * self._size
            down = (typeset.ascent - typeset.descent) * size / 2
            typeset.paint(painter, at + QPointF(0, down), size, ink)
            return
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(at + QPointF(0, fonts.drop(font)), text)

    def _cell(self, frame: Frame, fonts: Fonts, index: int) -> QRectF:
        """The coloured rectangle behind a text, or the text's own box if it has none."""
        mark = self.mark
        x, y = float(frame.px(mark.x[index])), float(frame.py(mark.y[index]))
        line = fonts.height(self._font(fonts)) * _LEADING
        if mark.values is not None:
            wide = mark.cell * frame.unit_x
            start = round(x - wide / 2)
            return QRectF(start, y - line / 2, round(x + wide / 2) - start, line)
        width = float(self._measured(fonts)[index])
        left = x - width * {"left": 0.0, "centre": 0.5, "right": 1.0}[mark.anchor]
        return QRectF(left - 3, y - line / 2, width + 6, line)

    def _under(self, frame: Frame, at: QPointF) -> int | None:
        fonts = self._fonts
        if fonts is None or not len(self.mark.x):
            return None
        away = np.abs(frame.py(self.mark.y) - at.y()) * 4 + np.abs(frame.px(self.mark.x) - at.x())
        for index in np.argsort(away)[:8]:  # NaN comes last
            if np.isfinite(away[index]) and self._cell(frame, fonts, int(index)).contains(at):
                return int(index)
        return None
