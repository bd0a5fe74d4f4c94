"""Where each panel goes: a grid of plots, or a score of tracks with common edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from rnnviz.contracts.picture import AnyPanel, Axis, Bars, Panel, Picture, Table, TextPanel
from rnnviz.plots import axis_painter, legend, text_flow, token_axis
from rnnviz.plots.typography import Fonts

PADDING = 12.0
TRACK_GAP = 8.0
# Least heights in multiples of the font size.
_LEAST_TRACK, _LEAST_PLOT, _LEAST_SQUARE = 2.3, 9.0, 14.0
_TICKS, _SCALES = 3.4, 5.6  # widths of a score's number and colour bar columns, likewise
_NAMES = (5.5, 13.0)  # least and largest width of a score's column of names, likewise


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one panel.

    outer   all of it
    plot    where data goes
    head    title, name of the y axis, legend
    left    numbers of the y axis; ends at the plot
    right   colour bar or legend; begins beside the plot
    bottom  numbers and name of the x axis; empty in a score
    track   whether it is a track of a score
    """

    outer: QRectF
    plot: QRectF
    head: QRectF
    left: QRectF
    right: QRectF
    bottom: QRectF
    track: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """All slots by panel id, their height together, and the strip of the shared axis of a score."""

    slots: dict[str, Slot]
    height: float
    strip: QRectF | None = None
    strip_axis: Axis | None = None


TextHeight = Callable[[str, float], float]


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
    least = [_least_row(picture, row, width, fonts, text_height) for row in picture.rows]
    heights = _heights(picture, height - PADDING / 2, fonts, 0.0, least)
    return Layout(_grid(picture, width, heights, 0.0, fonts), sum(heights) + PADDING / 2)


def shared_axis(picture: Picture) -> Axis | None:
    """The axis a score draws once: the first visible one, with tokens if any has them."""
    axes = [panel.x for row in picture.rows for panel in row if isinstance(panel, Panel)]
    visible = [axis for axis in axes if axis.visible]
    with_tokens = [axis for axis in visible if axis.texts]
    return next(iter(with_tokens or visible), None)


def _least_row(
    picture: Picture,
    row: tuple[AnyPanel, ...],
    width: float,
    fonts: Fonts,
    text_height: TextHeight,
) -> float:
    """The height below which some panel of the row could not be read."""
    total = sum(panel.width for panel in row) or 1.0
    least = _LEAST_PLOT * fonts.size
    for panel in row:
        wide = width * panel.width / total
        if isinstance(panel, Panel):
            least = max(least, _least_plot(panel, wide, fonts))
        elif isinstance(panel, TextPanel) and len(picture.rows) > 1:
            inner = _words_in(panel, QRectF(0, 0, wide, 0), fonts)
            least = max(least, text_height(panel.id, inner.width()) + PADDING)
    return least


def _least_plot(panel: Panel, width: float, fonts: Fonts) -> float:
    """Bars with names need a line for each; a square is as wide as it is high."""
    around = head_height(panel, width, fonts) + axis_painter.bottom_height(panel.x, fonts) + PADDING
    if any(isinstance(mark, Bars) and mark.horizontal for mark in panel.marks):
        return len(panel.y.texts) * fonts.height(fonts.small) + around
    return _LEAST_SQUARE * fonts.size if panel.equal else 0.0


def _heights(
    picture: Picture, height: float, fonts: Fonts, gap: float, least: list[float]
) -> list[float]:
    """Heights of the rows: fixed ones as asked, the rest by weight, none below the least."""
    fixed = [max((panel.pixels for panel in row), default=0) for row in picture.rows]
    scale = max(fonts.size / 12.0, 1.0)
    weights = [max((panel.height for panel in row), default=1.0) for row in picture.rows]
    free = height - gap * len(fixed) - sum(pixels * scale for pixels in fixed)
    total = sum(weight for weight, pixels in zip(weights, fixed, strict=True) if not pixels) or 1.0
    return [
        pixels * scale if pixels else max(free * weight / total, lowest)
        for weight, pixels, lowest in zip(weights, fixed, least, strict=True)
    ]


def _grid(
    picture: Picture, width: float, heights: list[float], top: float, fonts: Fonts
) -> dict[str, Slot]:
    margins = _column_margins(picture, fonts)
    slots: dict[str, Slot] = {}
    for row, high in zip(picture.rows, heights, strict=True):
        total, left = sum(panel.width for panel in row) or 1.0, 0.0
        for column, panel in enumerate(row):
            wide = width * panel.width / total
            margin = margins.get((len(row), column), 0.0)
            slots[panel.id] = _plot_slot(panel, QRectF(left, top, wide, high), margin, fonts)
            left += wide
        top += high
    return slots


def _column_margins(picture: Picture, fonts: Fonts) -> dict[tuple[int, int], float]:
    """Left margins, equal for panels above one another so that their plots align."""
    margins: dict[tuple[int, int], float] = {}
    for row in picture.rows:
        for column, panel in enumerate(row):
            if isinstance(panel, Panel):
                need = axis_painter.left_width(panel.y, fonts)
                key = (len(row), column)
                margins[key] = max(margins.get(key, 0.0), need)
    return margins


