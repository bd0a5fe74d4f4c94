"""Where a curve of millions of points is lowest and highest, at every zoom, without going through
all of them again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

BASE = 64  # points of the smallest block
FACTOR = 8  # blocks of one level in one of the next


class Pyramid:
    """Places of the lowest and the highest value of each block of `values`, in levels."""

    def __init__(self, values: Floats) -> None:
        self._values = values
        self._levels = _levels(values)

    def extremes(self, first: int, last: int, groups: int) -> Places:
        """Places of the lowest and highest value in each of about `groups` runs of `first`:`last`,
        rising: every extreme survives, and so does every run that is nothing but gaps.
        """
        candidates = self._candidates(first, last, groups)
        runs = _runs(candidates, max(1, groups))
        low, high = _lowest_and_highest(self._values[runs])
        rows = np.arange(len(runs))
        both = np.stack([runs[rows, low], runs[rows, high]], axis=1)
        return np.sort(both, axis=1).ravel()

    def _candidates(self, first: int, last: int, groups: int) -> Places:
        """Places among which all extremes are: of the largest blocks that are fine enough, and the
        points themselves where no whole block lies.
        """
        size, level = 1, None
        for number, places in enumerate(self._levels):
            wider = BASE * FACTOR**number
            if (last - first) // wider < groups:
                break
            size, level = wider, places
        begin, end = -(-first // size), last // size
        if level is None or begin >= end:
            return np.arange(first, last)
        inside = level[begin:end].ravel()
        before, after = np.arange(first, begin * size), np.arange(end * size, last)
        return np.concatenate([before, inside, after])


def _levels(values: Floats) -> list[Places]:
    """For each level (block, 2): places of the lowest and the highest value, the lower first."""
    found: list[Places] = []
    places, size = np.arange(len(values)), BASE
    while len(places) >= 2 * size:
        whole = places[: len(places) // size * size].reshape(-1, size)
        low, high = _lowest_and_highest(values[whole])
        rows = np.arange(len(whole))
        pairs = np.sort(np.stack([whole[rows, low], whole[rows, high]], axis=1), axis=1)
        found.append(pairs)
        places, size = pairs.ravel(), 2 * FACTOR
    return found


def _runs(candidates: Places, groups: int) -> Places:
    """The candidates in rows of one length; the last one is repeated to fill up."""
    length = max(1, -(-len(candidates) // groups))
    rows = -(-len(candidates) // length)
    padded = np.full(rows * length, candidates[-1])
    padded[: len(candidates)] = candidates
    return padded.reshape(rows, length)


def _lowest_and_highest(values: Floats) -> tuple[Places, Places]:
    """Column of the lowest and of the highest value of each row; gaps are neither, but a row of
    gaps gives one of them.
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values.argmin(axis=1), values.argmax(axis=1)
    low = np.where(gaps, np.inf, values).argmin(axis=1)
    return low, np.where(gaps, -np.inf, values).argmax(axis=1)
