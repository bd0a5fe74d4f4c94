"""Reads tagged sentences in CoNLL-U: a word a line with its tag in the fourth column, a blank line
between sentences. Comments, ranges (`1-2`) and empty nodes (`3.1`) are passed over.

Read here and not by a library, because errors have to name file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.reader import Line, Texts
from rnnviz.corpora.sentences import Growing, Indices

LONGEST = 200
"""Words of a sentence; what follows is not read."""

NO_TAG = -1
_MOST_TAGS, _MOST_SENTENCES = 64, 1_000_000
_RAGGED_SHARE = 0.01
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"\d+[-.]\d+")
_FORM, _UPOS, _LEAST_COLUMNS = 1, 3, 4


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """Sentences in `growing`; tags (words,) of all of them one after another, indices of `names`
    or `NO_TAG`.

    ragged     lines that were left out
    shortened  sentences longer than `LONGEST`
    """

    growing: Growing
    tags: Indices
    names: tuple[str, ...]
    keys: tuple[str, ...]
    ragged: int
    shortened: int


def read_tagged(texts: Texts, config: TaskConfig, progress: Progress = silent) -> Tagged:
    """The sentences in `texts`; UserError when they have no tags."""
    reading = _Reading(config.lowercase)
    last = None
    for line in texts.lines(progress):
        if last is not None and line.path != last:
            reading.end_sentence()
        reading.add(line)
        last = line.path
    reading.end_sentence()
    return reading.finished(texts)


class _Reading:
    """What has been read so far."""

    def __init__(self, lowercase: bool) -> None:
        self._lowercase = lowercase
        self._growing = Growing()
        self._tags: list[str] = []
        self._keys: list[str] = []
        self._sentence: list[tuple[str, str]] = []
        self._ragged: list[Line] = []
        self._filled = self._shortened = 0

    def add(self, line: Line) -> None:
        """Take in one line; a blank one ends a sentence."""
        text = line.text.strip()
        if not text:
            self.end_sentence()
        elif not text.startswith("#"):
            self._add_word(line, text)

    def end_sentence(self) -> None:
        """Keep what has come since the last blank line."""
        if self._sentence and len(self._keys) < _MOST_SENTENCES:
            self._shortened += len(self._sentence) > LONGEST
            kept = self._sentence[:LONGEST]
            self._growing.add([word for word, _ in kept])
            self._tags += [tag for _, tag in kept]
            self._keys.append(" ".join(word for word, _ in kept))
        self._sentence = []

    def finished(self, texts: Texts) -> Tagged:
        """Everything; UserError when too much had to be left out."""
        self._check(texts)
        names = tuple(sorted({tag for tag in self._tags if tag}))
        if len(names) < 2 or len(names) > _MOST_TAGS:
            found = f"only one tag, {names[0]}" if len(names) == 1 else f"{len(names):,} tags"
            raise UserError(
                f"{texts.path} has {found} in its fourth column: choose a CoNLL-U file with the "
                "part of speech of every word there."
            )
        number = {"": NO_TAG} | {name: i for i, name in enumerate(names)}
        tags = np.array([number[tag] for tag in self._tags], np.int64)
        return Tagged(
            self._growing, tags, names, tuple(self._keys), len(self._ragged), self._shortened
        )

    def _add_word(self, line: Line, text: str) -> None:
        columns = text.split("\t") if "\t" in text else text.split()
        if _RANGE.fullmatch(columns[0]):
            return
        self._filled += 1
        if len(columns) < _LEAST_COLUMNS or not _NUMBER.fullmatch(columns[0]):
            self._ragged.append(line)
            return
        word, tag = columns[_FORM].strip(), columns[_UPOS].strip()
        self._sentence.append(
            (word.lower() if self._lowercase else word, "" if tag == "_" else tag)
        )

    def _check(self, texts: Texts) -> None:
        if len(self._ragged) > _RAGGED_SHARE * self._filled:
            line = self._ragged[0]
            raise UserError(
                f"{line.path}, line {line.number:,} is no line of CoNLL-U, like "
                f"{len(self._ragged):,} of {self._filled:,}: put number, word, lemma and tag in "
                "every line, with tabs between."
            )
        if len(set(self._keys)) < 2:
            raise UserError(f"{texts.path} has fewer than two tagged sentences: choose another.")
