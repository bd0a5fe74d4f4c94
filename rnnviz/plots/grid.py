"""Where the panels of a grid go: rows by weight, plots above one another aligned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from rnnviz.contracts.picture import AnyPanel, Axis, Bars, Panel, Picture, Table, TextPanel
from rnnviz.plots import axis_painter, legend, text_flow
from rnnviz.plots.typography import Fonts

PADDING = 12.0
# Least heights in multiples of the font size.
_LEAST_PLOT, _LEAST_SQUARE = 9.0, 14.0


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


def least_row(
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


def row_heights(
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


def grid(
    picture: Picture, width: float, heights: list[float], top: float, fonts: Fonts
) -> dict[str, Slot]:
    """The slots of rows of these heights, by panel id."""
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
    room = at_least(plot)
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


def at_least(plot: QRectF) -> QRectF:
    """The same place, never too small to be drawn in."""
    return QRectF(plot.topLeft(), plot.bottomRight()).adjusted(
        0, 0, max(0.0, 8 - plot.width()), max(0.0, 8 - plot.height())
    )
