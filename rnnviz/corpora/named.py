"""Reads a folder with one text file of names per class, and keeps some names aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnviz.contracts.config import RunConfig, TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.counting import ranked
from rnnviz.corpora.held_out import Split, split
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.sentences import Buckets, Growing, Indices, Sentences, both
from rnnviz.corpora.vocabulary import BEGIN, END, PADDING, Words
from rnnviz.corpora.words import UNKNOWN

SPECIAL = (PADDING, UNKNOWN, BEGIN, END)
LONGEST = 60
"""Letters of a name; a longer line is none."""

_MOST_CLASSES, _MOST_NAMES, _MOST_LETTERS = 200, 2_000_000, 65_536
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Names as letters, each with its class.

    labels    (N,) index of `classes`
    letters   every letter that occurs more than rarely, behind `SPECIAL`
    split     which names to train on; with twins apart, equal names are on one side
    twins     names that stand in the same class more than once
    shared    distinct names that stand in several classes
    too_long  lines that were left out
    empty     files without a name
    """

    names: Sentences
    labels: Indices
    classes: tuple[str, ...]
    letters: Words
    split: Split
    twins: int
    shared: int
    too_long: int
    empty: tuple[str, ...]

    def text(self, index: int) -> str:
        """A name as it was written."""
        return spelled(self.letters, self.names[index])

    def buckets(self, config: RunConfig) -> tuple[Buckets, Buckets]:
        """Batches of the names to train on and of those kept aside."""
        return both(config.training, self.split.train, self.split.held_out, self.names.lengths)

    def example(self) -> int:
        """A held-out name (else one to train on) of usual length, all of its letters known."""
        found = self.split.held_out if len(self.split.held_out) else self.split.train
        usual = float(np.median(self.names.lengths[found]))
        unknown = self.letters.unknown
        candidates: list[int] = found[:1000].tolist()
        return min(
            candidates,
            key=lambda i: (unknown in self.names[i], abs(len(self.names[i]) - usual)),
        )


def cleaned(text: str, lowercase: bool) -> str:
    """A name as it is read: composed letters, single blanks, nothing invisible around it."""
    name = _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip("\ufeff\u200b ")
    return name.lower() if lowercase else name


def spelled(letters: Words, ids: Sequence[int]) -> str:
    """The name behind letter ids, without special ones; `?` where a letter is unknown."""
    special = {PADDING: "", BEGIN: "", END: "", UNKNOWN: "?"}
    tokens = (letters.tokens[i] for i in ids)
    return "".join(special.get(token, token) for token in tokens)


def read_names(texts: Texts, config: TaskConfig, seed: int, progress: Progress = silent) -> Named:
    """The names in `texts`; UserError when they are not of two classes at least."""
    if not texts.path.is_dir():
        raise UserError(f"{texts.path} is one file: choose a folder with one .txt file per class.")
    found = _Found(config)
    for line in texts.lines(progress):
        found.add(line.text, label_of(line.path, texts.path))
    classes, labels = found.classes(texts.path)
    parted = split(found.keys, config.validation_fraction, seed, config.twins == "apart")
    names, letters = _encoded(found.growing, parted.train)
    pairs = set(zip(found.keys, labels.tolist(), strict=True))
    files = [label_of(file.path, texts.path) for file in texts.files]
    empty = [label_of(path, texts.path) for path in texts.empty]
    return Named(
        names,
        labels,
        classes,
        letters,
        parted,
        twins=len(labels) - len(pairs),
        shared=len(pairs) - len({key for key, _ in pairs}),
        too_long=found.too_long,
        empty=tuple(sorted({*files, *empty} - set(classes))),
    )


def label_of(path: Path, folder: Path) -> str:
    """The class of a file: its name without ending, or the subfolder that it lies in."""
    inside = path.relative_to(folder)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


class _Found:
    """The lines read so far."""

    def __init__(self, config: TaskConfig) -> None:
        self._config = config
        self.growing = Growing()
        self.keys: list[str] = []
        self._labels: list[str] = []
        self.too_long = 0

    def add(self, text: str, label: str) -> None:
        """Take in one line; blank ones are nothing."""
        name = cleaned(text, self._config.lowercase)
        if not name or len(self.keys) >= _MOST_NAMES:
            return
        if len(name) > LONGEST:
            self.too_long += 1
            return
        self.growing.add(list(name))
        self.keys.append(name.casefold())
        self._labels.append(label)

    def classes(self, path: Path) -> tuple[tuple[str, ...], Indices]:
        """Every class that has names, and (N,) the class of each name."""
        classes = tuple(sorted(set(self._labels)))
        if not classes and self.too_long:
            raise UserError(f"The lines in {path} are too long: put one name on each line.")
        if len(classes) < 2:
            only = f"names of “{classes[0]}” only" if classes else "no names"
            raise UserError(f"{path} has {only}: put one .txt file of names per class into it.")
        if len(classes) > _MOST_CLASSES:
            raise UserError(
                f"{path} has {len(classes):,} classes, more than {_MOST_CLASSES}: choose a folder "
                "with fewer files."
            )
        numbers = {name: i for i, name in enumerate(classes)}
        return classes, np.array([numbers[label] for label in self._labels], np.int64)


def _encoded(growing: Growing, train: Indices) -> tuple[Sentences, Words]:
    """Letters by falling frequency among the names to train on; those that hardly occur there are
    read as `<unk>`, as a user's unknown letters will be.
    """
    sentences = growing.finished()
    trained = np.isin(np.repeat(np.arange(len(sentences)), sentences.lengths), train)
    counts = np.bincount(sentences.ids[trained], minlength=len(growing.words)).tolist()
    seen = {letter: counts[i] for letter, i in growing.words.items() if counts[i]}
    letters = Words((*SPECIAL, *ranked(seen, _MOST_LETTERS, int(trained.sum()))))
    table = letters.encode_tokens(list(growing.words)).astype(np.int32)
    return Sentences(table[sentences.ids], sentences.starts), letters
