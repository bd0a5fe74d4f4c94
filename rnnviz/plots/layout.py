"""Where each panel goes: a grid of plots, or a score of tracks with common edges."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from rnnviz.contracts.picture import AnyPanel, Axis, Panel, Picture
from rnnviz.plots import legend, token_axis
from rnnviz.plots.grid import (
    PADDING,
    Layout,
    Slot,
    TextHeight,
    at_least,
    grid,
    least_row,
    row_heights,
)
from rnnviz.plots.typography import Fonts

TRACK_GAP = 8.0
# In multiples of the font size:
_LEAST_TRACK = 2.3  # height
_TICKS, _SCALES = 3.4, 5.6  # widths of a score's number and colour bar columns
_NAMES = (5.5, 13.0)  # least and largest width of a score's column of names


def _unknown(panel: str, width: float) -> float:
    return 0.0


def arrange(
    picture: Picture,
    width: float,
    height: float,
    fonts: Fonts,
    text_height: TextHeight = _unknown,
) -> Layout:
    """Slots for a canvas of this size; higher than `height` if the least heights demand it.

    text_height  the height that the words of a text panel need at a width
    """
    if picture.stacked:
        return _score(picture, width, height, fonts, text_height)
    least = [least_row(picture, row, width, fonts, text_height) for row in picture.rows]
    heights = row_heights(picture, height - PADDING / 2, fonts, 0.0, least)
    return Layout(grid(picture, width, heights, 0.0, fonts), sum(heights) + PADDING / 2)


def shared_axis(picture: Picture) -> Axis | None:
    """The axis a score draws once: the first visible one, with tokens if any has them."""
    axes = [panel.x for row in picture.rows for panel in row if isinstance(panel, Panel)]
    visible = [axis for axis in axes if axis.visible]
    with_tokens = [axis for axis in visible if axis.texts]
    return next(iter(with_tokens or visible), None)


def _score(
    picture: Picture, width: float, height: float, fonts: Fonts, text_height: TextHeight
) -> Layout:
    axis = shared_axis(picture)
    strip_high = _strip_height(axis, fonts)
    least = [
        _LEAST_TRACK * fonts.size
        if _is_track(row)
        else least_row(picture, row, width, fonts, text_height)
        for row in picture.rows
    ]
    heights = row_heights(picture, height - strip_high - PADDING / 2, fonts, TRACK_GAP, least)
    left, right = _score_columns(picture, width, fonts)
    slots: dict[str, Slot] = {}
    top = strip_high
    for row, high in zip(picture.rows, heights, strict=True):
        if _is_track(row):
            outer = QRectF(0, top, width, high)
            slots[row[0].id] = _track_slot(outer, left, right, fonts)
        else:
            part = Picture("", rows=(row,))
            slots.update(grid(part, width, [high], top, fonts))
        top += high + TRACK_GAP
    plot = QRectF(left, 0, max(width - left - right, 8.0), strip_high)
    return Layout(slots, top - TRACK_GAP + PADDING / 2, plot if axis else None, axis)


def _is_track(row: tuple[AnyPanel, ...]) -> bool:
    return len(row) == 1 and isinstance(row[0], Panel)


def _strip_height(axis: Axis | None, fonts: Fonts) -> float:
    if axis is None:
        return PADDING / 2
    plain = fonts.height(fonts.small) + 6
    return max(plain, token_axis.depth(axis, fonts)) if axis.texts else plain


def _score_columns(picture: Picture, width: float, fonts: Fonts) -> tuple[float, float]:
    """Widths of the columns at the left and right of all tracks."""
    tracks = [row[0] for row in picture.rows if len(row) == 1 and isinstance(row[0], Panel)]
    names = [fonts.width(panel.title, fonts.text) for panel in tracks]
    names += [fonts.width(panel.note, fonts.small) for panel in tracks]
    least, most = (factor * fonts.size for factor in _NAMES)
    name = min(max([least, *names]), most)
    left = PADDING + min(name + _TICKS * fonts.size + 6, width * 0.36)
    entries = [entry for panel in tracks for entry in legend.entries(panel)]
    if not entries and not any(panel.colour_bar for panel in tracks):
        return left, PADDING
    # As wide as the longest name in a legend, but never more than a quarter of the picture.
    longest = max((legend.width([entry], fonts) for entry in entries), default=0.0)
    return left, max(_SCALES * fonts.size + 6, min(longest + 16, width / 4))


def _track_slot(outer: QRectF, left: float, right: float, fonts: Fonts) -> Slot:
    plot = at_least(outer.adjusted(left, 0, -right, 0))
    ticks = min(_TICKS * fonts.size, left / 2)
    names = QRectF(PADDING, outer.top(), left - ticks - PADDING - 4, outer.height())
    return Slot(
        outer,
        plot,
        names,
        QRectF(left - ticks, outer.top(), ticks, outer.height()),
        QRectF(plot.right() + 8, outer.top(), right - 12, outer.height()),
        QRectF(),
        track=True,
    )
