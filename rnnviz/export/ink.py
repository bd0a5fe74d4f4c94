"""Colours and type of figures on paper: the palette's words as matplotlib understands them."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.colors import Colormap, ListedColormap, Normalize

from rnnviz.contracts.picture import ColourScale, Heatmap
from rnnviz.style import colormaps, palette

BASE = 8.5
"""Points of ordinary text."""

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"

_SETTINGS: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": [SANS],
    "font.monospace": [MONO],
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "none",
    "svg.hashsalt": "rnnviz",
    "svg.image_inline": True,
    "pdf.fonttype": 42,
    "path.simplify": True,
    "axes.unicode_minus": True,
}

LayoutFailed = UserWarning
"""What matplotlib says where panels do not fit; an error within `drawing`."""

_ONE_AT_A_TIME = threading.Lock()

_CONTROL = {code: "\N{SYMBOL FOR NULL}" for code in range(32) if code not in (9, 10)}
_CONTROL |= dict.fromkeys((*range(127, 160), 65534, 65535), "�")
_CONTROL |= dict.fromkeys(range(55296, 57344), "�")


def settings() -> AbstractContextManager[Any]:
    """matplotlib's settings for one figure; the same everywhere, for equal bytes."""
    return matplotlib.rc_context(_SETTINGS)


@contextmanager
def drawing() -> Iterator[None]:
    """`settings` for one thread at a time: they belong to matplotlib as a whole. Letters that the
    font lacks become boxes, not warnings on the user's terminal; a layout that matplotlib gives up
    is an error.
    """
    with _ONE_AT_A_TIME, settings(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("error", message="constrained_layout not applied")
        yield


def printable(text: str) -> str:
    """Text without what no font draws and no XML file may hold."""
    return text.translate(_CONTROL).replace("\t", "    ")


@dataclass(frozen=True, slots=True)
class Ink:
    """One theme."""

    theme: str

    def __call__(self, word: str) -> str:
        """The colour of a word as `#rrggbb`."""
        return palette.colour(word, self.theme)

    def map(self, scale: ColourScale, blank: bool = False) -> Colormap:
        """The 256 colours of a scale; what is missing is faint, or nothing where it is a gap."""
        colours = ListedColormap(colormaps.lut(scale.name, self.theme) / 255.0)
        return colours.with_extremes(bad="none" if blank else self("faint"))

    def of(self, mark: Heatmap) -> dict[str, Any]:
        """Colour map and range of an image."""
        scale = mark.scale
        return {"cmap": self.map(scale, mark.blank), "norm": norm(scale)}

    def values(self, values: Any, scale: ColourScale) -> list[str]:
        """Values as `#rrggbb`."""
        return [
            "#{:02x}{:02x}{:02x}".format(*row) for row in colormaps.rgb(values, scale, self.theme)
        ]

    def readable_on(self, fill: str) -> str:
        """The text colour that can be read on `fill`."""
        return palette.readable_on(fill, self.theme)


def norm(scale: ColourScale) -> Normalize:
    """The scale's range."""
    return Normalize(scale.low, scale.high if scale.high > scale.low else scale.low + 1.0)
