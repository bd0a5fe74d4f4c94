"""Tables on paper: as many rows as the height has room for, words cut where the width has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rnnviz.contracts.picture import Table
from rnnviz.export.ink import BASE, Ink, printable
from rnnviz.export.words import SMALLEST, TITLE, title

ROW = 0.21
"""Inches of a row in type of full size."""

Row = tuple[str | int | float, ...]

_EM = 0.58  # width of a letter as a share of the type size
_SHORTEST = 8  # letters of a column, with the gap, below which it is not cut


def inches(panel: Table, width: float) -> float:
    """Height that the table needs at this width."""
    # Rows stand somewhat further apart than small type needs: the eye has to keep the line.
    row = ROW * (1 + _scale(panel, width)) / 2
    return (TITLE if panel.title else 0.0) + row * (len(panel.rows) + 1) + 0.1


def draw(axes: Any, panel: Table, ink: Ink, width: float, height: float) -> None:
    """The table on bare axes; smaller type where it would not fit."""
    axes.set_axis_off()
    title(axes, panel, ink)
    scale = max(min(1.0, height / inches(panel, width)), SMALLEST)
    short = replace(panel, rows=_named(panel))
    _table(axes, *_as_wide_as(_as_long_as(short, height, scale), width, scale), ink)


def _scale(panel: Table, width: float) -> float:
    """The size of type at which no column has to be cut, as far as type may be made smaller."""
    room = width * 72 / (BASE * _EM)
    needed = sum(_column_widths([panel.columns, *_written(_named(panel))]))
    return max(min(1.0, room / needed), SMALLEST)


def _as_long_as(panel: Table, height: float, scale: float) -> Table:
    """The table with as many rows as can be read at this height, and word of the others."""
    room = int((height - (TITLE if panel.title else 0.0) - 0.1) / (ROW * scale)) - 1
    left_out = len(panel.rows) - max(room - 1, 1)
    if room >= len(panel.rows) or left_out < 1:
        return panel
    kept = panel.rows[: len(panel.rows) - left_out]
    more = (f"… {left_out} more", *[""] * (len(panel.columns) - 1))
    return replace(panel, rows=(*kept, more), quiet=(*panel.quiet, len(kept)))


def _table(axes: Any, panel: Table, scale: float, ink: Ink) -> None:
    rows = [tuple(panel.columns), *_written(panel.rows)]
    widths = _column_widths(rows)
    edges = [sum(widths[:index]) / sum(widths) for index in range(len(widths) + 1)]
    axes.set_xlim(0, 1)
    axes.set_ylim(len(panel.rows) + 0.5, -1)
    numeric = [_is_numeric(panel, column) for column in range(len(panel.columns))]
    for number, row in enumerate(rows):
        quiet = number - 1 in panel.quiet
        for column, text in enumerate(row):
            heading = panel.colours[column] if column < len(panel.colours) else "muted"
            axes.text(
                edges[column + 1] - 0.012 if numeric[column] else edges[column] + 0.004,
                number - 0.5, printable(text), va="center", fontsize=BASE * scale,
                ha="right" if numeric[column] else "left", parse_math=False,
                color=ink(heading if not number else "muted" if quiet else "text"),
                weight="bold" if panel.colours and not number else "normal",
            )  # fmt: skip
    axes.axhline(0, color=ink("muted"), lw=0.7)


def _as_wide_as(panel: Table, width: float, scale: float) -> tuple[Table, float]:
    """The table with words as short as they have to be at this width, and the size of its type."""
    widths = _column_widths([panel.columns, *_written(panel.rows)])
    scale = min(scale, _scale(panel, width))
    surplus = sum(widths) - int(width * 72 / (BASE * _EM * scale))
    while surplus > 0 and max(widths) > _SHORTEST:
        widths[widths.index(max(widths))] -= 1
        surplus -= 1
    rows = tuple(tuple(_cut(c, w - 2) for c, w in zip(row, widths, strict=True))
                 for row in (panel.columns, *panel.rows))  # fmt: skip
    return replace(panel, columns=tuple(map(str, rows[0])), rows=rows[1:]), scale


def _cut(cell: str | int | float, letters: int) -> str | int | float:
    """Words without their end; a number keeps all its digits."""
    if not isinstance(cell, str) or len(cell) <= letters:
        return cell
    return cell[: max(letters - 1, 1)] + "…"


def _named(panel: Table) -> tuple[Row, ...]:
    """The rows with the short forms of long names."""
    return tuple(tuple(panel.short.get(str(cell), cell) for cell in row) for row in panel.rows)


def _written(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [tuple(map(cell_text, row)) for row in rows]


def cell_text(cell: str | int | float) -> str:
    """Whole numbers with thousands set apart, others with 4 significant digits."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}".replace("-", "−")
    return "–" if cell != cell else f"{cell:.4g}".replace("-", "−")


def _is_numeric(panel: Table, column: int) -> bool:
    cells = [row[column] for row in panel.rows if row[column] != ""]
    return bool(cells) and all(not isinstance(cell, str) for cell in cells)


def _column_widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """Letters of each column, with the gap to the next."""
    return [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