def _plot_slot(panel: AnyPanel, outer: QRectF, margin: float, fonts: Fonts) -> Slot:
    if not isinstance(panel, Panel):
        inner = _words_in(panel, outer, fonts)
        above = inner.top() - outer.top()
        title = QRectF(outer.left() + PADDING, outer.top(), outer.width() - 2 * PADDING, above)
        return Slot(outer, inner, title, QRectF(), QRectF(), QRectF())
    scale = panel.colour_bar
    right = PADDING + (legend.bar_width(scale, fonts) + 4 if scale else 0.0)
    head = head_height(panel, outer.width() - margin - PADDING - right, fonts)
    bottom = axis_painter.bottom_height(panel.x, fonts)
    plot = outer.adjusted(PADDING + margin, head + PADDING / 2, -right, -bottom - PADDING / 2)
    room = _at_least(plot)
    plot = _squared(panel, room)
    start_x = outer.left() + PADDING
    start, end = _head_ends(panel, plot, room, outer.right() - PADDING, right, fonts)
    return Slot(
        outer,
        plot,
        QRectF(start, outer.top() + PADDING / 2, end - start, head),
        QRectF(outer.left(), plot.top(), plot.left() - outer.left(), plot.height()),
        QRectF(plot.right() + 6, plot.top(), right - PADDING / 2, plot.height()),
        QRectF(start_x, plot.bottom(), room.right() - start_x, bottom),
    )


def _words_in(panel: TextPanel | Table, outer: QRectF, fonts: Fonts) -> QRectF:
    """Where words go: under the title of a table, indented ones further left to align."""
    left = PADDING - (text_flow.INDENT if isinstance(panel, TextPanel) else 0.0)
    titled = isinstance(panel, Table) and panel.title
    top = fonts.height(fonts.title) + PADDING / 2 if titled else PADDING / 2
    return outer.adjusted(left, top, -PADDING, -PADDING / 2)


def _head_ends(
    panel: Panel, plot: QRectF, whole: QRectF, last: float, right: float, fonts: Fonts
) -> tuple[float, float]:
    """Left and right end of the title line: those of a squared plot, wider if the words need it."""
    end = plot.right() + right - PADDING + 2
    if legend_fits(panel, end - plot.left(), fonts):
        return plot.left(), end
    if legend_fits(panel, last - plot.left(), fonts):
        return plot.left(), last
    return whole.left(), last


def head_height(panel: Panel, width: float, fonts: Fonts) -> float:
    """Height of title, note and, where they do not share a line, legend."""
    line, small = fonts.height(fonts.title) + 2, fonts.height(fonts.small)
    has_name = bool(axis_painter.name(panel.y)) and panel.y.visible
    listed = legend.entries(panel)
    height = line if panel.title or has_name else 0.0
    if listed and (not height or not legend_fits(panel, width, fonts)):
        height += (small + 2) * len(legend.broken(listed, width, fonts))
    if panel.colour_bar and panel.colour_bar.label and not height:
        height = small + 2
    return height + (small if panel.note else 0.0) + (4.0 if height or panel.note else 0.0)


def legend_fits(panel: Panel, width: float, fonts: Fonts) -> bool:
    """Whether title, axis name, colour bar's name and legend go on one line."""
    words = fonts.width(panel.title, fonts.title) + fonts.size
    if panel.y.visible:
        words += fonts.width("↑ " + axis_painter.name(panel.y), fonts.small)
    if panel.colour_bar:
        words += fonts.width(panel.colour_bar.label, fonts.small) + fonts.size
    return words + legend.width(legend.entries(panel), fonts) + fonts.size <= width


def _squared(panel: Panel, plot: QRectF) -> QRectF:
    """The largest part of `plot` with equal units on both axes."""
    if not panel.equal:
        return plot
    across, down = abs(panel.x.high - panel.x.low), abs(panel.y.high - panel.y.low)
    if across <= 0 or down <= 0:
        return plot
    unit = min(plot.width() / across, plot.height() / down)
    wide, high = unit * across, unit * down
    return QRectF(plot.left() + (plot.width() - wide) / 2, plot.top(), wide, high)


def _at_least(plot: QRectF) -> QRectF:
    return QRectF(plot.topLeft(), plot.bottomRight()).adjusted(
        0, 0, max(0.0, 8 - plot.width()), max(0.0, 8 - plot.height())
    )


def _score(
    picture: Picture, width: float, height: float, fonts: Fonts, text_height: TextHeight
) -> Layout:
    axis = shared_axis(picture)
    strip_high = _strip_height(axis, fonts)
    least = [
        _LEAST_TRACK * fonts.size
        if _is_track(row)
        else _least_row(picture, row, width, fonts, text_height)
        for row in picture.rows
    ]
    heights = _heights(picture, height - strip_high - PADDING / 2, fonts, TRACK_GAP, least)
    left, right = _score_columns(picture, width, fonts)
    slots: dict[str, Slot] = {}
    top = strip_high
    for row, high in zip(picture.rows, heights, strict=True):
        if _is_track(row):
            outer = QRectF(0, top, width, high)
            slots[row[0].id] = _track_slot(outer, left, right, fonts)
        else:
            part = Picture("", rows=(row,))
            slots.update(_grid(part, width, [high], top, fonts))
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
    plot = _at_least(outer.adjusted(left, 0, -right, 0))
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
