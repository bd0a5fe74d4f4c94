"""Which examples are kept aside to measure generalisation: never one whose twin is trained on."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Indices of the examples to train on and of those kept aside.

    duplicates  examples that equal an earlier one
    """

    train: Indices
    held_out: Indices
    duplicates: int


def split(keys: Iterable[Hashable], fraction: float, seed: int, apart: bool = True) -> Split:
    """About `fraction` of the examples kept aside, chosen at random; with `apart`, examples with
    equal keys stay on one side. At least one is kept aside unless `fraction` is 0.
    """
    numbers: dict[Hashable, int] = {}
    group = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    chosen = held_out_groups(group if apart else np.arange(len(group)), fraction, seed)
    return Split(np.flatnonzero(~chosen), np.flatnonzero(chosen), len(group) - len(numbers))


def held_out_groups(group: Indices, fraction: float, seed: int) -> NDArray[np.bool_]:
    """(N,) True for about `fraction` of the examples, whole groups at a time, at least one if any;
    one group always stays to be trained on.
    """
    sizes = np.bincount(group)
    order = np.random.default_rng(seed).permutation(len(sizes))
    wanted = math.ceil(len(group) * fraction - 1e-9)
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = order[before < wanted][: max(len(sizes) - 1, 0)]
    return np.isin(group, chosen)
