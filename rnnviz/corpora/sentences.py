"""Many sentences as token ids in one flat array, and the order in which they form batches."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.config import TrainingConfig

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """Sentence i is `ids[starts[i]:starts[i + 1]]`."""

    ids: NDArray[np.int32]
    starts: Indices

    @property
    def lengths(self) -> Indices:
        """(N,) tokens of each sentence."""
        return np.diff(self.starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: int) -> list[int]:
        found: list[int] = self.ids[self.starts[index] : self.starts[index + 1]].tolist()
        return found

    def padded(
        self, which: Indices, padding: int, begin: int = -1, end: int = -1
    ) -> tuple[Indices, Indices]:
        """(B, S) ids filled up with `padding`, and the lengths (B,).

        begin, end  ids put around every sentence and counted in its length, where not -1
        """
        lengths = self.starts[which + 1] - self.starts[which]
        columns = np.arange(lengths.max(initial=1))
        found = self.ids.take(self.starts[which, None] + columns, mode="clip")
        rows = np.where(columns < lengths[:, None], found, padding).astype(np.int64)
        if begin >= 0:
            rows, lengths = np.insert(rows, 0, begin, axis=1), lengths + 1
        if end >= 0:
            rows = np.insert(rows, rows.shape[1], padding, axis=1)
            np.put_along_axis(rows, lengths[:, None], end, axis=1)
            lengths = lengths + 1
        return rows, lengths


class Growing:
    """Sentences being collected; words are numbered in order of appearance."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self._ids = array("i")
        self._starts = array("q", [0])

    def add(self, tokens: Sequence[str]) -> None:
        """Append one sentence."""
        words = self.words
        self._ids.extend([words.setdefault(token, len(words)) for token in tokens])
        self._starts.append(len(self._ids))

    def finished(self) -> Sentences:
        """All sentences so far."""
        ids, starts = np.frombuffer(self._ids, np.int32), np.frombuffer(self._starts, np.int64)
        return Sentences(ids, starts)


class Buckets:
    """Batches of examples of about equal length, so that little padding is computed.

    which    (N,) the examples to draw from
    lengths  (N,) each: how long they are, the most important length first
    """

    def __init__(
        self, which: Indices, lengths: Sequence[Indices], batch_size: int, seed: int
    ) -> None:
        self._which, self._lengths = which, tuple(lengths)
        self.batch_size, self._seed = batch_size, seed
        self._last: tuple[int, list[Indices]] = (-1, [])

    def __len__(self) -> int:
        return -(-len(self._which) // self.batch_size)

    def at(self, step: int) -> Indices:
        """The examples of the batch of optimizer step `step`: each occurs once an epoch."""
        epoch, index = divmod(step, len(self))
        if self._last[0] != epoch:
            self._last = epoch, self._epoch(epoch)
        return self._last[1][index]

    def in_order(self) -> Iterator[Indices]:
        """All examples, shortest first."""
        yield from self._cut(np.arange(len(self._which)))

    def padding(self) -> float:
        """Share of the computed positions that only fill up rows, by the first length."""
        rows = [self._lengths[0][cut] for cut in self._orders(np.arange(len(self._which)))]
        computed = sum(len(row) * int(row.max()) for row in rows)
        return 1 - sum(int(row.sum()) for row in rows) / computed if computed else 0.0

    def _epoch(self, epoch: int) -> list[Indices]:
        random = np.random.default_rng((self._seed, epoch))
        batches = self._cut(random.permutation(len(self._which)))
        return [batches[i] for i in random.permutation(len(batches))]

    def _cut(self, order: Indices) -> list[Indices]:
        return [self._which[cut] for cut in self._orders(order)]

    def _orders(self, order: Indices) -> list[Indices]:
        """Sorted by length; among equals `order` decides."""
        order = order[np.lexsort([lengths[order] for lengths in reversed(self._lengths)])]
        size = self.batch_size
        return [order[i : i + size] for i in range(0, len(order), size)]


def both(
    training: TrainingConfig, train: Indices, held_out: Indices, *lengths: Indices
) -> tuple[Buckets, Buckets]:
    """Batches of the examples to train on and of those kept aside.

    lengths  (N,) each, of all examples: how long they are, the most important length first
    """

    def of(which: Indices) -> Buckets:
        theirs = [length[which] for length in lengths]
        return Buckets(which, theirs, training.batch_size, training.seed)

    return of(train), of(held_out)
