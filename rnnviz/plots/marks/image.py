"""Pictures in their own colours, every pixel a sharp rectangle."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from rnnviz.contracts.picture import Image
from rnnviz.contracts.selection import Selection
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, Selects, is_selected, pen


class ImageItem(MarkItem[Image]):
    """A picture of a few thousand pixels."""

    def paint(self, paint: Paint) -> None:
        if not self.mark.rgb.size:
            return
        frame, mark = paint.frame, self.mark
        downwards = frame.flip_y != (mark.dy < 0)
        rightwards = frame.flip_x == (mark.dx < 0)
        turned = mark.rgb[:: 1 if downwards else -1, :: 1 if rightwards else -1]
        pixels = np.ascontiguousarray(turned, np.uint8)
        rows, columns = pixels.shape[:2]
        image = QImage(pixels.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
        paint.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        paint.painter.drawImage(self._target(frame), image)

    def hit(self, frame: Frame, at: QPointF) -> Selects | None:
        return self.mark.selects[0] if self.mark.selects and self._under(frame, at) else None

    def readout(self, frame: Frame, at: QPointF) -> str:
        return self.mark.label if self._under(frame, at) else ""

    def highlight(self, paint: Paint, selection: Selection) -> None:
        chosen = any(is_selected(selects, selection) for selects in self.mark.selects)
        if not chosen or not self.mark.rgb.size:
            return
        paint.painter.setPen(pen(paint.colours("cursor"), 2.0))
        paint.painter.setBrush(Qt.BrushStyle.NoBrush)
        paint.painter.drawRect(self._target(paint.frame).adjusted(-2, -2, 2, 2))

    def _under(self, frame: Frame, at: QPointF) -> bool:
        return bool(self.mark.rgb.size) and self._target(frame).contains(at)

    def _target(self, frame: Frame) -> QRectF:
        mark, (rows, columns) = self.mark, self.mark.rgb.shape[:2]
        left, top = mark.x0 - mark.dx / 2, mark.y0 - mark.dy / 2
        return frame.box(left, top, left + columns * mark.dx, top + rows * mark.dy)
