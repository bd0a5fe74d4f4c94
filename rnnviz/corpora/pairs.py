"""Reads tables of sentence pairs (source, tab, target) and keeps some source sentences aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.config import RunConfig, TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora import words
from rnnviz.corpora.counting import ranked
from rnnviz.corpora.held_out import held_out_groups
from rnnviz.corpora.reader import Line, Texts
from rnnviz.corpora.sentences import Buckets, Growing, Indices, Sentences, both
from rnnviz.corpora.vocabulary import BEGIN, END, PADDING, Words
from rnnviz.corpora.words import UNKNOWN

SPECIAL = (PADDING, UNKNOWN, BEGIN, END)
_RAGGED_SHARE = 0.01
MOST_PAIRS = 2_000_000
_MIDDLE_LENGTH = 6


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Encoded pairs.

    group            (N,) equal for pairs with the same source sentence
    train, held_out  indices of pairs; no source sentence occurs in both
    ragged, too_long lines that were left out
    beyond           lines after the first `MOST_PAIRS` pairs, left out too
    """

    source: Sentences
    target: Sentences
    source_words: Words
    target_words: Words
    group: Indices
    train: Indices
    held_out: Indices
    ragged: int
    too_long: int
    beyond: int

    def example(self) -> tuple[str, str]:
        """A held-out pair (else a training pair) of middle length, all of its words known."""
        candidates = self.held_out if len(self.held_out) else self.train
        best = min(candidates[:1000].tolist(), key=self._oddness)
        source = self.source_words.decode(self.source[best])
        return source, self.target_words.decode(self.target[best])

    def buckets(self, config: RunConfig) -> tuple[Buckets, Buckets]:
        """Batches of the training pairs and of the held-out pairs."""
        return both(
            config.training, self.train, self.held_out, self.target.lengths, self.source.lengths
        )

    def references(self) -> dict[int, list[tuple[int, ...]]]:
        """All different translations of each held-out source sentence, by its group."""
        found: dict[int, dict[tuple[int, ...], None]] = {}
        for index in self.held_out.tolist():
            found.setdefault(int(self.group[index]), {})[tuple(self.target[index])] = None
        return {group: list(targets) for group, targets in found.items()}

    def asked(self, most: int) -> Indices:
        """The first pair of each of up to `most` held-out source sentences."""
        _, first = np.unique(self.group[self.held_out], return_index=True)
        return self.held_out[np.sort(first)[:most]]

    def _oddness(self, index: int) -> tuple[bool, int]:
        source, target = self.source[index], self.target[index]
        unknown = self.source_words.unknown in source or self.target_words.unknown in target
        return unknown, abs(len(source) - _MIDDLE_LENGTH)


def read_pairs(texts: Texts, config: TaskConfig, seed: int, progress: Progress = silent) -> Pairs:
    """The pairs in `texts`; UserError when it is no such table or too little is left of it."""
    table = _Table(config)
    for line in texts.lines(progress):
        table.add(line)
    table.check(texts)
    source, target, group = table.source.finished(), table.target.finished(), table.groups
    held_out = held_out_groups(group, config.validation_fraction, seed)
    train = np.flatnonzero(~held_out)
    source, source_words = numbered(source, table.source.words, train, config.vocabulary_size)
    target, target_words = numbered(target, table.target.words, train, config.vocabulary_size)
    return Pairs(
        source,
        target,
        source_words,
        target_words,
        group,
        train,
        np.flatnonzero(held_out),
        table.ragged,
        table.too_long,
        table.beyond,
    )


class _Table:
    """The rows read so far."""

    def __init__(self, config: TaskConfig) -> None:
        self._config = config
        self.source, self.target = Growing(), Growing()
        self._group_of: dict[str, int] = {}
        self._groups: list[int] = []
        self.rows = self.ragged = self.too_long = self.beyond = 0
        self._first_ragged: Line | None = None

    @property
    def groups(self) -> Indices:
        """(N,) number of each pair's source sentence."""
        return np.array(self._groups, np.int64)

    def add(self, line: Line) -> None:
        """Take in one row; blank lines are nothing."""
        if not line.text.strip():
            return
        if len(self._groups) >= MOST_PAIRS:
            self.beyond += 1
            return
        self.rows += 1
        source, target = self._cells(line)
        if not source or not target:
            self._note_ragged(line)
        elif max(len(source), len(target)) > self._config.max_length:
            self.too_long += 1
        else:
            self.source.add(source)
            self.target.add(target)
            key = " ".join(source)
            self._groups.append(self._group_of.setdefault(key, len(self._group_of)))

    def check(self, texts: Texts) -> None:
        """UserError when too much had to be left out."""
        if self._first_ragged and self.ragged > _RAGGED_SHARE * self.rows:
            line = self._first_ragged
            raise UserError(
                f"{self.ragged:,} of {self.rows:,} rows do not have two filled columns, the first "
                f"in {line.path}, line {line.number:,}: put source, tab and target in every row."
            )
        if not self._groups and self.too_long:
            raise UserError(
                f"All pairs in {texts.path} are longer than {self._config.max_length} tokens: "
                "raise the maximum length."
            )
        if len(self._group_of) < 2:
            raise UserError(
                f"{texts.path} has fewer than two source sentences: choose a larger table."
            )

    def _cells(self, line: Line) -> tuple[list[str], list[str]]:
        text = line.text.lower() if self._config.lowercase else line.text
        columns = text.split("\t", 2)
        if len(columns) < 2:
            return [], []
        return words.split_clitics(columns[0]), words.split_clitics(columns[1])

    def _note_ragged(self, line: Line) -> None:
        if self.rows == 1:
            raise UserError(
                f"{line.path}, line {line.number:,} does not have two filled columns: "
                "put source, tab and target in every row."
            )
        self.ragged += 1
        self._first_ragged = self._first_ragged or line


def numbered(
    sentences: Sentences, words: dict[str, int], train: Indices, size: int
) -> tuple[Sentences, Words]:
    """With ids by falling frequency among the training sentences; words that only occur in held-out
    sentences become `<unk>`, as a user's unknown words will."""
    trained = np.isin(np.repeat(np.arange(len(sentences)), sentences.lengths), train)
    counts = np.bincount(sentences.ids[trained], minlength=len(words)).tolist()
    seen = {word: counts[i] for word, i in words.items() if counts[i] and word != UNKNOWN}
    kept = Words((*SPECIAL, *ranked(seen, size, int(trained.sum()))), clitics=True)
    table = np.array([kept.id(word) for word in words], np.int32)
    return Sentences(table[sentences.ids], sentences.starts), kept
