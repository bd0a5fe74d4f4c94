"""What counting reaches: uni-, bi- and trigrams on the text that a network is validated on.

Smoothed as by Witten and Bell 1991 (Chen and Goodman 1999): a context with c(h) occurrences and
T(h) different continuations gives P(w|h) = (c(hw) + T(h) P(w|h')) / (c(h) + T(h)), where h' is h
without its first token; below the unigrams stands the uniform distribution.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.snapshot import Baseline
from rnnviz.corpora.rows import Rows

NAMES = ("unigrams", "bigrams", "trigrams")

MOST_TOKENS = 2_000_000
"""More would take seconds before training and change nothing that can be seen."""

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


def of_rows(rows: Rows, vocabulary: int) -> tuple[Baseline, ...]:
    """What counting the training part reaches on the held-out part; some rows of a large text."""
    if not rows.validation:
        return ()
    few = max(1, min(rows.batch_size, MOST_TOKENS // rows.row_length))
    train = [np.asarray(rows.trained(row)[:MOST_TOKENS]) for row in range(few)]
    held_out = [np.asarray(rows.held_out(row)[:MOST_TOKENS]) for row in range(few)]
    return baselines(train, held_out, vocabulary)


def baselines(
    train: Sequence[Ids], held_out: Sequence[Ids], vocabulary: int
) -> tuple[Baseline, ...]:
    """Nats per token of `held_out` for each order, from counts in `train`; both are pieces of text.

    The first two tokens of a held-out piece are only context.
    """
    if not any(len(piece) > 2 for piece in held_out):
        return ()
    chance = np.full(sum(max(len(piece) - 2, 0) for piece in held_out), 1.0 / vocabulary)
    found = []
    for order, name in enumerate(NAMES, start=1):
        asked = _grams(held_out, order, vocabulary, len(NAMES))
        chance = _mixed(_grams(train, order, vocabulary), asked, chance, vocabulary)
        help = f"Counts of {order} tokens in a row, smoothed as by Witten and Bell."
        found.append(Baseline(name, "loss", float(-np.log(chance).mean()), help))
    return tuple(found)


def _grams(pieces: Sequence[Ids], order: int, vocabulary: int, longest: int = 0) -> Ids:
    """Each run of `order` tokens as one number; with `longest`, only those that end where a run of
    that length ends too.
    """
    skip = max(longest, order) - order
    return np.concatenate([_keys(piece, order, vocabulary)[skip:] for piece in pieces])


def _keys(piece: Ids, order: int, vocabulary: int) -> Ids:
    length = max(len(piece) - order + 1, 0)
    keys = np.zeros(length, np.int64)
    for k in range(order):
        keys = keys * vocabulary + piece[k : k + length].astype(np.int64)
    return keys


def _mixed(counted: Ids, asked: Ids, lower: Floats, vocabulary: int) -> Floats:
    """P of every asked run's last token in its context."""
    if not len(counted):
        return lower
    grams, counts = np.unique(counted, return_counts=True)
    contexts, first, kinds = np.unique(grams // vocabulary, return_index=True, return_counts=True)
    totals = np.add.reduceat(counts, first)
    hits = _found(grams, counts, asked)
    seen = _found(contexts, totals, asked // vocabulary)
    different = _found(contexts, kinds, asked // vocabulary)
    mixed = (hits + different * lower) / np.maximum(seen + different, 1)
    return np.where(seen > 0, mixed, lower)


def _found(keys: Ids, values: Ids, asked: Ids) -> Floats:
    """The value of each asked key, 0 where it is none of `keys`, which are sorted."""
    places = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[places] == asked, values[places], 0).astype(np.float64)
