"""What the colour words of pictures look like: one table of OKLCh coordinates per theme.

Screen and paper both ask here, so a gate has the same colour in the window and in a figure. No Qt.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rnnviz.style import oklab

THEMES = ("light", "dark", "contrast")

Coordinates = tuple[float, float, float]  # lightness 0..1, chroma, hue in degrees

_SURFACES: dict[str, dict[str, Coordinates]] = {
    "light": {
        "window": (0.965, 0.003, 260),
        "panel": (1.0, 0.0, 0),
        "text": (0.25, 0.015, 260),
        "muted": (0.52, 0.015, 260),
        "faint": (0.915, 0.004, 260),
        "accent": (0.50, 0.13, 255),
        "good": (0.52, 0.11, 160),
        "bad": (0.52, 0.16, 30),
        "warning": (0.54, 0.11, 65),
    },
    "dark": {
        "window": (0.195, 0.010, 260),
        "panel": (0.235, 0.011, 260),
        "text": (0.93, 0.006, 260),
        "muted": (0.70, 0.014, 260),
        "faint": (0.325, 0.012, 260),
        "accent": (0.74, 0.11, 250),
        "good": (0.77, 0.11, 160),
        "bad": (0.73, 0.13, 30),
        "warning": (0.80, 0.11, 75),
    },
    "contrast": {
        "window": (0.0, 0.0, 0),
        "panel": (0.0, 0.0, 0),
        "text": (1.0, 0.0, 0),
        "muted": (0.86, 0.0, 0),
        "faint": (0.45, 0.0, 0),
        "accent": (0.87, 0.14, 210),
        "good": (0.87, 0.17, 155),
        "bad": (0.78, 0.15, 35),
        "warning": (0.90, 0.16, 95),
    },
}

# Hue, chroma and a shift of lightness. Neighbours differ in both hue and lightness, so that the
# set stays apart for readers who do not tell red from green.
_SERIES = (
    (0.00, 0.12, 255.0),  # blue
    (0.10, 0.12, 65.0),  # ochre
    (0.05, 0.10, 172.0),  # teal
    (-0.09, 0.15, 335.0),  # plum
    (0.02, 0.15, 35.0),  # vermilion
    (0.10, 0.08, 215.0),  # sky
    (-0.10, 0.13, 290.0),  # violet
    (0.10, 0.12, 118.0),  # olive
)
_MIDDLE = {"light": 0.56, "dark": 0.70, "contrast": 0.74}

# A gate keeps its colour in every view; z does what f does and wears its colour.
_SERIES_OF = {
    "gate:i": 0,
    "gate:f": 2,
    "gate:g": 1,
    "gate:o": 3,
    "gate:r": 4,
    "gate:z": 2,
    "gate:n": 1,
    "gate:alpha": 2,
    "gate:v": 1,
    "gate:p": 1,
    "state:c": 6,
}
_ALIASES = {"state:h": "text", "cursor": "accent", "selection": "accent", "gate:h": "text"}


def colour(word: str, theme: str = "light") -> str:
    """The `#rrggbb` of a colour word in a theme; `series:n` and `layer:n` start over after 8.

    Raises ValueError for a word or theme that does not exist.
    """
    return _hex(_coordinates(word, theme))


def rgb(word: str, theme: str = "light") -> tuple[int, int, int]:
    """The same as three bytes."""
    value = colour(word, theme)
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lights = sorted((_luminance(first), _luminance(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def readable_on(background: str, theme: str) -> str:
    """`text` or `panel` of the theme, whichever is easier to read on `background`."""
    words = (colour("text", theme), colour("panel", theme))
    return max(words, key=lambda word: contrast(word, background))


def _coordinates(word: str, theme: str) -> Coordinates:
    if theme not in _SURFACES:
        raise ValueError(f"There is no theme {theme!r}; choose one of {', '.join(THEMES)}.")
    word = _ALIASES.get(word, word)
    if word in _SURFACES[theme]:
        return _SURFACES[theme][word]
    if word in _SERIES_OF:
        return _series(_SERIES_OF[word], theme)
    family, _, number = word.partition(":")
    if family in ("series", "layer") and number.isdecimal():
        return _series(int(number), theme)
    raise ValueError(f"There is no colour {word!r}.")


def _series(index: int, theme: str) -> Coordinates:
    shift, chroma, hue = _SERIES[index % len(_SERIES)]
    return _MIDDLE[theme] + shift, chroma, hue


@lru_cache(maxsize=256)
def _hex(coordinates: Coordinates) -> str:
    red, green, blue = (int(part) for part in oklab.rgb(*coordinates))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(value: str) -> float:
    parts = np.array([int(value[at : at + 2], 16) for at in (1, 3, 5)])
    return float(oklab.decode(parts) @ np.array([0.2126, 0.7152, 0.0722]))
