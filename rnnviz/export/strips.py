"""A picture cut into strips of paper: which panels stand side by side, and how high they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rnnviz.contracts.picture import AnyPanel, Panel, Picture, Table, TextPanel
from rnnviz.export import tables, words
from rnnviz.export.frames import MOST_LETTERS, SMALL
from rnnviz.export.head import NARROW, head

PIXELS = 96.0

TRACK, PLOT = 0.62, 2.5
"""Inches of a row of weight 1, in a stack of tracks and elsewhere."""

DRESS = 0.95
"""Inches that title, numbers and name of an axis take above and below a plot."""

SHORT = 1.4
"""Inches that a table keeps before plots become lower for its sake."""

LEAST, LEAST_WORDS = 1.45, 2.4
"""Inches that a plot and a column of words are wide at least; others go into the next strip."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Panels side by side.

    track  aligned with the other tracks of a stack
    free   how many more of them would have found room at their right
    """

    panels: tuple[AnyPanel, ...]
    inches: float
    track: bool = False
    free: int = 0

    @property
    def shares(self) -> list[float]:
        """Width of each panel, and of the room that is left, as weights."""
        widths = [panel.width for panel in self.panels]
        return widths + [max(widths)] * self.free


def strips(picture: Picture, width: float) -> list[Strip]:
    """The picture on paper `width` inches wide, top to bottom."""
    return list(_strips(picture, width))


def height(found: list[Strip]) -> float:
    """Inches of all strips and the gaps between them."""
    return sum(strip.inches for strip in found) + _between(found)


def squeezed(found: list[Strip], room: float) -> list[Strip]:
    """Strips that fit into `room` inches: long tables give way first, then all in proportion."""
    room = max(room - _between(found), 0.1)
    surplus = sum(strip.inches for strip in found) - room
    spare = [max(strip.inches - SHORT, 0.0) if _is_list(strip) else 0.0 for strip in found]
    part = min(max(surplus, 0.0) / max(sum(spare), 1e-9), 1.0)
    shorter = [
        replace(s, inches=s.inches - part * more) for s, more in zip(found, spare, strict=True)
    ]
    rest = min(1.0, room / sum(strip.inches for strip in shorter))
    return [replace(strip, inches=rest * strip.inches) for strip in shorter]


def _is_list(strip: Strip) -> bool:
    return all(isinstance(panel, Table) for panel in strip.panels)


def _between(found: list[Strip]) -> float:
    return 0.12 * len(found) + 0.2


def _strips(picture: Picture, width: float) -> Iterator[Strip]:
    for row in picture.rows:
        if picture.stacked and len(row) == 1 and isinstance(row[0], Panel):
            yield Strip(row, _inches(row[0], True, width, width), track=True)
        else:
            yield from _plots(row, width)


def _plots(row: tuple[AnyPanel, ...], width: float) -> Iterator[Strip]:
    """Panels side by side, in as few strips as leave each of them its least width."""
    each = _abreast(row, width)
    for at in range(0, len(row), each):
        strip = Strip(row[at : at + each], 0.0, free=max(0, at + each - len(row)))
        unit = width / sum(strip.shares)
        inches = (_inches(panel, False, unit * panel.width, width) for panel in strip.panels)
        yield replace(strip, inches=max(inches))


def _abreast(row: tuple[AnyPanel, ...], width: float) -> int:
    """How many of the row's panels stand side by side."""
    unit = width / sum(panel.width for panel in row)
    if len(row) == 1 or all(unit * panel.width >= _least(panel) for panel in row):
        return len(row)
    most = max(1, min(int(width / max(map(_least, row))), len(row)))
    return -(-len(row) // -(-len(row) // most))


def _least(panel: AnyPanel) -> float:
    return LEAST if isinstance(panel, Panel) else LEAST_WORDS


def _inches(panel: AnyPanel, track: bool, width: float, paper: float) -> float:
    """Height that a panel `width` inches wide needs."""
    if isinstance(panel, TextPanel):
        return panel.pixels / PIXELS or words.inches(panel, width)
    if isinstance(panel, Table):
        return panel.pixels / PIXELS or tables.inches(panel, width)
    above = head(panel, plot_width(panel, width, track)).inches if paper < NARROW else 0.0
    if panel.pixels:
        return panel.pixels / PIXELS + above
    if panel.equal:
        across, down = panel.x.high - panel.x.low, panel.y.high - panel.y.low
        return min((width - 0.9) * down / max(across, 1e-9), 4.8) + DRESS + above
    return panel.height * (TRACK if track else PLOT) + above


def plot_width(panel: Panel, width: float, track: bool) -> float:
    """About how many of a panel's inches are left beside its numbers and its colour bar."""
    beside = 0.45 if panel.colour_bar is not None or track else 0.1
    names = panel.y.texts or tuple(text for _, text in panel.y.ticks)
    longest = min(max(map(len, names), default=0), MOST_LETTERS)
    left = max(0.45, longest * SMALL * 0.58 / 72 + 0.1) if panel.y.visible else 0.2
    return max(width - beside - left, 0.5)
