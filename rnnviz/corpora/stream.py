"""Letters streaming by with a word among them now and then: drawn at random, or those of a text.

Both kinds are cut into rows side by side and into chunks that go on where the last one ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnnviz.corpora.rows import Rows

Letters = NDArray[np.int64]

DRAWN_CHUNKS = 100
"""Chunks that count as an epoch where letters are drawn for ever."""

_WORD, _NEAR_MISS = 0.5, 0.75
"""Of all places half hold the word, a quarter the word with one letter wrong, a quarter nothing."""


class Stream(Protocol):
    """Rows of letters. `train` and `validation` count chunks."""

    @property
    def train(self) -> int: ...
    @property
    def validation(self) -> int: ...
    def chunk(self, index: int, held_out: bool = False) -> tuple[Letters, Letters]: ...


def ends_of(word: Letters, letters: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(..., T) True where `word` (W,) ends in `letters` (..., T)."""
    found = np.zeros(letters.shape, bool)
    places = letters.shape[-1] - len(word) + 1
    if places > 0:
        here = np.ones((*letters.shape[:-1], places), bool)
        for offset, letter in enumerate(word.tolist()):
            here &= letters[..., offset : offset + places] == letter
        found[..., len(word) - 1 :] = here
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """The letters of a text cut into `rows`; `word` (W,) as ids."""

    rows: Rows
    word: Letters

    @property
    def train(self) -> int:
        """Training chunks."""
        return self.rows.train

    @property
    def validation(self) -> int:
        """Held-out chunks."""
        return self.rows.validation

    def chunk(self, index: int, held_out: bool = False) -> tuple[Letters, Letters]:
        """(B, T) ids and (B, T) 1 where the word ends, 0 elsewhere; the word may have begun in the
        chunk before, but not in another row.
        """
        index = index + self.rows.train if held_out else index % self.rows.train
        length, back = self.rows.length, min(len(self.word) - 1, index * self.rows.length)
        starts = np.arange(self.rows.batch_size) * self.rows.row_length + index * length
        at = starts[:, None] + np.arange(-back, length)
        letters = self.rows.tokens[at].astype(np.int64)
        return letters[:, back:], ends_of(self.word, letters)[:, back:].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Letters drawn for ever, a pure function of their place.

    They come in blocks of `every // 2`: each has at most one place for the word, so that it comes
    once in about `every` letters.
    """

    alphabet: Letters
    word: Letters
    every: int
    batch_size: int
    length: int
    validation: int
    seed: int
    train: int = DRAWN_CHUNKS
    _kept: dict[tuple[bool, int], Letters] = field(default_factory=dict)

    def chunk(self, index: int, held_out: bool = False) -> tuple[Letters, Letters]:
        """As of `Read`; chunks after an epoch's end are new ones."""
        begin, back = index * self.length, min(len(self.word) - 1, index * self.length)
        letters = self._between(begin - back, begin + self.length, held_out)
        return letters[:, back:], ends_of(self.word, letters)[:, back:].astype(np.int64)

    @property
    def block(self) -> int:
        """Letters of a block: there is always room for the word."""
        return max(self.every // 2, len(self.word))

    def _between(self, begin: int, end: int, held_out: bool) -> Letters:
        first, last = begin // self.block, -(-end // self.block)
        blocks = [self._block(number, held_out) for number in range(first, last)]
        start = begin - first * self.block
        return np.concatenate(blocks, axis=1)[:, start : start + end - begin]

    def _block(self, number: int, held_out: bool) -> Letters:
        key = held_out, number
        if key not in self._kept:
            while len(self._kept) > self.length // self.block + 3:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[key] = self._drawn(number, held_out)
        return self._kept[key]

    def _drawn(self, number: int, held_out: bool) -> Letters:
        """(B, block) letters, in some rows with the word or a near miss somewhere in them."""
        random = np.random.default_rng((self.seed, held_out, number))
        letters = random.choice(self.alphabet, (self.batch_size, self.block))
        kinds = random.random(self.batch_size)
        offsets = random.integers(self.block - len(self.word) + 1, size=self.batch_size)
        wrong = random.integers(len(self.word), size=self.batch_size)
        for row in np.flatnonzero(kinds < _NEAR_MISS).tolist():
            place = slice(offsets[row], offsets[row] + len(self.word))
            other = letters[row, place][wrong[row]]
            letters[row, place] = self.word
            if kinds[row] >= _WORD:
                letters[row, place.start + wrong[row]] = other
        return letters
