"""What can be told from pairs of neighbouring letters alone: the simple method that networks on
names are held against.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnviz.corpora.sentences import Indices, Sentences

Floats = NDArray[np.float64]
_ADDED = 0.5
_POOLED = 10.0
"""How many pairs of all classes together are believed as much as those of one class."""


class LetterPairs:
    """Counts of letter pairs per class, among the names `which`.

    names    ids of letters below `letters`
    labels   (N,) class of each name
    sizes    letters, classes
    """

    def __init__(
        self, names: Sentences, labels: Indices, which: Indices, sizes: tuple[int, int]
    ) -> None:
        self._letters, self._classes = sizes
        codes, owner = self._pairs([names[i] for i in which.tolist()])
        self._codes, pair = np.unique(codes, return_inverse=True)
        cells = labels[which][owner] * len(self._codes) + pair
        counts = np.bincount(cells, minlength=self._classes * len(self._codes))
        self._counts = counts.reshape(self._classes, -1).astype(np.float64)  # (K, pairs)
        self._prior = np.bincount(labels[which], minlength=self._classes) + _ADDED

    def classify(self, names: Sequence[Sequence[int]]) -> Indices:
        """(N,) the likeliest class of each name by naive Bayes; pairs never seen say nothing."""
        smooth = self._counts + _ADDED
        weights = np.log(smooth / smooth.sum(1, keepdims=True))
        known, pair, owner = self._known(names)
        scores = np.tile(np.log(self._prior), (len(names), 1))  # (N, K)
        np.add.at(scores, owner[known], weights.T[pair[known]])
        return np.asarray(scores.argmax(1), np.int64)

    def losses(self, names: Sequence[Sequence[int]], labels: Indices) -> Floats:
        """Nats of each pair's second letter after its first, in names of the classes `labels`:
        counts of the class, believed the less the fewer they are.
        """
        known, pair, owner = self._known(names)
        first = self._codes // self._letters
        own = self._counts[labels[owner], pair] * known
        after = self._after(first)
        codes, _ = self._pairs(names)
        begun = after[labels[owner], codes // self._letters]
        pooled = (self._counts.sum(0)[pair] * known + 1) / (
            after.sum(0)[codes // self._letters] + self._letters
        )
        return np.asarray(-np.log((own + _POOLED * pooled) / (begun + _POOLED)))

    def _after(self, first: Indices) -> Floats:
        """(K, letters) how often each letter begins a pair."""
        found = np.zeros((self._classes, self._letters))
        np.add.at(found.T, first, self._counts.T)
        return found

    def _known(self, names: Sequence[Sequence[int]]) -> tuple[NDArray[np.bool_], Indices, Indices]:
        """Of each pair: whether it was counted, its number (any where not), its name."""
        codes, owner = self._pairs(names)
        pair = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return self._codes[pair] == codes, pair, owner

    def _pairs(self, names: Sequence[Sequence[int]]) -> tuple[Indices, Indices]:
        """Codes of all pairs, borders (0) included, and the number of the name of each."""
        framed = [np.array([0, *name, 0], np.int64) for name in names]
        codes = [one[:-1] * self._letters + one[1:] for one in framed]
        owner = np.repeat(np.arange(len(names)), [len(one) for one in codes])
        return np.concatenate([np.zeros(0, np.int64), *codes]), owner
