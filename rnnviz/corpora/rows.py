"""Cuts one long token sequence into rows side by side and into chunks, as char-rnn does.

The text becomes `batch_size` rows of equal length; chunk k is columns k T to (k + 1) T of all rows,
so chunk k + 1 goes on where chunk k ended. The last chunks of every row are held out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.errors import UserError


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The cut: the first `train` chunks are trained on, the next `validation` ones are held out."""

    tokens: NDArray[np.integer]
    batch_size: int
    length: int
    train: int
    validation: int

    @property
    def row_length(self) -> int:
        """Tokens of one row."""
        return (self.train + self.validation) * self.length

    def chunk(self, index: int, rows: slice = slice(None)) -> NDArray[np.int64]:
        """(B, T + 1) ids: columns 0 … T - 1 are the inputs, columns 1 … T the targets.

        Of `rows` only, without touching the others.
        """
        return self.tokens[self._at(index)[rows]].astype(np.int64)

    def trained(self, row: int) -> NDArray[np.integer]:
        """The part of a row that is trained on."""
        begin = row * self.row_length
        return self.tokens[begin : begin + self.train * self.length]

    def held_out(self, row: int) -> NDArray[np.integer]:
        """The held-out end of a row, or its last chunk where nothing is held out."""
        end = (row + 1) * self.row_length
        return self.tokens[end - max(self.validation, 1) * self.length : end]

    def _at(self, index: int) -> NDArray[np.int64]:
        starts = np.arange(self.batch_size) * self.row_length + index * self.length
        return starts[:, None] + np.arange(self.length + 1)


def cut(
    tokens: NDArray[np.integer], batch_size: int, length: int, validation_fraction: float
) -> Rows:
    """`tokens` cut so that every target follows its input; UserError when they are too few."""
    # One more than B T per chunk: the last input needs a target too.
    chunks = (len(tokens) - 1) // (batch_size * length)
    # The margin keeps 0.05 · 100 from becoming 6 by rounding.
    validation = math.ceil(chunks * validation_fraction - 1e-9)
    if chunks - validation < 1:
        needed = (2 if validation_fraction else 1) * batch_size * length + 1
        rows, long = _fitting(len(tokens), batch_size, length)
        raise UserError(
            f"The text has {len(tokens):,} tokens, but {batch_size} rows of {length} need at least "
            f"{needed:,}: choose a smaller batch size or sequence length"
            + (f", such as {rows} and {long}." if long else "."),
            {"training.batch_size": rows, "training.sequence_length": long} if long else {},
        )
    return Rows(tokens, batch_size, length, chunks - validation, validation)


def _fitting(count: int, batch_size: int, length: int) -> tuple[int, int]:
    """The most rows, and their length, into which so few tokens can be cut; length 0: none."""
    # Ten chunks, where that is possible: one for validation, and more than one to learn from.
    rows = max(1, min(batch_size, (count - 1) // (10 * length)))
    return rows, max(0, min(length, (count - 1) // (2 * rows)))
