"""Colour words and scales as Qt objects of one theme, each made once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from rnnviz.contracts.picture import ColourScale
from rnnviz.style import colormaps, palette


class Colours:
    """The colours of one theme."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self._colours: dict[tuple[str, int], QColor] = {}
        self._readable: dict[int, QColor] = {}

    def __call__(self, word: str, alpha: int = 255) -> QColor:
        """The colour of a word; `alpha` 0 (clear) to 255."""
        key = (word, alpha)
        if key not in self._colours:
            colour = QColor(palette.colour(word, self.theme))
            colour.setAlpha(alpha)
            self._colours[key] = colour
        return self._colours[key]

    def table(self, name: str) -> NDArray[np.uint32]:
        """Opaque 0xAARRGGBB of each row of `colormaps.table`."""
        return _packed(name, self.theme)

    def scaled(self, values: NDArray[np.floating], scale: ColourScale) -> NDArray[np.uint32]:
        """Opaque 0xAARRGGBB of values on a scale."""
        rows = colormaps.indices(values, scale.low, scale.high)
        return np.asarray(self.table(scale.name)[rows])

    def readable_on(self, background: QColor) -> QColor:
        """Ink for text on `background`."""
        key = background.rgb()
        if key not in self._readable:
            self._readable[key] = QColor(palette.readable_on(background.name(), self.theme))
        return self._readable[key]


@lru_cache(maxsize=16)
def colours(theme: str) -> Colours:
    """The shared `Colours` of a theme."""
    return Colours(theme)


@lru_cache(maxsize=16)
def _packed(name: str, theme: str) -> NDArray[np.uint32]:
    rows = colormaps.table(name, theme).astype(np.uint32)
    packed = 0xFF000000 | rows[:, 0] << 16 | rows[:, 1] << 8 | rows[:, 2]
    return np.asarray(packed, dtype=np.uint32)
