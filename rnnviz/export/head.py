"""What stands above a panel on narrow paper, where nothing finds room beside it: its title, its
note and its legend, on one line where they fit and on lines of their own where they do not.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from rnnviz.contracts.picture import Bars, Line, Panel, Points
from rnnviz.export import frames
from rnnviz.export.ink import BASE, Ink, printable

NARROW = 5.0
"""Inches of paper below which titles and legends stand above the panels."""

LINE = 11.0
"""Points from one line to the next."""

_LETTER = 0.56  # width of a letter as a share of the type size
_KEY = 24.0  # points of a legend's line and the gaps around it


@dataclass(frozen=True, slots=True)
class Head:
    """How the words above a panel are laid out.

    note     lines of the note; () where there is none or it stands at the title's right
    columns  of the legend
    keys     lines of the legend
    """

    title: str
    note: tuple[str, ...]
    columns: int
    keys: int

    @property
    def inches(self) -> float:
        """Height of all lines."""
        lines = bool(self.title) + len(self.note) + self.keys
        return (lines * LINE + 4.0) / 72 if lines else 0.0


def head(panel: Panel, inches: float) -> Head:
    """The lines above `panel`, which is `inches` wide."""
    room = inches * 72
    names = legend_names(panel)
    longest = max((_width(name, frames.SMALL) for name in names), default=0.0) + _KEY
    columns = max(1, min(len(names), int(room / longest)))
    letters = max(int(room / (BASE * _LETTER)), 4)
    title = panel.title if len(panel.title) <= letters else panel.title[: letters - 1] + "…"
    both = _width(panel.title, BASE) + _width(panel.note, BASE * 0.8) + LINE
    wide = max(int(room / (BASE * 0.8 * _LETTER)), 8)
    note = tuple(textwrap.wrap(printable(panel.note), wide)) if both > room else ()
    return Head(printable(title), note, columns, -(-len(names) // columns))


def legend_names(panel: Panel) -> list[str]:
    """The names in the panel's legend."""
    if not panel.legend:
        return []
    keyed = (mark for mark in panel.marks if isinstance(mark, Line | Bars | Points))
    return [mark.label for mark in keyed if mark.label and getattr(mark, "legend", True)]


def write(axes: Any, panel: Panel, ink: Ink, inches: float) -> None:
    """The lines above `panel` on its axes."""
    lines = head(panel, inches)
    above = 3.0
    if lines.keys:
        place = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "ncols": lines.columns}
        frames.legend(axes, axes, ink, columnspacing=1.2, **place)
        above += lines.keys * LINE
    if panel.note:
        _note(
            axes, "\n".join(lines.note) or printable(panel.note), ink, above, right=not lines.note
        )
        above += len(lines.note) * LINE
    if lines.title:
        style: dict[str, Any] = {"color": ink("text"), "fontsize": BASE, "parse_math": False}
        axes.set_title(lines.title, loc="left", pad=above, **style)


def _note(axes: Any, note: str, ink: Ink, above: float, right: bool) -> None:
    axes.annotate(
        note, (1.0 if right else 0.0, 1.0), xycoords="axes fraction",
        xytext=(0, above), textcoords="offset points", ha="right" if right else "left",
        va="bottom", color=ink("muted"), fontsize=BASE * 0.8, parse_math=False,
    )  # fmt: skip


def _width(text: str, size: float) -> float:
    """About how many points the text is wide."""
    return len(text) * size * _LETTER
