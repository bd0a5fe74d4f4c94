"""Sentences of words as batches of about equal length, some words read as unknown in training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.config import RunConfig
from rnnviz.corpora.held_out import split
from rnnviz.corpora.lexicon import Lexicon, encoded
from rnnviz.corpora.sentences import Buckets, Growing, Indices, Sentences, both

EXAMINED = 1000
"""Held-out sentences that an evaluation reads."""

_MIDDLE_LENGTH, _SEARCHED = 12, 1000


@dataclass(frozen=True, slots=True, eq=False)
class WordRows:
    """An opened corpus of sentences.

    held_out    sentences kept aside; none of them equals one of `train`
    examined    up to `EXAMINED` of them, drawn once, for evaluations
    duplicates  sentences that equal an earlier one
    """

    sentences: Sentences
    lexicon: Lexicon
    train: Indices
    held_out: Indices
    examined: Indices
    duplicates: int
    training: Buckets
    validation: Buckets
    dropout: float
    seed: int

    def train_batch(self, step: int) -> tuple[Indices, Indices, Indices]:
        """Which sentences the batch of `step` holds, their ids (B, T) and lengths (B,)."""
        which = self.training.at(step)
        ids, lengths = self.sentences.padded(which, self.lexicon.padding)
        random = np.random.default_rng((self.seed, step))
        dropped = random.random(ids.shape) < self.dropout
        return which, np.where(dropped, self.lexicon.coarse()[ids], ids), lengths

    def validation_batches(self) -> Iterator[tuple[Indices, Indices, Indices]]:
        """As `train_batch`, all words read: the held-out sentences, shortest first."""
        for which in self.validation.in_order():
            yield which, *self.sentences.padded(which, self.lexicon.padding)

    def examined_batches(self) -> Iterator[tuple[Indices, Indices, Indices]]:
        """As `validation_batches`, of the sentences `examined`."""
        lengths = [self.sentences.lengths[self.examined]]
        for which in Buckets(self.examined, lengths, 128, 0).in_order():
            yield which, *self.sentences.padded(which, self.lexicon.padding)

    def example(self) -> int:
        """A held-out sentence (else one to train on) of middle length, all of its words known."""
        candidates = self.held_out if len(self.held_out) else self.train
        found: int = min(candidates[:_SEARCHED].tolist(), key=self._oddness)
        return found

    def text(self, index: int) -> str:
        """A sentence as it is read, its words with blanks between."""
        return " ".join(self.lexicon.tokens[i] for i in self.sentences[index])

    def unknown_share(self, which: Indices) -> float:
        """Share of the words of these sentences that are not known."""
        of = np.repeat(np.arange(len(self.sentences)), self.sentences.lengths)
        ids = self.sentences.ids[np.isin(of, which)]
        return 1.0 - float(self.lexicon.knows(ids).mean()) if len(ids) else 0.0

    def _oddness(self, index: int) -> tuple[bool, int]:
        ids = np.array(self.sentences[index])
        return not self.lexicon.knows(ids).all(), abs(len(ids) - _MIDDLE_LENGTH)


def word_rows(
    config: RunConfig, growing: Growing, keys: Sequence[str], endings: int = 0
) -> WordRows:
    """The sentences in `growing` split, encoded and cut into batches. Equal `keys` stay on one
    side.

    endings  how many endings of unknown words are told apart
    """
    task, training = config.task, config.training
    parts = split(keys, task.validation_fraction, training.seed)
    sentences, lexicon = encoded(growing, parts.train, task.vocabulary_size, endings)
    drawn = np.random.default_rng(training.seed).permutation(parts.held_out)[:EXAMINED]
    return WordRows(
        sentences,
        lexicon,
        parts.train,
        parts.held_out,
        np.sort(drawn),
        parts.duplicates,
        *both(training, parts.train, parts.held_out, sentences.lengths),
        task.word_dropout,
        training.seed,
    )
