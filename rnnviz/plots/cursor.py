"""The selection drawn over finished panels: cursor lines through columns, marks beside rows."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from rnnviz.contracts.picture import Axis, Heatmap
from rnnviz.contracts.selection import Selection
from rnnviz.plots.colour import Colours
from rnnviz.plots.fields import CURSORS, FIELD_OF, position_of
from rnnviz.plots.layout import TRACK_GAP
from rnnviz.plots.marks.base import Paint, pen
from rnnviz.plots.panel_item import PanelItem
from rnnviz.plots.typography import Fonts

_CELL = 7.0  # pixels; wider cells are framed, narrower ones crossed by one line
_SOLID, _LIGHT = 235, 110  # alpha of what is selected and of what is hovered
_TINT = 22


def paint_panels(
    painter: QPainter,
    items: Iterable[PanelItem],
    selection: Selection,
    colours: Colours,
    fonts: Fonts,
    hover: bool,
) -> None:
    """The selection on each of the panels."""
    for item in items:
        if item.frame is not None and concerns(item, selection):
            paint = Paint(painter, item.frame, colours, fonts)
            painter.save()
            _paint_rows(paint, item, selection, hover)
            _paint_columns(paint, item, selection, hover)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            for mark in item.marks:
                mark.highlight(paint, selection)
            painter.restore()


def concerns(item: PanelItem, selection: Selection) -> bool:
    """Whether the panel shows the part of the network that is selected."""
    part = item.panel.selects.get("part", "")
    return not part or not selection.part or part == selection.part


def _paint_columns(paint: Paint, item: PanelItem, selection: Selection, hover: bool) -> None:
    axis = item.panel.x
    position = _shown_position(axis, selection, paint.frame.x)
    if (
        position is None
        or axis.dim not in (*CURSORS, "unit")
        or not _same_layer(item, axis, selection)
    ):
        return
    slot, rect = item.slot, QRectF(paint.frame.rect)
    if slot is not None and slot.track:
        rect.adjust(0, -TRACK_GAP, 0, 0)  # one line through the gaps between tracks
    middle = float(paint.frame.px(position))
    half = paint.frame.unit_x / 2 if _is_cell(axis) else 0.0
    area = QRectF(middle - half, rect.top(), 2 * half, rect.height())
    _paint_band(paint, area.intersected(rect) if half else area, 2 * half, True, hover)
    if half and not _has_cells(item):
        paint.painter.fillRect(area.intersected(rect), paint.colours("cursor", _TINT))


def _paint_rows(paint: Paint, item: PanelItem, selection: Selection, hover: bool) -> None:
    axis = item.panel.y
    position = _shown_position(axis, selection, paint.frame.y)
    if position is None or not _same_layer(item, axis, selection):
        return
    rect, half = paint.frame.rect, paint.frame.unit_y / 2 if _is_cell(axis) else 0.0
    middle = float(paint.frame.py(position))
    area = QRectF(rect.left(), middle - half, rect.width(), 2 * half)
    _paint_band(paint, area.intersected(rect) if half else area, 2 * half, False, hover)
    if 2 * half < _CELL:
        _paint_pointer(paint, QPointF(rect.left(), middle), hover)


def _paint_band(paint: Paint, area: QRectF, size: float, upright: bool, hover: bool) -> None:
    """Two edges around a cell, or one line where cells are narrow."""
    painter, ink = paint.painter, paint.colours("cursor", _LIGHT if hover else _SOLID)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if size < _CELL:
        middle = area.center()
        _line(painter, middle.x() if upright else middle.y(), area, upright, ink)
        return
    near, far = (area.left(), area.right()) if upright else (area.top(), area.bottom())
    _line(painter, near, area, upright, ink)
    _line(painter, far, area, upright, ink)


def _line(painter: QPainter, at: float, area: QRectF, upright: bool, ink: QColor) -> None:
    painter.setPen(pen(ink))
    at = round(at)
    if upright:
        painter.drawLine(QLineF(at, area.top(), at, area.bottom()))
    else:
        painter.drawLine(QLineF(area.left(), at, area.right(), at))


def _paint_pointer(paint: Paint, tip: QPointF, hover: bool) -> None:
    """A small arrow at the left edge that points at a row too thin to frame."""
    paint.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    paint.painter.setPen(Qt.PenStyle.NoPen)
    paint.painter.setBrush(paint.colours("cursor", _LIGHT if hover else _SOLID))
    corners = [tip, tip + QPointF(-6, -4), tip + QPointF(-6, 4)]
    paint.painter.drawPolygon(QPolygonF(corners))


def _shown_position(
    axis: Axis, selection: Selection, interval: tuple[float, float]
) -> float | None:
    position = position_of(axis, selection)
    if position is None or not interval[0] <= position <= interval[1]:
        return None
    return position


def _same_layer(item: PanelItem, axis: Axis, selection: Selection) -> bool:
    """A unit belongs to its layer: the same number in another layer is another unit."""
    if FIELD_OF.get(axis.dim) != "unit":
        return True
    layer = item.panel.selects.get("layer")
    return layer is None or selection.layer is None or layer == selection.layer


def _has_cells(item: PanelItem) -> bool:
    """A tint over cells would change the very colours that say their values."""
    return any(isinstance(mark, Heatmap) for mark in item.panel.marks)


def _is_cell(axis: Axis) -> bool:
    return axis.dim != "step" and not axis.log
