"""OKLab and OKLCh to sRGB, so that palettes and maps can be built with even steps of lightness.

Source of the matrices: B. Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LMS_FROM_LAB = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_FROM_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def linear_rgb(lightness: ArrayLike, chroma: ArrayLike, hue: ArrayLike) -> NDArray[np.float64]:
    """Linear sRGB (..., 3), possibly out of [0, 1], of OKLCh; `hue` in degrees."""
    angle = np.deg2rad(np.asarray(hue, dtype=float))
    parts = (np.asarray(lightness), chroma * np.cos(angle), chroma * np.sin(angle))
    lab = np.stack(np.broadcast_arrays(*parts), axis=-1)  # (..., 3)
    lms = (lab @ _LMS_FROM_LAB.T) ** 3
    return np.asarray(lms @ _RGB_FROM_LMS.T)


def rgb(lightness: ArrayLike, chroma: ArrayLike, hue: ArrayLike) -> NDArray[np.uint8]:
    """sRGB bytes (..., 3) of OKLCh; chroma gives way where the screen cannot show it."""
    shape = np.broadcast_shapes(np.shape(lightness), np.shape(chroma), np.shape(hue))
    low, high = np.zeros(shape), np.broadcast_to(np.asarray(chroma, dtype=float), shape)
    inside = _fits(linear_rgb(lightness, high, hue))
    for _ in range(18):  # halves the gap to the border of the gamut each time
        middle = (low + high) / 2
        fits = _fits(linear_rgb(lightness, middle, hue))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return encode(linear_rgb(lightness, np.where(inside, chroma, low), hue))


def encode(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Linear light in [0, 1] to sRGB bytes."""
    light = np.clip(linear, 0.0, 1.0)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(curve * 255).astype(np.uint8))


def decode(values: ArrayLike) -> NDArray[np.float64]:
    """sRGB bytes to linear light in [0, 1]."""
    part = np.asarray(values, dtype=float) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lightness(values: ArrayLike) -> NDArray[np.float64]:
    """OKLab lightness in [0, 1] of sRGB bytes (..., 3)."""
    return lab(values)[..., 0]


def lab(values: ArrayLike) -> NDArray[np.float64]:
    """OKLab (..., 3) of sRGB bytes (..., 3)."""
    lms = np.cbrt(decode(values) @ np.linalg.inv(_RGB_FROM_LMS).T)
    return np.asarray(lms @ np.linalg.inv(_LMS_FROM_LAB).T)


def _fits(linear: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(((linear >= -1e-4) & (linear <= 1 + 1e-4)).all(axis=-1))
