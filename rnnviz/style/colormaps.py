"""How values become colours: one table of 256 colours per scale and theme, even in lightness.

A scale starts near (or, if signed, passes through) the panel's own colour, so that "nothing" looks
like nothing in light and dark alike. Window and exporter both index these tables; no Qt here.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.picture import ColourScale
from rnnviz.style import oklab, palette

SIZE = 256
MISSING = SIZE  # index of the colour for NaN
_ENDS = {
    # lightness at the far end, hue near the panel, hue at the far end, largest chroma
    "light": {"unit": (0.43, 195.0, 215.0, 0.090), "magnitude": (0.36, 70.0, 5.0, 0.120)},
    "dark": {"unit": (0.84, 215.0, 185.0, 0.090), "magnitude": (0.88, 5.0, 75.0, 0.110)},
    "contrast": {"unit": (0.95, 215.0, 185.0, 0.110), "magnitude": (0.97, 5.0, 85.0, 0.130)},
}
_SIGNED = {"light": (0.44, 0.150), "dark": (0.76, 0.125), "contrast": (0.90, 0.140)}
_COLD, _WARM = 255.0, 42.0  # blue and vermilion: told apart by every common kind of colour vision


@lru_cache(maxsize=32)
def lut(name: str, theme: str = "light") -> NDArray[np.uint8]:
    """The table (256, 3) of sRGB bytes of a scale, from low to high; read-only."""
    builders = {"signed": _signed, "ink": _ink}
    table = builders[name](theme) if name in builders else _sequential(name, theme)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=32)
def table(name: str, theme: str = "light") -> NDArray[np.uint8]:
    """`lut` with one more row (index `MISSING`): the colour of cells without a value."""
    missing = np.array([palette.rgb("faint", theme)], dtype=np.uint8)
    whole = np.concatenate([lut(name, theme), missing])
    whole.setflags(write=False)
    return whole


def indices(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.uint16]:
    """Row of `table` for each value: 0 at `low`, 255 at `high`, `MISSING` for NaN."""
    span = (high - low) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        part = (np.asarray(values) - low) * (SIZE / span)
    nan = np.isnan(part)
    if nan.any():
        return np.where(nan, MISSING, np.clip(np.nan_to_num(part), 0, SIZE - 1)).astype(np.uint16)
    return np.clip(part, 0, SIZE - 1).astype(np.uint16)


def rgb(
    values: NDArray[np.floating], scale: ColourScale, theme: str = "light"
) -> NDArray[np.uint8]:
    """sRGB bytes (..., 3) of values on a scale."""
    return np.asarray(table(scale.name, theme)[indices(values, scale.low, scale.high)])


def _signed(theme: str) -> NDArray[np.uint8]:
    """Two arms from the panel's colour, equally steep in lightness."""
    end, chroma = _SIGNED[theme]
    away = np.abs(np.linspace(-1.0, 1.0, SIZE))  # smallest 1/255 on both sides of zero
    start = float(oklab.lightness(palette.rgb("panel", theme)))
    lightness = start + (end - start) * away
    hue = np.where(np.arange(SIZE) < SIZE // 2, _COLD, _WARM)
    arms = oklab.rgb(lightness, _rise(away, chroma), hue)
    arms[SIZE // 2 - 1 : SIZE // 2 + 1] = palette.rgb("panel", theme)
    return arms


def _sequential(name: str, theme: str) -> NDArray[np.uint8]:
    end, near, far, chroma = _ENDS[theme][name]
    part = np.linspace(0.0, 1.0, SIZE)
    start = float(oklab.lightness(palette.rgb("panel", theme)))
    start += 0.03 * np.sign(end - start)  # 0 is a value: a step away from the empty panel
    turn = (far - near + 180) % 360 - 180
    return oklab.rgb(start + (end - start) * part, _rise(part, chroma), near + turn * part)


def _ink(theme: str) -> NDArray[np.uint8]:
    ends = oklab.lab(np.array([palette.rgb("panel", theme), palette.rgb("text", theme)]))
    part = np.linspace(0.0, 1.0, SIZE)[:, None]
    path = ends[0] + (ends[1] - ends[0]) * part
    chroma, hue = np.hypot(path[:, 1], path[:, 2]), np.arctan2(path[:, 2], path[:, 1])
    return oklab.rgb(path[:, 0], chroma, np.rad2deg(hue))


def _rise(part: NDArray[np.float64], chroma: float) -> NDArray[np.float64]:
    """Chroma grows fast near the panel's colour, so that small values already show their sign."""
    return chroma * np.sin(np.minimum(part * 1.25, 1.0) * np.pi / 2)
