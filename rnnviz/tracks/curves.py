"""Curves over millions of steps: smoothed with running means."""

from __future__ import annotations

from collections.abc import Sequence

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
    if finite.all():
        means: Floats = _windowed(values, steps)
        means[steps:] /= steps
        means[:steps] /= np.arange(1, len(values) + 1)[:steps]
        return means
    sums = _windowed(np.where(finite, values, 0.0), steps)
    counts = _windowed(finite.astype(np.float64), steps)
    nothing = np.full(len(values), np.nan)
    return np.asarray(np.divide(sums, counts, out=nothing, where=counts > 0))


def _windowed(values: Floats, steps: int) -> Floats:
    total = np.cumsum(values)
    sums = total.copy()
    sums[steps:] -= total[:-steps]
    return sums


def ends(curves: Sequence[Floats]) -> Floats:
    """The lowest and the highest finite value of each curve, of those that have any."""
    found = [_ends(values) for values in curves if len(values)]
    return np.concatenate(found) if found else np.empty(0)


def _ends(values: Floats) -> Floats:
    low, high = values.min(), values.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        # Only then is a copy needed, which for a million steps costs more than all the rest.
        finite = values[np.isfinite(values)]
        return finite if finite.size < 2 else np.array([finite.min(), finite.max()])
    return np.array([low, high])
