"""One function per kind of mark: the mark as matplotlib artists on given axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch, Rectangle

from rnnviz.contracts.picture import (
    Bars,
    Boxes,
    Heatmap,
    Image,
    Line,
    Mark,
    Points,
    Rule,
    Segments,
    Texts,
)
from rnnviz.export import crowding
from rnnviz.export.ink import BASE, MONO, SANS, Ink, printable
from rnnviz.tracks.pyramid import Floats, Pyramid

MOST_CELLS = 20_000
PAPER_COLUMNS = 3000
PIXEL = 0.75
"""Points of a screen pixel."""

_STYLES: Any = {"solid": "-", "dashed": (0, (4, 3)), "dotted": (0, (1, 2))}
_ANCHORS = {"centre": "center", "left": "left", "right": "right"}


def draw(axes: Any, mark: Mark, ink: Ink, order: int) -> None:
    """Put `mark` on the axes; later marks lie above earlier ones."""
    _PAINTERS[type(mark)](axes, mark, ink, 2 + order * 0.01)


def _heatmap(axes: Any, mark: Heatmap, ink: Ink, order: float) -> None:
    rows, columns = mark.values.shape
    x = mark.x0 + (np.arange(columns + 1) - 0.5) * mark.dx
    y = mark.y0 + (np.arange(rows + 1) - 0.5) * mark.dy
    values = np.ma.masked_invalid(mark.values)
    if mark.values.size <= MOST_CELLS:
        axes.pcolormesh(x, y, values, zorder=order, edgecolors="none", **ink.of(mark))
        return
    extent = (x[0], x[-1], y[0], y[-1])
    axes.imshow(
        values, extent=extent, origin="lower", aspect="auto", interpolation="none", zorder=order,
        **ink.of(mark),
    )  # fmt: skip


def _image(axes: Any, mark: Image, ink: Ink, order: float) -> None:
    if not mark.rgb.size:
        return
    rows, columns = mark.rgb.shape[:2]
    left, top = mark.x0 - mark.dx / 2, mark.y0 - mark.dy / 2
    extent = (left, left + columns * mark.dx, top, top + rows * mark.dy)
    axes.imshow(
        mark.rgb, extent=extent, origin="lower", aspect=axes.get_aspect(), interpolation="none",
        zorder=order,
    )  # fmt: skip


def _line(axes: Any, mark: Line, ink: Ink, order: float) -> None:
    label = printable(mark.label) if mark.legend and mark.label else "_nolegend_"
    x, y = _fine(np.asarray(mark.x, float), np.asarray(mark.y, float))
    axes.plot(
        x, y, color=ink(mark.colour), lw=mark.width * PIXEL, ls=_STYLES[mark.style],
        label=label, zorder=order, solid_capstyle="round", solid_joinstyle="round",
    )  # fmt: skip


def _fine(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A curve of millions of points as fine as paper can carry."""
    if len(x) <= 4 * PAPER_COLUMNS or not np.all(np.diff(x) >= 0):
        return x, y
    chosen = Pyramid(y).extremes(0, len(y), PAPER_COLUMNS)
    return x[chosen], y[chosen]


def _bars(axes: Any, mark: Bars, ink: Ink, order: float) -> None:
    colours = [ink(word) for word in mark.colours] or ink(mark.colour)
    heights = np.asarray(mark.heights) - mark.base
    settings = {"color": colours, "label": printable(mark.label), "zorder": order, "lw": 0}
    if mark.horizontal:
        axes.barh(mark.x, heights, mark.width, left=mark.base, **settings)
    else:
        axes.bar(mark.x, heights, mark.width, bottom=mark.base, **settings)


def _points(axes: Any, mark: Points, ink: Ink, order: float) -> None:
    axes.scatter(
        mark.x, mark.y, s=(mark.size * PIXEL) ** 2, color=ink(mark.colour), alpha=0.75, lw=0,
        label=printable(mark.label), zorder=order + 1, clip_on=False,
    )  # fmt: skip


def _segments(axes: Any, mark: Segments, ink: Ink, order: float) -> None:
    if not len(mark.x0):
        return
    widths = np.ones(len(mark.x0)) if mark.widths is None else np.asarray(mark.widths)
    colours = [ink(mark.colour)] * len(mark.x0)
    if mark.values is not None and mark.scale is not None:
        colours = ink.values(mark.values, mark.scale)
    if mark.arrows:
        _arrows(axes, mark, widths * PIXEL, colours, order)
        return
    ends: Any = np.stack(
        [np.column_stack([mark.x0, mark.y0]), np.column_stack([mark.x1, mark.y1])], 1
    )
    lines = LineCollection(ends, linewidths=widths * PIXEL, colors=colours, zorder=order)
    lines.set_linestyle(_STYLES[mark.style])
    axes.add_collection(lines, autolim=False)


