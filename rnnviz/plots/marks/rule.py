"""A straight line across a panel, with its name at the end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
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
        width, height = fonts.width(self.mark.label, fonts.small), fonts.height(fonts.small)
        if self.mark.axis == "x":
            left = start.x() + _GAP
            left = left if left + width <= rect.right() else start.x() - _GAP - width
            place = QRectF(left, rect.top() + 1, width, height)
        else:
            top = end.y() - height
            top = top if top >= rect.top() else end.y() + 1
            place = QRectF(end.x() - width - _GAP, top, width, height)
        if rect.intersects(place):
            painter.setFont(fonts.small)
            painter.setPen(paint.colours(self.mark.colour))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, self.mark.label)
