"""Curves over millions of steps: smoothed with running means, thinned so that no peak is lost."""

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


def thin(x: Floats, y: Floats, columns: int) -> tuple[Floats, Floats]:
    """The smallest and the largest y of each of `columns` equal pieces, in the order they occur.

    Every extreme survives, so the drawn curve covers the same pixels as the full one.
    """
    keep = np.isfinite(y)
    x, y = (x, y) if keep.all() else (x[keep], y[keep])
    if len(y) <= 4 * columns or columns < 1:
        return x, y
    starts = np.linspace(0, len(y), columns, endpoint=False).astype(np.int64)
    low, high = _extremes(y, starts)
    chosen = np.sort(np.concatenate([[0], low, high, [len(y) - 1]]))
    return x[chosen], y[chosen]


def _extremes(y: Floats, starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ends = np.append(starts[1:], len(y))
    widest = int((ends - starts).max())
    places = starts[:, None] + np.arange(widest)[None, :]
    inside = places < ends[:, None]
    values = y[np.minimum(places, len(y) - 1)]
    low = np.where(inside, values, np.inf).argmin(axis=1)
    high = np.where(inside, values, -np.inf).argmax(axis=1)
    return starts + low, starts + high
