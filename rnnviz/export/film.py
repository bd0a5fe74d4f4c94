"""Pictures of one view as images of one size: the layout and all ranges are the same on each, and
each says which step it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from rnnviz.contracts.picture import Panel, Picture
from rnnviz.export import figure
from rnnviz.export.ink import BASE, Ink, drawing
from rnnviz.export.steady import Steady

Image = NDArray[np.uint8]
"""(height, width, 3) red, green, blue; both sides even, as video wants them."""

Plan = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How frames look. Sizes in inches; without a height the tallest picture decides."""

    theme: str = "light"
    width: float = 9.0
    height: float | None = None
    dpi: int = 100


class Film:
    """`see` every picture once; then `image` draws each of them."""

    def __init__(self, look: Look) -> None:
        self._look, self._ink = look, Ink(look.theme)
        self._steady = Steady()
        self._tallest, self._lines = 0.0, 0
        self._seen: dict[Plan, Picture] = {}
        self._places: dict[Plan, figure.Places] = {}

    def see(self, picture: Picture) -> None:
        """Take the picture's ranges and its size into account."""
        self._steady.see(picture)
        width = self._look.width
        self._tallest = max(self._tallest, figure.natural_height(picture, width))
        self._lines = max(self._lines, len(figure.Caption(picture, width).lines))
        # Curves are fullest at the end, so the last picture decides on the room of each panel.
        self._seen[_plan(picture)] = picture

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the images in pixels."""
        inches = self._look.width, self._look.height or self._tallest
        wide, high = (2 * max(1, round(side * self._look.dpi / 2)) for side in inches)
        return wide, high

    def image(self, picture: Picture, step: int, share: float) -> Image:
        """The frame of one picture; `share` (0..1) is how far the film has got."""
        with drawing():
            drawn = self._drawn(picture)
            figure.put(drawn, self._places_of(picture, drawn))
            self._stamp(drawn, step, share)
            return _pixels(drawn)

    def _drawn(self, picture: Picture) -> Figure:
        wide, high = (side / self._look.dpi for side in self.size)
        steady = self._steady.applied(picture)
        drawn = figure.draw(steady, self._look.theme, wide, high, self._lines)
        drawn.set_dpi(self._look.dpi)
        return drawn

    def _places_of(self, picture: Picture, drawn: Figure) -> figure.Places:
        """Where the axes of all pictures with the same panels are."""
        plan = _plan(picture)
        if plan not in self._places:
            self._places[plan] = figure.settle(self._drawn(self._seen[plan]))
        if len(self._places[plan]) != len(drawn.axes):
            return figure.settle(drawn)
        return self._places[plan]

    def _stamp(self, drawn: Figure, step: int, share: float) -> None:
        width, height = drawn.get_size_inches()
        place: dict[str, Any] = {"ha": "right", "va": "top", "in_layout": False}
        drawn.text(
            1 - 0.12 / width, 1 - 0.08 / height, f"step {step:,}", color=self._ink("accent"),
            weight="bold", fontsize=BASE * 1.35, **place,
        )  # fmt: skip
        colour = self._ink("accent")
        drawn.add_artist(Line2D([0, share], [0, 0], color=colour, lw=3, solid_capstyle="butt"))


def _plan(picture: Picture) -> Plan:
    """What decides how many axes a picture has and in which order."""
    return tuple(
        tuple(
            (panel.id, panel.colour_bar is not None, panel.legend)
            if isinstance(panel, Panel)
            else panel.id
            for panel in row
        )
        for row in picture.rows
    )


def _pixels(drawn: Figure) -> Image:
    canvas: Any = drawn.canvas
    canvas.draw()
    return np.array(np.asarray(canvas.buffer_rgba())[..., :3])
