"""The axis that all tracks of a score share: tokens at the top, in sight while tracks scroll."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt

from rnnviz.contracts.picture import Axis
from rnnviz.contracts.selection import Selection
from rnnviz.plots import axis_painter, token_axis
from rnnviz.plots.fields import position_of
from rnnviz.plots.grid import PADDING, Layout
from rnnviz.plots.marks.base import Paint

_BELOW = 3.0  # pixels between the words and the first track


def paint_strip(paint: Paint, layout: Layout, width: float) -> None:
    """Tokens where there is room for all of them, else numbers; the axis' name at the left."""
    axis, area = layout.strip_axis, paint.frame.rect
    if axis is None:
        return
    ground = QRectF(0, 0, width, area.height())
    paint.painter.fillRect(ground, paint.colours("panel"))
    if axis.texts and token_axis.has_room(axis, paint.fonts, paint.frame.unit_x):
        token_axis.paint_horizontal(paint, axis, area, above=True)
    else:
        axis_painter.paint_numbers(paint, axis, _last_line(paint, area.left(), area.width()))
    _paint_name(paint, axis)


def paint_cursor(paint: Paint, layout: Layout, selection: Selection, hover: bool) -> None:
    """The chosen token on a coloured ground."""
    axis = layout.strip_axis
    position = position_of(axis, selection) if axis is not None else None
    if axis is None or position is None:
        return
    if paint.frame.x[0] <= position <= paint.frame.x[1]:
        fill = paint.colours("muted" if hover else "cursor")
        token_axis.paint_chip(paint, axis, paint.frame.rect, round(position), fill)


def _paint_name(paint: Paint, axis: Axis) -> None:
    paint.painter.setFont(paint.fonts.small)
    paint.painter.setPen(paint.colours("muted"))
    place = _last_line(paint, PADDING, paint.frame.rect.left() - PADDING - 8)
    cut = paint.fonts.metrics(paint.fonts.small).elidedText
    name = cut(axis_painter.name(axis), Qt.TextElideMode.ElideRight, place.width())
    paint.painter.drawText(place, Qt.AlignmentFlag.AlignLeft, name)


def _last_line(paint: Paint, left: float, width: float) -> QRectF:
    line = paint.fonts.height(paint.fonts.small)
    return QRectF(left, paint.frame.rect.bottom() - line - _BELOW, width, line)