def _arrows(axes: Any, mark: Segments, widths: Any, colours: list[str], order: float) -> None:
    ends = zip(mark.x0, mark.y0, mark.x1, mark.y1, widths, colours, strict=True)
    for x0, y0, x1, y1, width, colour in ends:
        arrow = FancyArrowPatch(
            (x0, y0), (x1, y1), arrowstyle="-|>", mutation_scale=4 + 1.6 * width, lw=width,
            color=colour, shrinkA=0, shrinkB=0, zorder=order, linestyle=_STYLES[mark.style],
            joinstyle="miter",
        )  # fmt: skip
        axes.add_patch(arrow)


def _boxes(axes: Any, mark: Boxes, ink: Ink, order: float) -> None:
    if not len(mark.x):
        return
    fills = [ink(mark.fill)] * len(mark.x)
    if mark.values is not None and mark.scale is not None:
        fills = ink.values(mark.values, mark.scale)
    round_corners = mark.rounded and axes.get_aspect() == 1.0
    sizes = zip(mark.x, mark.y, mark.width, mark.height, strict=True)
    shapes = [_box(*size, round_corners) for size in sizes]
    patches = PatchCollection(
        shapes, facecolors=fills, edgecolors=ink(mark.outline), linewidths=0.8, zorder=order
    )
    axes.add_collection(patches, autolim=False)
    rooms = zip(mark.width, mark.height, strict=True)
    for x, y, text, fill, room in zip(mark.x, mark.y, mark.texts, fills, rooms, strict=False):
        word = axes.text(
            x, y, printable(text), ha="center", va="center", color=ink.readable_on(fill),
            fontsize=BASE, zorder=order + 0.005, parse_math=False,
        )  # fmt: skip
        crowding.confine(word, *room)


def _box(x: float, y: float, width: float, height: float, rounded: bool) -> Patch:
    corner = (x - width / 2, y - height / 2)
    if not rounded:
        return Rectangle(corner, width, height)
    radius = 0.2 * min(width, height)
    return FancyBboxPatch(corner, width, height, boxstyle=f"round,pad=0,rounding_size={radius}")


def _texts(axes: Any, mark: Texts, ink: Ink, order: float) -> None:
    colours = [ink(word) for word in mark.colours] or [ink(mark.colour)] * len(mark.texts)
    if mark.values is not None and mark.scale is not None and len(mark.x):
        fills = ink.values(mark.values, mark.scale)
        _cells(axes, mark, fills, order)
        plain = not mark.colours and mark.colour == "text"
        colours = [ink.readable_on(fill) for fill in fills] if plain else colours
    family = [MONO, SANS] if mark.monospace else [SANS]
    for x, y, text, colour in zip(mark.x, mark.y, mark.texts, colours, strict=True):
        word = axes.text(
            x, y, printable(text), color=colour, fontsize=BASE * mark.size, family=family,
            weight="bold" if mark.bold else "normal", ha=_ANCHORS[mark.anchor],
            va="center_baseline" if mark.monospace else "center",
            parse_math=mark.math, zorder=order + 1,
        )  # fmt: skip
        if mark.most:
            crowding.confine(word, np.inf, mark.most)


def _cells(axes: Any, mark: Texts, fills: list[str], order: float) -> None:
    shapes = [_box(x, y, mark.cell, 0.84, False) for x, y in zip(mark.x, mark.y, strict=True)]
    patches = PatchCollection(shapes, facecolors=fills, edgecolors="none", lw=0, zorder=order)
    axes.add_collection(patches, autolim=False)


def _rule(axes: Any, mark: Rule, ink: Ink, order: float) -> None:
    line = axes.axhline if mark.axis == "y" else axes.axvline
    line(mark.position, color=ink(mark.colour), lw=0.9, ls=_STYLES[mark.style], zorder=order)
    if not mark.label:
        return
    across = mark.axis == "y"
    axes.annotate(
        printable(mark.label),
        (1.0, mark.position) if across else (mark.position, 1.0),
        xycoords=("axes fraction", "data") if across else ("data", "axes fraction"),
        xytext=(-3, 2) if across else (3, -3),
        textcoords="offset points",
        ha="right" if across else "left",
        va="bottom" if across else "top",
        color=ink(mark.colour),
        fontsize=BASE * 0.85,
        parse_math=False,
        zorder=6,
    )


_PAINTERS: dict[type, Any] = {
    Heatmap: _heatmap,
    Image: _image,
    Line: _line,
    Bars: _bars,
    Points: _points,
    Segments: _segments,
    Boxes: _boxes,
    Texts: _texts,
    Rule: _rule,
}
