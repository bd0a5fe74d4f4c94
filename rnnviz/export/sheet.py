"""Lays a sheet out on paper: rows of pictures, each under its own caption, on one figure."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure

from rnnviz.contracts.comparison import Sheet
from rnnviz.contracts.picture import Picture
from rnnviz.export.figure import Caption, fill, natural_height, save_figure
from rnnviz.export.ink import Ink


def save(
    sheet: Sheet, path: Path, suffix: str, theme: str, width: float, height: float | None, dpi: int
) -> None:
    """Draw and write one file, as `figure.save` does with one picture."""
    save_figure(lambda: draw(sheet, theme, width, height), path, suffix, dpi)


def draw(sheet: Sheet, theme: str, width: float, height: float | None = None) -> Figure:
    """All pictures as one figure of `width` × `height` inches; without a height, as they need."""
    ink = Ink(theme)
    caption = Caption(sheet, width)
    rows = [max(natural_height(p, width / len(row)) for p in row) for row in sheet.rows]
    natural = caption.inches + sum(rows)
    whole = height or natural
    figure = Figure((width, whole), facecolor=ink("panel"))
    FigureCanvasAgg(figure)
    figure.set_layout_engine("constrained", h_pad=0.035, w_pad=0.08, hspace=0, wspace=0)
    parts = figure.subfigures(
        len(rows) + 1, 1, squeeze=False, height_ratios=[caption.inches, *rows]
    )
    top = parts[0, 0]
    _bare(top)
    caption.write(top, ink, whole * caption.inches / natural)
    for part, row, inches in zip(parts[1:, 0], sheet.rows, rows, strict=True):
        _row(part, row, ink, width, whole * inches / natural)
    return figure


def _row(part: SubFigure, row: tuple[Picture, ...], ink: Ink, width: float, height: float) -> None:
    """Pictures side by side. Each keeps its natural share, so that equal tracks stand level."""
    share = width / len(row)
    highest = max(natural_height(picture, share) for picture in row)
    caption = max(Caption(picture, share).inches for picture in row)
    cells = part.subfigures(1, len(row), squeeze=False)[0]
    for cell, picture in zip(cells, row, strict=True):
        own = natural_height(picture, share) - Caption(picture, share).inches
        body = height if picture.message else own * height / highest
        heights = caption, min(body, height - caption), max(height - caption - body, 0.01)
        _cell(cell, picture, ink, share, heights)


def _cell(
    cell: SubFigure, picture: Picture, ink: Ink, width: float, heights: tuple[float, float, float]
) -> None:
    head, body, rest = cell.subfigures(3, 1, squeeze=False, height_ratios=heights)[:, 0]
    for part in (cell, head, body, rest):
        _bare(part)
    Caption(picture, width).write(head, ink, heights[0])
    fill(body, picture, ink, width)


def _bare(part: SubFigure) -> None:
    """No ground of its own: the figure's shows through."""
    part.patch.set_visible(False)
