"""Draws words between an opening word and the place where its partner is asked: fillers alone, or
with further pairs that open and close in between, properly nested.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.model import NOTHING_ASKED

Ids = NDArray[np.int64]

_OPEN, _CLOSE, _DEEPEST = 0.12, 0.25, 3


def fillers_between(
    random: np.random.Generator, rows: int, distance: int, pairs: int, fillers: int
) -> tuple[Ids, Ids]:
    """(rows, distance + 1) words read and opening words whose partner is asked; opening words are
    0 … pairs - 1, then come the fillers, then the sign that asks.
    """
    read = random.integers(pairs, pairs + fillers, (rows, distance + 1), dtype=np.int64)
    wanted = np.full_like(read, NOTHING_ASKED)
    read[:, 0] = wanted[:, -1] = random.integers(0, pairs, rows)
    read[:, -1] = pairs + fillers
    return read, wanted


def pairs_between(
    random: np.random.Generator, rows: int, distance: int, pairs: int, fillers: int
) -> tuple[Ids, Ids]:
    """As `fillers_between`, with up to three further pairs open at a time; all of them are asked
    for where they close.
    """
    read, wanted = fillers_between(random, rows, distance, pairs, fillers)
    chance, kinds = random.random(read.shape), random.integers(0, pairs, read.shape)
    held, depth, row = np.zeros((rows, _DEEPEST), np.int64), np.zeros(rows, int), np.arange(rows)
    for t in range(1, distance):
        left = distance - t
        closes = (depth > 0) & ((depth >= left) | (chance[:, t] < _CLOSE))
        # One more must still find room to close before the end, and something to keep.
        opens = ~closes & (depth < _DEEPEST) & (depth + 2 <= left) & (chance[:, t] > 1 - _OPEN)
        held[row[opens], depth[opens]] = read[opens, t] = kinds[opens, t]
        depth = depth + opens - closes
        wanted[closes, t] = held[row[closes], depth[closes]]
        read[closes, t] = pairs + fillers
    return read, wanted
