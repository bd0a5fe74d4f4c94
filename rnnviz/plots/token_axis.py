"""Tokens along an axis: every one where there is room, else ruled numbers."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QStaticText, QTransform

from rnnviz.contracts.picture import Axis
from rnnviz.plots.marks.base import Paint
from rnnviz.plots.typography import Fonts

_LONGEST = 84.0  # pixels; longer tokens are cut
_UPRIGHT = 4  # tokens with more letters are written upwards where they stand side by side
_TIGHT = 0.86  # of a line's height; glyphs of neighbours still do not touch
GAP = 4.0


def depth(axis: Axis, fonts: Fonts, beside: bool = False) -> float:
    """Pixels across the axis that its tokens take: their height, or their length where they stand.

    beside   for a vertical axis, whose tokens always lie
    """
    lying = not beside and not stands(axis)
    if lying:
        return fonts.height(fonts.mono) + GAP
    longest = max((fonts.width(text, fonts.mono) for text in axis.texts), default=0.0)
    return min(longest, _LONGEST * fonts.size / 13) + GAP


def stands(axis: Axis) -> bool:
    """Whether tokens are written upwards: by their length, so that zooming moves nothing."""
    return any(len(text) > _UPRIGHT for text in axis.texts)


def has_room(axis: Axis, fonts: Fonts, unit: float, beside: bool = False) -> bool:
    """Whether positions `unit` pixels apart leave room for every token."""
    if beside:
        return unit >= fonts.height(_smaller(fonts)) * _TIGHT
    if stands(axis):
        return unit >= fonts.height(fonts.mono) * _TIGHT
    return unit >= _widest(axis.texts, fonts.mono, fonts) + 1


def paint_horizontal(paint: Paint, axis: Axis, area: QRectF, above: bool) -> None:
    """Tokens above or below the columns of `paint.frame`, inside `area`."""
    upright, room = stands(axis), area.height() - GAP
    paint.painter.setFont(paint.fonts.mono)
    paint.painter.setPen(paint.colours("text"))
    for index in _shown(axis, paint.frame.x):
        x = float(paint.frame.px(float(index)))
        if not area.left() - 1 <= x <= area.right() + 1:
            continue
        text = axis.texts[index]
        if upright:
            _draw_standing(paint, text, x, area, room, above)
        else:
            top = area.bottom() - GAP / 2 - paint.fonts.height(paint.fonts.mono)
            _draw_centred(paint.painter, text, x, top if above else area.top() + GAP / 2, paint)


def paint_vertical(paint: Paint, axis: Axis, area: QRectF) -> None:
    """Tokens at the left of the rows of `paint.frame`, right-aligned in `area`."""
    fonts, painter = paint.fonts, paint.painter
    tight = paint.frame.unit_y < fonts.height(fonts.mono) * _TIGHT
    font = _smaller(fonts) if tight else fonts.mono
    painter.setFont(font)
    painter.setPen(paint.colours("text"))
    half = fonts.height(font) / 2
    for index in _shown(axis, paint.frame.y):
        text = _cut(axis.texts[index], fonts, area.width() - GAP)
        y = float(paint.frame.py(float(index)))
        left = area.right() - GAP - fonts.width(text, font)
        painter.drawStaticText(QPointF(left, y - half), _static(text, font.key()))


def paint_chip(paint: Paint, axis: Axis, area: QRectF, index: int, fill: QColor) -> None:
    """The token at a cursor on a filled ground, or its number where tokens have no room."""
    x, token = float(paint.frame.px(float(index))), _text(axis, index)
    if not token or not has_room(axis, paint.fonts, paint.frame.unit_x):
        _chip_of_number(paint, f"{index} {token}".strip(), x, area, fill)
    elif stands(axis):
        wide = max(paint.fonts.height(paint.fonts.mono), paint.frame.unit_x * 0.6)
        ground = QRectF(x - wide / 2, area.top(), wide, area.height() - GAP / 4)
        ink = _ground(paint, ground, fill)
        paint.painter.setPen(ink)
        paint.painter.setFont(paint.fonts.mono)
        _draw_standing(paint, token, x, area, area.height() - GAP, above=True)
    else:
        wide = max(paint.fonts.width(token, paint.fonts.mono) + 8, paint.frame.unit_x)
        _written_chip(paint, token, x - wide / 2, wide, area, fill, paint.fonts.mono)


def _chip_of_number(paint: Paint, text: str, x: float, area: QRectF, fill: QColor) -> None:
    """A chip that stays within the axis although it is wider than its column."""
    wide = paint.fonts.width(text, paint.fonts.small) + 8
    left = min(max(x - wide / 2, area.left()), max(area.left(), area.right() - wide))
    _written_chip(paint, text, left, wide, area, fill, paint.fonts.small)


def _written_chip(
    paint: Paint, text: str, left: float, wide: float, area: QRectF, fill: QColor, font: QFont
) -> None:
    high = paint.fonts.height(paint.fonts.mono)
    chip = QRectF(left, area.bottom() - GAP / 2 - high, wide, high)
    paint.painter.setPen(_ground(paint, chip, fill))
    paint.painter.setFont(font)
    paint.painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


def _ground(paint: Paint, chip: QRectF, fill: QColor) -> QColor:
    """Fill a chip; the ink to write on it."""
    paint.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    paint.painter.setPen(Qt.PenStyle.NoPen)
    paint.painter.setBrush(fill)
    paint.painter.drawRoundedRect(chip, 3, 3)
    return paint.colours.readable_on(fill)


def _text(axis: Axis, index: int) -> str:
    return axis.texts[index] if 0 <= index < len(axis.texts) else ""


def _smaller(fonts: Fonts) -> QFont:
    return fonts.make(0.8, mono=True)


def _draw_centred(painter: QPainter, text: str, x: float, top: float, paint: Paint) -> None:
    font = paint.fonts.mono
    left = x - paint.fonts.width(text, font) / 2
    painter.drawStaticText(QPointF(left, top), _static(text, font.key()))


def _draw_standing(
    paint: Paint, text: str, x: float, area: QRectF, room: float, above: bool
) -> None:
    painter, fonts = paint.painter, paint.fonts
    text = _cut(text, fonts, room)
    length = fonts.width(text, fonts.mono)
    start = area.bottom() - GAP if above else area.top() + GAP / 2 + length
    painter.save()
    painter.setTransform(QTransform(0, -1, 1, 0, x, start), True)
    painter.drawStaticText(
        QPointF(0, -fonts.height(fonts.mono) / 2), _static(text, fonts.mono.key())
    )
    painter.restore()


def _shown(axis: Axis, interval: tuple[float, float]) -> range:
    first = max(0, math.ceil(interval[0]))
    return range(first, min(len(axis.texts), math.floor(interval[1]) + 1))


def _cut(text: str, fonts: Fonts, room: float) -> str:
    metrics = fonts.metrics(fonts.mono)
    if metrics.horizontalAdvance(text) <= room:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


def _widest(texts: tuple[str, ...], font: QFont, fonts: Fonts) -> float:
    return _widest_cached(texts, font.key(), fonts)


@lru_cache(maxsize=64)
def _widest_cached(texts: tuple[str, ...], key: str, fonts: Fonts) -> float:
    return max((fonts.width(text, fonts.mono) for text in set(texts)), default=0.0)


@lru_cache(maxsize=4096)
def _static(text: str, font_key: str) -> QStaticText:
    """Laid out once per text and font; the key keeps sizes apart."""
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


__all__ = ["GAP", "depth", "has_room", "paint_chip", "paint_horizontal", "paint_vertical", "stands"]
