"""The marks that a panel of a `Picture` is drawn with, and the scales that colour them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class ColourScale:
    """How values become colours: one scale per kind of quantity, the same everywhere.

    name   `signed` (diverging, zero neutral), `unit` (0..1 sequential), `magnitude` (log10
           sequential), `ink` (0..1, white paper to ink)
    label  what it measures, with unit; shown at the colour bar
    """

    name: Literal["signed", "unit", "magnitude", "ink"]
    low: float
    high: float
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """An image of cells. values[row, column]; cell (r, c) is centred on (x0 + c*dx, y0 + r*dy).

    blank  NaN cells are gaps that let the panel show through, not missing values
    """

    values: Floats
    scale: ColourScale
    x0: float = 0.0
    y0: float = 0.0
    dx: float = 1.0
    dy: float = 1.0
    label: str = ""
    blank: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A picture in its own colours: rgb[row, column, channel], 0 to 255. Pixel (r, c) is centred on
    (x0 + c*dx, y0 + r*dy) and stays a rectangle, however large.

    selects  as in `Boxes`, one for the whole
    """

    rgb: NDArray[np.uint8]
    x0: float = 0.0
    y0: float = 0.0
    dx: float = 1.0
    dy: float = 1.0
    label: str = ""
    selects: tuple[Mapping[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve through (x, y); NaN breaks it."""

    x: Floats
    y: Floats
    label: str
    colour: str = "accent"
    width: float = 1.0
    style: Literal["solid", "dashed", "dotted"] = "solid"
    legend: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars from `base` to `heights` at positions x (horizontal: lengths along x at positions y =
    x).
    """

    x: Floats
    heights: Floats
    label: str
    colour: str = "series:1"
    width: float = 0.8
    base: float = 0.0
    horizontal: bool = False
    colours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Dots. `ids` are indices along `dim` (for hover and click), e.g. unit numbers."""

    x: Floats
    y: Floats
    label: str
    colour: str = "accent"
    size: float = 6.0
    dim: str = ""
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight lines from (x0, y0) to (x1, y1); `widths` in pixels; coloured by `values` on
    `scale`, else `colour`.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    label: str = ""
    widths: Floats | None = None
    values: Floats | None = None
    scale: ColourScale | None = None
    colour: str = "muted"
    arrows: bool = False
    style: Literal["solid", "dashed", "dotted"] = "solid"


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Rectangles centred on (x, y) in data units; filled by `values` on `scale`, else `fill`;
    with texts inside.

    `selects` gives for each box what a click selects: field name -> value of `Selection`.
    """

    x: Floats
    y: Floats
    width: Floats
    height: Floats
    label: str = ""
    values: Floats | None = None
    scale: ColourScale | None = None
    fill: str = "panel"
    outline: str = "muted"
    texts: tuple[str, ...] = ()
    rounded: bool = True
    selects: tuple[Mapping[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Words at positions. `size` is relative to the base font; `monospace` for tokens.

    `values` on `scale` colour a cell behind each text (width `cell` data units); `selects` as in
    `Boxes`.
    `colours` gives one colour word per text. `most` is the height in data units that a line may
    take: where the panel is small, type is smaller; 0 for any.
    """

    x: Floats
    y: Floats
    texts: tuple[str, ...]
    label: str = ""
    colour: str = "text"
    colours: tuple[str, ...] = ()
    size: float = 1.0
    anchor: Literal["centre", "left", "right"] = "centre"
    monospace: bool = False
    math: bool = False
    bold: bool = False
    values: Floats | None = None
    scale: ColourScale | None = None
    cell: float = 1.0
    selects: tuple[Mapping[str, int | str], ...] = ()
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line across the panel at `position` of axis `axis`: thresholds, borders,
    diagonals excepted.
    """

    axis: Literal["x", "y"]
    position: float
    label: str = ""
    colour: str = "warning"
    style: Literal["solid", "dashed", "dotted"] = "dashed"


Mark = Heatmap | Image | Line | Bars | Points | Segments | Boxes | Texts | Rule
