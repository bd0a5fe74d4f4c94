"""Plain axes: ticks, numbers, names, and the faint lines of the grid."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from rnnviz.contracts.picture import Axis
from rnnviz.plots import token_axis
from rnnviz.plots.marks.base import Paint, pen
from rnnviz.plots.ticks import Tick, number, ticks
from rnnviz.plots.typography import Fonts

_APART_X, _APART_Y = 3.2, 2.6  # least distance of ticks in multiples of the font size
_AIR = 2.2  # between two numbers, likewise
_DASH = 4.0  # length of a tick
_COUNTED = ("time", "source_time", "step")  # where a number says as much as a name
GAP = 4.0


def x_ticks(paint: Paint, axis: Axis) -> list[Tick]:
    """Ticks of the horizontal axis that fit."""
    longest = max(len(number(round(end, 2))) for end in paint.frame.x) * 0.6
    apart = paint.fonts.size * max(longest + _AIR, _APART_X)
    return ticks(axis, *paint.frame.x, max(2, int(paint.frame.rect.width() / apart)))


def y_ticks(paint: Paint, axis: Axis) -> list[Tick]:
    """Ticks of the vertical axis that fit; at least the ends of a low track get a number."""
    named = axis.ids or (axis.texts and axis.dim not in _COUNTED)
    if named and paint.frame.unit_y < paint.fonts.height(paint.fonts.small):
        return []  # numbers at a few sorted or named rows would look like a scale
    count = max(2, int(paint.frame.rect.height() / (_APART_Y * paint.fonts.size)))
    return ticks(axis, *paint.frame.y, count)


def name(axis: Axis) -> str:
    """Label and unit in one."""
    return f"{axis.label} ({axis.unit})" if axis.unit and axis.label else axis.label or axis.unit


def left_width(axis: Axis, fonts: Fonts) -> float:
    """Room that the vertical axis needs at the left of a plot."""
    if not axis.visible:
        return 0.0
    if axis.texts:
        return max(token_axis.depth(axis, fonts, beside=True), 3.0 * fonts.size)
    texts = [text for _, text in axis.ticks] or ["0.00"]
    return max(fonts.width(text, fonts.small) for text in texts) + GAP + _DASH


def bottom_height(axis: Axis, fonts: Fonts) -> float:
    """Room that the horizontal axis needs below a plot."""
    if not axis.visible:
        return 0.0
    line = fonts.height(fonts.small)
    tokens = token_axis.depth(axis, fonts) if axis.texts else line + GAP
    return tokens + (line if name(axis) else 0.0) + GAP


def paint_grid(paint: Paint, axis: Axis, upright: bool = False) -> None:
    """Faint lines at the ticks of the vertical axis; `upright`: of the horizontal one."""
    if not axis.visible:
        return
    paint.painter.setPen(pen(paint.colours("faint")))
    rect = paint.frame.rect
    for position, _ in x_ticks(paint, axis) if upright else y_ticks(paint, axis):
        if upright:
            x = round(float(paint.frame.px(position)))
            paint.painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        else:
            y = round(float(paint.frame.py(position)))
            paint.painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def paint_left(paint: Paint, axis: Axis, area: QRectF) -> None:
    """The vertical axis in `area`, which ends at the plot's left edge."""
    if not axis.visible:
        return
    if axis.texts and token_axis.has_room(axis, paint.fonts, paint.frame.unit_y, beside=True):
        token_axis.paint_vertical(paint, axis, area)
        return
    line = paint.fonts.height(paint.fonts.small)
    _use(paint)
    last = None
    for position, text in _from_top(paint, y_ticks(paint, axis)):
        y = float(paint.frame.py(position))
        rect = paint.frame.rect
        top = min(max(y - line / 2, rect.top() - 1), rect.bottom() + 1 - line)
        if last is not None and top < last:
            continue
        last = top + line * 0.9
        place = QRectF(area.left(), top, area.width() - GAP, line)
        paint.painter.drawText(place, Qt.AlignmentFlag.AlignRight, text)


def paint_bottom(paint: Paint, axis: Axis, area: QRectF) -> None:
    """The horizontal axis in `area`, which begins at the plot's lower edge."""
    if not axis.visible:
        return
    line = paint.fonts.height(paint.fonts.small)
    if axis.texts and token_axis.has_room(axis, paint.fonts, paint.frame.unit_x):
        deep = token_axis.depth(axis, paint.fonts)
        tokens = QRectF(area.left(), area.top(), area.width(), deep)
        token_axis.paint_horizontal(paint, axis, tokens, above=False)
    else:
        tokens = QRectF(area.left(), area.top() + GAP, area.width(), line)
        paint_numbers(paint, axis, tokens)
    if name(axis):
        _use(paint)
        label = _fitted(paint, name(axis) + " →", area.width())
        # It ends where the plot does, unless the plot is narrower than the words.
        end = max(
            paint.frame.rect.right(), area.left() + paint.fonts.width(label, paint.fonts.small)
        )
        place = QRectF(area.left(), tokens.bottom() + 1, end - area.left() + 1, line)
        paint.painter.drawText(place, Qt.AlignmentFlag.AlignRight, label)


def paint_numbers(paint: Paint, axis: Axis, area: QRectF) -> None:
    """Tick numbers of the horizontal axis, none running into another or out of `area`."""
    _use(paint)
    rect = paint.frame.rect
    free = rect.left() - paint.fonts.size
    for position, text in sorted(
        x_ticks(paint, axis), key=lambda tick: float(paint.frame.px(tick[0]))
    ):
        width = paint.fonts.width(text, paint.fonts.small)
        middle = float(paint.frame.px(position))
        left = max(middle - width / 2, rect.left() - paint.fonts.size)
        left = min(left, rect.right() + GAP - width)
        if left < free:
            continue
        free = left + width + paint.fonts.size * 0.6
        paint.painter.drawText(QRectF(left, area.top(), width + 1, area.height()), 0, text)


def paint_baseline(paint: Paint) -> None:
    """The line on which a plot stands."""
    rect = paint.frame.rect
    paint.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    paint.painter.setPen(pen(paint.colours("muted", 110)))
    paint.painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def _from_top(paint: Paint, marks: list[Tick]) -> list[Tick]:
    return sorted(marks, key=lambda tick: float(paint.frame.py(tick[0])))


def _use(paint: Paint) -> None:
    paint.painter.setFont(paint.fonts.small)
    paint.painter.setPen(paint.colours("muted"))


def _fitted(paint: Paint, text: str, room: float) -> str:
    metrics = paint.fonts.metrics(paint.fonts.small)
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))
