"""Names of curves beside their colours, and colour bars: how to read a panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from rnnviz.contracts.picture import Bars, ColourScale, Line, Panel, Points
from rnnviz.plots import primitives
from rnnviz.plots.marks.base import Paint, dot_pen, pen
from rnnviz.plots.ticks import short
from rnnviz.plots.typography import Fonts

_SWATCH, _GAP, _BETWEEN = 12.0, 5.0, 14.0
_COLUMNS_APART = 4.0
MOST_LINES = 4
_BAR, _TICK_GAP = 7.0, 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend; `style` is a pen style, or `dot`, `square`, `none`."""

    label: str
    colour: str
    style: str


def entries(panel: Panel) -> list[Entry]:
    """What the legend of a panel lists, each name once."""
    found: dict[str, Entry] = {}
    for mark in panel.marks if panel.legend else ():
        if isinstance(mark, Line) and mark.legend and mark.label:
            found.setdefault(mark.label, Entry(mark.label, mark.colour, mark.style))
        elif isinstance(mark, Points | Bars) and mark.label:
            style = "dot" if isinstance(mark, Points) else "square"
            found.setdefault(mark.label, Entry(mark.label, mark.colour, style))
    return list(found.values())


def width(listed: list[Entry], fonts: Fonts) -> float:
    """Length of a legend in one line."""
    lengths = [_SWATCH + _GAP + fonts.width(entry.label, fonts.small) for entry in listed]
    return sum(lengths) + _BETWEEN * max(len(lengths) - 1, 0)


def broken(listed: list[Entry], room: float, fonts: Fonts) -> list[list[Entry]]:
    """The legend in as many lines as its entries need in this width, `MOST_LINES` at most."""
    rows: list[list[Entry]] = [[]]
    for index, entry in enumerate(listed):
        if rows[-1] and width([*rows[-1], entry], fonts) > room:
            if len(rows) == MOST_LINES:
                rest = within(listed[index - len(rows[-1]) :], len(rows[-1]))
                return [*rows[:-1], rest]
            rows.append([])
        rows[-1].append(entry)
    return rows


def paint_row(paint: Paint, listed: list[Entry], area: QRectF) -> None:
    """The legend in one line, ending at the right edge of `area`."""
    left = max(area.left(), area.right() - width(listed, paint.fonts))
    for entry in listed:
        room = area.right() - left
        if room < _SWATCH + _GAP:
            return
        left += _paint_entry(paint, entry, QRectF(left, area.top(), room, area.height())) + _BETWEEN


def paint_column(paint: Paint, listed: list[Entry], area: QRectF) -> None:
    """The legend as a list from the top of `area`; short names in several columns if need be."""
    line = paint.fonts.height(paint.fonts.small)
    rows = max(1, int((area.height() + 2) / line))
    longest = max((width([entry], paint.fonts) for entry in listed), default=0.0)
    columns = min(-(-len(listed) // rows), max(1, int(area.width() / (longest + _COLUMNS_APART))))
    for index, entry in enumerate(within(listed, rows * columns)):
        column, row = divmod(index, rows)
        left = area.left() + column * area.width() / columns
        _paint_entry(
            paint, entry, QRectF(left, area.top() + row * line, area.width() / columns, line)
        )


def within(listed: list[Entry], most: int) -> list[Entry]:
    """At most so many entries; the last then says how many others there are."""
    if len(listed) <= most:
        return listed
    left_out = len(listed) - most + 1
    return [*listed[: most - 1], Entry(f"{left_out} more", "muted", "none")]


def bar_width(scale: ColourScale, fonts: Fonts) -> float:
    """Room at the right of a plot for the colour bar of a scale."""
    numbers = (scale.low, scale.high, (scale.low + scale.high) / 2)
    longest = max(fonts.width(short(value), fonts.small) for value in numbers)
    return _BAR + 2 * _TICK_GAP + longest


def paint_bar(paint: Paint, scale: ColourScale, area: QRectF, upright_label: bool) -> None:
    """A colour bar at the left edge of `area` with its numbers and, where it fits, its name."""
    bar = QRectF(area.left(), area.top(), _BAR, area.height())
    steps = np.linspace(scale.high, scale.low, 256, dtype=np.float32)[:, None]
    pixels = np.ascontiguousarray(paint.colours.scaled(steps, scale))
    paint.painter.drawImage(bar, primitives.image(pixels))
    paint.painter.setPen(pen(paint.colours("muted", 48)))
    paint.painter.setBrush(Qt.BrushStyle.NoBrush)
    paint.painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
    _paint_bar_numbers(paint, scale, bar)
    if upright_label:
        _paint_bar_name(paint, scale, area)


def _paint_bar_numbers(paint: Paint, scale: ColourScale, bar: QRectF) -> None:
    line = paint.fonts.height(paint.fonts.small)
    values = [scale.high, scale.low]
    if bar.height() < 1.7 * line:
        values = [scale.high]
    elif bar.height() > 4 * line:
        values.insert(1, (scale.high + scale.low) / 2)
    paint.painter.setFont(paint.fonts.small)
    paint.painter.setPen(paint.colours("muted"))
    for value in values:
        part = (scale.high - value) / ((scale.high - scale.low) or 1.0)
        middle = bar.top() + part * bar.height()
        top = min(max(middle - line / 2, bar.top() - 1), bar.bottom() + 1 - line)
        place = QRectF(bar.right() + _TICK_GAP, top, 80, line)
        paint.painter.drawText(place, Qt.AlignmentFlag.AlignLeft, short(value))


def _paint_bar_name(paint: Paint, scale: ColourScale, area: QRectF) -> None:
    fonts, painter = paint.fonts, paint.painter
    length, line = fonts.width(scale.label, fonts.small), fonts.height(fonts.small)
    left = area.left() + bar_width(scale, fonts)
    if not scale.label or length > area.height() or left + line > area.right() + 2:
        return
    painter.save()
    painter.setTransform(QTransform(0, -1, 1, 0, left, area.center().y() + length / 2), True)
    painter.drawText(QRectF(0, 0, length + 1, line), Qt.AlignmentFlag.AlignLeft, scale.label)
    painter.restore()


def _paint_entry(paint: Paint, entry: Entry, area: QRectF) -> float:
    """One entry at the left of `area`; the length it took."""
    fonts, painter = paint.fonts, paint.painter
    _paint_swatch(paint, entry, QPointF(area.left(), area.center().y()))
    room = max(area.width() - _SWATCH - _GAP, 0.0)
    label = fonts.metrics(fonts.small).elidedText(
        entry.label, Qt.TextElideMode.ElideRight, room + 0.5
    )
    painter.setFont(fonts.small)
    painter.setPen(paint.colours("text"))
    start = area.left() + _SWATCH + _GAP
    place = QRectF(start, area.top(), room + 1, area.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, label)
    return _SWATCH + _GAP + fonts.width(label, fonts.small)


def _paint_swatch(paint: Paint, entry: Entry, start: QPointF) -> None:
    if entry.style == "none":
        return
    painter, colour = paint.painter, paint.colours(entry.colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if entry.style == "dot":
        painter.setPen(dot_pen(colour, 7.0))
        painter.drawPoint(start + QPointF(_SWATCH / 2, 0))
    elif entry.style == "square":
        painter.fillRect(QRectF(start.x() + 2, start.y() - 4, 8, 8), colour)
    else:
        painter.setPen(pen(colour, 2.0, entry.style))
        painter.drawLine(start, start + QPointF(_SWATCH, 0))
