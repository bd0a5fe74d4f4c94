"""A straight line across a panel, with its name at the end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from rnnviz.contracts.picture import Rule
from rnnviz.plots.marks.base import MarkItem, Paint, pen

_GAP = 3.0


class RuleItem(MarkItem[Rule]):
    """A threshold or border."""

    def paint(self, paint: Paint) -> None:
        start, end = self._ends(paint)
        paint.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        paint.painter.setPen(pen(paint.colours(self.mark.colour), 1.0, self.mark.style))
        paint.painter.drawLine(start, end)
        if self.mark.label:
            self._write(paint, start, end)

    def _ends(self, paint: Paint) -> tuple[QPointF, QPointF]:
        frame, rect = paint.frame, paint.frame.rect
        if self.mark.axis == "x":
            x = float(frame.px(self.mark.position))
            return QPointF(x, rect.top()), QPointF(x, rect.bottom())
        y = float(frame.py(self.mark.position))
        return QPointF(rect.left(), y), QPointF(rect.right(), y)

    def _write(self, paint: Paint, start: QPointF, end: QPointF) -> None:
        painter, fonts, rect = paint.painter, paint.fonts, paint.frame.rect
        room = rect.width() - 2 * _GAP
        # The number at its end says more than how it begins.
        cut = fonts.metrics(fonts.small).elidedText
        label = cut(self.mark.label, Qt.TextElideMode.ElideLeft, room)
        size = QSizeF(fonts.width(label, fonts.small), fonts.height(fonts.small))
        place = self._place(size, rect, start, end)
        # Where names of rules would lie on one another the first stays: its line says which it is.
        if rect.intersects(place) and not any(place.intersects(other) for other in paint.taken):
            paint.taken.append(place)
            painter.setFont(fonts.small)
            painter.setPen(paint.colours(self.mark.colour))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, label)

    def _place(self, size: QSizeF, rect: QRectF, start: QPointF, end: QPointF) -> QRectF:
        if self.mark.axis == "x":
            left = start.x() + _GAP
            inside = left + size.width() <= rect.right()
            left = left if inside else start.x() - _GAP - size.width()
            return QRectF(QPointF(left, rect.top() + 1), size)
        top = end.y() - size.height()
        top = top if top >= rect.top() else end.y() + 1
        return QRectF(QPointF(end.x() - size.width() - _GAP, top), size)
