"""What stands around the marks of a panel: grid, axes, title, legend, colour bar. It hardly ever
changes with the data, so `PanelItem` keeps it as an image of its own.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt

from rnnviz.contracts.picture import Bars, Heatmap, Image, Line, Panel, Points
from rnnviz.plots import axis_painter, legend
from rnnviz.plots.frame import Frame
from rnnviz.plots.grid import Slot, legend_fits
from rnnviz.plots.marks.base import Paint

_LOOKS = ("x", "y", "title", "note", "legend", "colour_bar")


def facts(panel: Panel, slot: Slot, frame: Frame) -> tuple[object, ...]:
    """All that decides what stands around the marks; equal where it would look the same."""
    words = panel.title, panel.note, panel.colour_bar, tuple(legend.entries(panel))
    return slot, frame, panel.x, panel.y, _grid(panel), *words


def alike(one: Panel, other: Panel) -> bool:
    """Whether two panels of equal marks look alike."""
    return all(getattr(one, name) == getattr(other, name) for name in _LOOKS)


def paint(paint: Paint, panel: Panel, slot: Slot) -> None:
    """Everything but the marks and the selection."""
    _paint_grid(paint, panel, slot)
    axis_painter.paint_left(paint, panel.y, slot.left)
    if slot.track:
        _paint_names(paint, panel, slot)
        _paint_scales(paint, panel, slot)
    else:
        axis_painter.paint_bottom(paint, panel.x, slot.bottom)
        _paint_head(paint, panel, slot)


def _grid(panel: Panel) -> str:
    """Behind curves, dots and bars there are lines, along `x` or `y`; "" for none."""
    kinds = {type(mark) for mark in panel.marks}
    if kinds & {Heatmap, Image} or not kinds & {Line, Bars, Points}:
        return ""
    lying = any(isinstance(mark, Bars) and mark.horizontal for mark in panel.marks)
    return "x" if lying else "y"


def _paint_grid(paint: Paint, panel: Panel, slot: Slot) -> None:
    """Lines behind curves, dots and bars; the baseline under what stands on one."""
    along = _grid(panel)
    if along == "x":
        axis_painter.paint_grid(paint, panel.x, upright=True)
    elif along == "y":
        axis_painter.paint_grid(paint, panel.y)
        if not slot.track and panel.x.visible:
            axis_painter.paint_baseline(paint)


def _paint_names(paint: Paint, panel: Panel, slot: Slot) -> None:
    """Title and note of a track at its left, centred on it, the note only where it fits."""
    fonts, area = paint.fonts, slot.head
    title, note = fonts.height(fonts.text), fonts.height(fonts.small)
    note = note if panel.note and area.height() >= title + note else 0.0
    top = area.center().y() - (title + note) / 2
    first = QRectF(area.left(), top, area.width(), title)
    _write(paint, panel.title, first, "text", strong=False)
    if note:
        second = QRectF(area.left(), top + title, area.width(), note)
        _write_small(paint, panel.note, second)


def _paint_scales(paint: Paint, panel: Panel, slot: Slot) -> None:
    listed = legend.entries(panel)
    if panel.colour_bar:
        # A track called "i  input gate" need not say "i" once more.
        named = panel.colour_bar.label in panel.title.split()
        legend.paint_bar(paint, panel.colour_bar, slot.right, upright_label=not named)
    elif listed:
        legend.paint_column(paint, listed, slot.right)


def _paint_head(paint: Paint, panel: Panel, slot: Slot) -> None:
    fonts = paint.fonts
    if panel.colour_bar:
        legend.paint_bar(paint, panel.colour_bar, slot.right, upright_label=False)
    left = slot.head.left() if panel.title else slot.left.left() + 12
    line = QRectF(left, slot.head.top(), slot.head.right() - left, fonts.height(fonts.title))
    if slot.head.height() <= 0:
        return
    used = _paint_title(paint, panel, line)
    if panel.colour_bar:
        used.setRight(used.right() - _write_small(paint, panel.colour_bar.label, used, True))
    _paint_legend(paint, panel, slot, used)
    if panel.note:
        small = fonts.height(fonts.small)
        note = QRectF(slot.head.left(), slot.head.bottom() - small - 4, slot.head.width(), small)
        _write_small(paint, panel.note, note)


def _paint_title(paint: Paint, panel: Panel, line: QRectF) -> QRectF:
    """Title and name of the y axis; what of the line remains free."""
    free = QRectF(line)
    if panel.title:
        used = _write(paint, panel.title, free, "text", strong=True)
        free.setLeft(free.left() + used + paint.fonts.size * 0.8)
    named = axis_painter.name(panel.y)
    if named and panel.y.visible:
        used = _write_small(paint, f"↑ {named}", free)
        free.setLeft(free.left() + used + paint.fonts.size * 0.8)
    return free


def _paint_legend(paint: Paint, panel: Panel, slot: Slot, free: QRectF) -> None:
    listed = legend.entries(panel)
    if not listed:
        return
    if legend_fits(panel, slot.head.width(), paint.fonts):
        legend.paint_row(paint, listed, free)
        return
    line, note = paint.fonts.height(paint.fonts.small), 0.0
    if panel.note:
        note = line
    rows = legend.broken(listed, slot.head.width(), paint.fonts)
    for up, row in enumerate(reversed(rows)):
        top = slot.head.bottom() - line - note - 5 - up * (line + 2)
        length = min(legend.width(row, paint.fonts) + 1, slot.head.width())
        legend.paint_row(paint, row, QRectF(slot.head.left(), top, length, line))


def _write(paint: Paint, text: str, area: QRectF, word: str, strong: bool) -> float:
    """One line at the left of `area`, cut to fit; its length."""
    font = paint.fonts.title if strong else paint.fonts.text
    metrics = paint.fonts.metrics(font)
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 0.5)
    paint.painter.setFont(font)
    paint.painter.setPen(paint.colours(word))
    paint.painter.drawText(area.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, fitted)
    return metrics.horizontalAdvance(fitted)


def _write_small(paint: Paint, text: str, area: QRectF, at_right: bool = False) -> float:
    metrics = paint.fonts.metrics(paint.fonts.small)
    room = max(area.width(), 0.0) + 0.5
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
    paint.painter.setFont(paint.fonts.small)
    paint.painter.setPen(paint.colours("muted"))
    paint.painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, fitted)
    return metrics.horizontalAdvance(fitted)
