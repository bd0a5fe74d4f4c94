"""Lays a picture out on paper: rows of panels under a caption, tracks aligned, nothing cut off."""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure

from rnnviz.contracts.comparison import Sheet
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Picture
from rnnviz.export import crowding, strips
from rnnviz.export.ink import BASE, Ink, LayoutFailed, drawing, printable
from rnnviz.export.rows import Rows

MOST_PIXELS, LONGEST_SIDE = 150_000_000, 2**16 - 1
"""Of a PNG: each pixel takes some 10 bytes while it is drawn; Agg counts a side in 16 bits."""

Places = list[tuple[float, float, float, float]]
"""Left, lower edge, width and height of every axes, as shares of the figure."""

_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def save(
    picture: Picture,
    path: Path,
    suffix: str,
    theme: str,
    width: float,
    height: float | None,
    dpi: int,
) -> None:
    """Draw and write one file; UserError where a PNG would have more pixels than memory allows."""
    save_figure(lambda: draw(picture, theme, width, height), path, suffix, dpi)


def save_figure(make: Callable[[], Figure], path: Path, suffix: str, dpi: int) -> None:
    """Make a figure and write it, with equal bytes for equal figures."""
    # PDF embeds DejaVu; fontTools finds its old time stamps worth a word to the user.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with drawing():
        figure = make()
        if suffix == "png":
            require_room(*(dpi * inches for inches in figure.get_size_inches()))
        settle(figure)
        figure.savefig(path, format=suffix, dpi=dpi, metadata=_METADATA[suffix])


def require_room(width: float, height: float) -> None:
    """UserError where an image of so many pixels would be too large."""
    wide, high = round(width), round(height)
    if wide * high > MOST_PIXELS or max(wide, high) > LONGEST_SIDE:
        raise UserError(
            f"A PNG of {wide:,} × {high:,} pixels is too large: choose a smaller size or dpi."
        )


def draw(
    picture: Picture, theme: str, width: float, height: float | None = None, lines: int = 0
) -> Figure:
    """The picture as a figure of `width` × `height` inches; without a height, as its rows need.

    lines  least room for the subtitle, so that the figures of a series are laid out alike
    """
    ink = Ink(theme)
    caption = Caption(picture, width, lines)
    whole = height or natural_height(picture, width)
    figure = Figure((width, whole), facecolor=ink("panel"))
    FigureCanvasAgg(figure)
    below = max(1.0 - caption.inches / whole, 0.1)
    figure.set_layout_engine(
        "constrained", rect=(0.01, 0.0, 0.98, below), h_pad=0.035, w_pad=0.04, hspace=0, wspace=0
    )
    caption.write(figure, ink, whole)
    fill(figure, picture, ink, width, whole - caption.inches)
    return figure


def natural_height(picture: Picture, width: float) -> float:
    """Inches that caption and rows need at this width."""
    found = strips.strips(picture, width)
    rows = strips.height(found) if found else 1.5
    return Caption(picture, width).inches + rows


def fill(
    figure: Figure | SubFigure,
    picture: Picture,
    ink: Ink,
    width: float,
    height: float | None = None,
) -> None:
    """Everything under the caption, on a figure or a part of one that is `width` inches wide.

    height  inches under the caption, where they may be fewer than the rows need
    """
    if picture.message:
        _message(figure, picture.message, ink, width)
    elif picture.rows:
        found = strips.strips(picture, width)
        if height is not None:
            found = strips.squeezed(found, height)
        Rows(figure, found, ink, width).draw()


def settle(figure: Figure) -> Places:
    """Lay out once and round: the solver's last digits differ from run to run.

    UserError where the panels do not fit into the figure.
    """
    try:
        engine = figure.get_layout_engine()
        # As drawing would, without drawing: laying out takes half as long as that.
        if engine is not None and figure.axes:
            engine.execute(figure)
    except LayoutFailed:
        raise UserError("The size is too small for this picture: choose a larger one.") from None
    found = [axes.get_position(original=True).bounds for axes in figure.axes]
    rounded = [[round(float(v), 5) for v in bounds] for bounds in found]
    places = [(x, y, wide, high) for x, y, wide, high in rounded]
    put(figure, places)
    for part in _parts(figure):
        box = part.bbox_relative
        box.p0, box.p1 = box.p0.round(6), box.p1.round(6)
    return places


def put(figure: Figure, places: Places) -> None:
    """Every axes of the figure to its place, and its words into the room they have there."""
    # "none" would leave a stand-in, for whose sake matplotlib draws everything twice.
    figure.set_layout_engine(None)
    for axes, place in zip(figure.axes, places, strict=True):
        axes.set_position(place)
    crowding.relieve(figure)


def _parts(figure: Figure | SubFigure) -> Iterator[SubFigure]:
    for part in figure.subfigs:
        yield part
        yield from _parts(part)


class Caption:
    """Title and subtitle above the rows, as many lines as they need."""

    def __init__(self, picture: Picture | Sheet, width: float, least: int = 0) -> None:
        self._width = width
        self._colour = picture.colour if isinstance(picture, Picture) else "text"
        self.title = textwrap.shorten(
            printable(picture.title), max(16, int(width * 72 / (BASE * 0.86))), placeholder="…"
        )
        letters = max(20, int(width * 72 / (BASE * 0.56)))
        self.lines = textwrap.wrap(printable(picture.subtitle), letters)[:3]
        self.inches = 0.34 + 0.17 * max(len(self.lines), least)

    def write(self, figure: Figure | SubFigure, ink: Ink, height: float) -> None:
        """On a figure or a part of one that is `height` inches high."""
        left = 0.12 / self._width
        place: dict[str, Any] = {"va": "top", "in_layout": False, "parse_math": False}
        figure.text(
            left, 1 - 0.08 / height, self.title, color=ink(self._colour), weight="bold",
            fontsize=BASE * 1.35, **place,
        )  # fmt: skip
        figure.text(
            left, 1 - 0.31 / height, "\n".join(self.lines), color=ink("muted"), fontsize=BASE,
            **place,
        )  # fmt: skip


def _message(figure: Figure | SubFigure, message: str, ink: Ink, width: float) -> None:
    text = textwrap.fill(printable(message), int(width * 9))
    figure.text(
        0.5, 0.45, text, color=ink("muted"), fontsize=BASE * 1.1, ha="center", va="center",
        in_layout=False, parse_math=False,
    )  # fmt: skip
