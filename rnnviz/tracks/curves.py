"""Curves over millions of steps: smoothed with running means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMOOTHING = {"none": 1, "little": 20, "strong": 200}
"""Steps of the running mean behind each word."""


def running_mean(values: Floats, steps: int) -> Floats:
    """Mean of each value and those up to `steps` - 1 before it, without what is not a number."""
    if steps <= 1 or not len(values):
        return values
    finite = np.isfinite(values)
    sums = _windowed(np.where(finite, values, 0.0), steps)
    counts = _windowed(finite.astype(np.float64), steps)
    means: Floats = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    return means


def _windowed(values: Floats, steps: int) -> Floats:
    total = np.cumsum(values)
    sums = total.copy()
    sums[steps:] -= total[:-steps]
    return sums
