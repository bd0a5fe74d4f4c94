"""What can be done about classes of unequal size: heavier losses, or drawing them equally often."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnviz.corpora.sentences import Buckets, Indices


def weights(labels: Indices, classes: int) -> NDArray[np.float64]:
    """(K,) how much an example of a class counts: each class as a whole the same, 1 on average."""
    sizes = np.bincount(labels, minlength=classes)
    there = np.maximum(sizes, 1)
    return np.where(sizes > 0, len(labels) / (there * np.count_nonzero(sizes)), 0.0)


class Even(Buckets):
    """Buckets in which every class comes up equally often: names of small classes several times an
    epoch, of large classes only some of them.

    labels  (N,) class of each example of `which`
    """

    def __init__(
        self,
        which: Indices,
        lengths: Sequence[Indices],
        batch_size: int,
        seed: int,
        labels: Indices,
    ) -> None:
        super().__init__(which, lengths, batch_size, seed)
        self._places = [np.flatnonzero(labels == k) for k in np.unique(labels)]
        self._evenly = seed

    def _epoch(self, epoch: int) -> list[Indices]:
        random = np.random.default_rng((self._evenly, epoch))
        count = -(-len(self._which) // len(self._places))
        drawn = [_repeated(random.permutation(places), count) for places in self._places]
        order = random.permutation(np.concatenate(drawn))[: len(self._which)]
        batches = self._cut(order)
        return [batches[i] for i in random.permutation(len(batches))]


def _repeated(places: Indices, count: int) -> Indices:
    """`count` of them, over and over where they are fewer."""
    return np.resize(places, count)
