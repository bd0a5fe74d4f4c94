"""A drawing as data: what a view shows, without saying how it is painted.

A view returns a `Picture`; `plots` paints it in the window, `export` writes the same one as SVG,
PDF, PNG, CSV or NPZ. So screen and paper cannot disagree, and views are tested without a window.

Positions are data coordinates. Along `time` position t is the centre of column t. Sizes and widths
are in screen pixels (points on paper). Colours are words that `style.palette` resolves for light
and dark: `text`, `muted`, `faint`, `accent`, `good`, `bad`, `warning`, `series:0`…, `layer:0`…,
`gate:f`….
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.drawn import (
    Bars,
    Boxes,
    ColourScale,
    Floats,
    Heatmap,
    Image,
    Line,
    Mark,
    Points,
    Rule,
    Segments,
    Texts,
)

__all__ = [
    "AnyPanel",
    "Axis",
    "Bars",
    "Boxes",
    "ColourScale",
    "Floats",
    "Heatmap",
    "Image",
    "Line",
    "Mark",
    "Panel",
    "Picture",
    "Points",
    "Rule",
    "Segments",
    "Span",
    "Table",
    "TextLine",
    "TextPanel",
    "Texts",
]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a panel.

    label, unit  what it measures
    dim          axis name that it runs along (`time`, `source_time`, `unit`, `step`, `vocab`);
                 panels with the same dim are linked: same range, same cursor. "" for a plain scale
    low, high    range of the whole; the user may zoom inside it
    log          positions are log10 of the value; ticks are written 10^k
    texts        token texts at positions 0, 1, 2, … (written when there is room)
    ids          index along `dim` of each position, where rows are sorted; () for position = index
    inverted     position 0 at the top
    ticks        (position, text) pairs; () for automatic ones
    visible      False hides ticks and label (the space stays, so that stacked tracks align)
    """

    label: str = ""
    unit: str = ""
    dim: str = ""
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    texts: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    inverted: bool = False
    ticks: tuple[tuple[float, str], ...] = ()
    visible: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A pair of axes with marks on it.

    id       stable name within the picture, so that the painter can reuse what it has
    title    short, stands at the left of a track or above a plot
    selects  what a click anywhere in this panel selects besides its axes, e.g. {"part":
             "recurrent", "layer": 1}
    legend   draw a legend for labelled lines, bars, points
    equal    same length of a unit on both axes
    height   weight among the rows; `pixels` fixes it instead
    colour_bar  the scale to draw a colour bar for
    note     one line about what is shown (units sorted by …)
    """

    id: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    title: str = ""
    note: str = ""
    selects: Mapping[str, int | str] = field(default_factory=dict)
    legend: bool = False
    equal: bool = False
    height: float = 1.0
    width: float = 1.0
    pixels: int = 0
    colour_bar: ColourScale | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text line. style: plain, strong, muted, accent, good, bad, code, math
    (mathtext in `$…$` form).
    """

    text: str
    style: Literal["plain", "strong", "muted", "accent", "good", "bad", "code", "math"] = "plain"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One paragraph. kind: title, heading, body, code (monospace, line breaks kept), rule (a thin
    line).

    `selects` as in `Boxes`: what a click on the line selects.
    """

    spans: tuple[Span, ...]
    kind: Literal["title", "heading", "body", "code", "rule"] = "body"
    selects: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TextPanel:
    """A column of text: formulas with numbers, samples, tables as aligned code lines.

    at  index of the line that is marked and brought into sight
    """

    id: str
    lines: tuple[TextLine, ...]
    title: str = ""
    height: float = 1.0
    width: float = 1.0
    pixels: int = 0
    at: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of strings and numbers; numbers are right-aligned with at most 4 significant
    digits.

    colours  colour word of each column's heading, where a column is one thing: its cells then
             stand at the left, numbers too; () for muted headings
    quiet    indices of rows written in a muted colour
    short    how words are drawn that would be cut; they are told and exported in full
    """

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    title: str = ""
    height: float = 1.0
    width: float = 1.0
    pixels: int = 0
    selects: tuple[Mapping[str, int | str], ...] = ()
    colours: tuple[str, ...] = ()
    quiet: tuple[int, ...] = ()
    short: Mapping[str, str] = field(default_factory=dict)


AnyPanel = Panel | TextPanel | Table


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Rows of panels, top to bottom.

    title     name of what is drawn
    subtitle  which step, sequence, layer; live or recorded; average or one example
    message   when there is nothing to draw: what would fill this view (rows is empty then)
    stacked   True: tracks over one another with aligned left edges and shared x (a score)
    numbers   further named arrays behind the picture, written by CSV and NPZ besides those of the
              marks
    colour    colour word of the title: of the run that is drawn, where several stand side by side
    """

    title: str
    rows: tuple[tuple[AnyPanel, ...], ...] = ()
    subtitle: str = ""
    message: str = ""
    stacked: bool = False
    numbers: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    colour: str = "text"
