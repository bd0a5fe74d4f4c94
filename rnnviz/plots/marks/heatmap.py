"""Heatmaps: values to colours by table, cells in sight only, means where cells outnumber pixels."""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from rnnviz.contracts.picture import Heatmap
from rnnviz.plots import primitives
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, pen
from rnnviz.plots.ticks import short

_OUTLINE = 48  # alpha of the edge that shows where an image ends on a panel of its neutral colour


class HeatmapItem(MarkItem[Heatmap]):
    """An image of cells."""

    def paint(self, paint: Paint) -> None:
        rows, columns = self._visible(paint.frame)
        block = self.mark.values[rows, columns]
        if block.size:
            self._draw(paint, block, rows, columns)
        if not self.mark.blank:
            self._outline(paint)

    def readout(self, frame: Frame, at: QPointF) -> str:
        row, column = self._cell(frame, at)
        height, width = self.mark.values.shape
        if not (0 <= row < height and 0 <= column < width):
            return ""
        return short(float(self.mark.values[row, column]))

    def _draw(self, paint: Paint, block: NDArray[np.floating], rows: slice, columns: slice) -> None:
        target = self._target(paint.frame, rows, columns)
        small = _pooled(block, target, paint.painter.device().devicePixelRatio())
        colours = paint.colours.scaled(small, self.mark.scale)
        if self.mark.blank:
            colours = np.where(np.isnan(small), np.uint32(0), colours)
        downwards = paint.frame.flip_y != (self.mark.dy < 0)
        rightwards = paint.frame.flip_x == (self.mark.dx < 0)
        turned = colours[:: 1 if downwards else -1, :: 1 if rightwards else -1]
        pixels = np.ascontiguousarray(turned)
        paint.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        image = primitives.image(pixels)
        if self.mark.blank:
            image.reinterpretAsFormat(QImage.Format.Format_ARGB32)
        paint.painter.drawImage(target, image)

    def _target(self, frame: Frame, rows: slice, columns: slice) -> QRectF:
        mark = self.mark
        return frame.box(
            mark.x0 + (columns.start - 0.5) * mark.dx,
            mark.y0 + (rows.start - 0.5) * mark.dy,
            mark.x0 + (columns.stop - 0.5) * mark.dx,
            mark.y0 + (rows.stop - 0.5) * mark.dy,
        )

    def _visible(self, frame: Frame) -> tuple[slice, slice]:
        mark, (height, width) = self.mark, self.mark.values.shape
        return (
            _span(frame.y, mark.y0, mark.dy, height),
            _span(frame.x, mark.x0, mark.dx, width),
        )

    def _outline(self, paint: Paint) -> None:
        height, width = self.mark.values.shape
        edge = self._target(paint.frame, slice(0, height), slice(0, width))
        paint.painter.setPen(pen(paint.colours("muted", _OUTLINE)))
        paint.painter.setBrush(paint.colours("panel", 0))
        paint.painter.drawRect(edge.adjusted(0.5, 0.5, -0.5, -0.5))

    def _cell(self, frame: Frame, at: QPointF) -> tuple[int, int]:
        x, y = frame.data(at)
        mark = self.mark
        return (
            math.floor((y - mark.y0) / mark.dy + 0.5),
            math.floor((x - mark.x0) / mark.dx + 0.5),
        )


def _span(shown: tuple[float, float], origin: float, step: float, count: int) -> slice:
    """The cells that a range touches."""
    ends = [(end - origin) / step + 0.5 for end in shown]
    first = max(0, math.floor(min(ends)))
    last = min(count, math.ceil(max(ends)))
    return slice(min(first, count), max(last, min(first, count)))


def _pooled(block: NDArray[np.floating], target: QRectF, ratio: float) -> NDArray[np.floating]:
    """Means over cells where two or more fall on one pixel, so that none is skipped."""
    for axis, room in ((0, target.height() * ratio), (1, target.width() * ratio)):
        count = block.shape[axis]
        parts = max(1, min(count, round(room)))
        if count >= 2 * parts:
            block = _means(block, axis, parts)
    return block


def _means(block: NDArray[np.floating], axis: int, parts: int) -> NDArray[np.floating]:
    count = block.shape[axis]
    starts = np.arange(parts) * count // parts
    sizes = np.diff(np.append(starts, count))
    shape = (-1, 1) if axis == 0 else (1, -1)
    missing = np.isnan(block)
    if not missing.any():
        return np.add.reduceat(block, starts, axis=axis) / sizes.reshape(shape)
    known = np.add.reduceat(~missing, starts, axis=axis, dtype=np.int64)
    sums = np.add.reduceat(np.where(missing, 0, block), starts, axis=axis)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # 0/0 is NaN, which is meant
        return np.asarray(sums / known)
