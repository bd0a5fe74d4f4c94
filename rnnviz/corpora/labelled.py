"""Reads labelled sentences: a table with a label and a sentence a line, or a folder with one file
(or one folder of files) per label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora import words
from rnnviz.corpora.reader import Line, Texts
from rnnviz.corpora.sentences import Growing, Indices

LONGEST = 200
"""Words of a sentence; what follows is not read."""

_MOST_CLASSES, _MOST_SENTENCES = 64, 1_000_000
_RAGGED_SHARE = 0.01
_HEADINGS = {
    "label", "class", "sentiment", "target", "category", "polarity", "sentence", "text", "review",
}  # fmt: skip

Row = tuple[Line, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Sentences in `growing`, each with its label (N,), an index of `classes`.

    ragged     lines that were left out
    shortened  sentences longer than `LONGEST`
    """

    growing: Growing
    labels: Indices
    classes: tuple[str, ...]
    keys: tuple[str, ...]
    ragged: int
    shortened: int


def read_labelled(texts: Texts, config: TaskConfig, progress: Progress = silent) -> Labelled:
    """The sentences in `texts`; UserError when they have no labels or only one."""
    rows, ragged = _by_file(texts, progress) if texts.path.is_dir() else _by_row(texts, progress)
    growing, labels, keys = Growing(), list[str](), list[str]()
    shortened = 0
    for _, label, sentence in rows:
        tokens = words.split(sentence.lower() if config.lowercase else sentence)
        if not tokens:
            continue
        shortened += len(tokens) > LONGEST
        growing.add(tokens[:LONGEST])
        labels.append(label)
        keys.append(" ".join(tokens[:LONGEST]))
    classes = _classes(labels, texts.path)
    number = {name: i for i, name in enumerate(classes)}
    ids = np.array([number[label] for label in labels], np.int64)
    return Labelled(growing, ids, classes, tuple(keys), ragged, shortened)


def _classes(labels: list[str], path: Path) -> tuple[str, ...]:
    found = tuple(sorted(set(labels)))
    if len(found) < 2:
        only = f"only one label, “{found[0]}”" if found else "no labelled sentences"
        raise UserError(f"{path} has {only}: there must be sentences of at least two.")
    if len(found) > _MOST_CLASSES:
        raise UserError(
            f"{path} has {len(found):,} different labels, more than {_MOST_CLASSES}: put a label, "
            "a tab and a sentence in every row."
        )
    return found


def _by_file(texts: Texts, progress: Progress) -> tuple[Iterator[Row], int]:
    """Each line is a sentence, its file's name (or that of the folder it lies in) the label."""

    def rows() -> Iterator[Row]:
        for line in texts.lines(progress):
            inside = line.path.relative_to(texts.path)
            label = inside.parts[0] if len(inside.parts) > 1 else inside.stem
            yield line, label, line.text.replace("\t", " ")

    return rows(), 0


def _by_row(texts: Texts, progress: Progress) -> tuple[Iterator[Row], int]:
    """A row per line; which column holds the label is seen from the table."""
    table, ragged, filled = list[Row](), list[Line](), 0
    for line in texts.lines(progress):
        if not line.text.strip() or len(table) >= _MOST_SENTENCES:
            continue
        filled += 1
        first, _, second = line.text.partition("\t")
        if first.strip() and second.strip():
            table.append((line, first.strip(), second.strip()))
        else:
            ragged.append(line)
    _check(ragged, filled)
    if table and {table[0][1].lower(), table[0][2].lower()} & _HEADINGS:
        del table[0]
    swapped = _label_is_second(table)
    ordered = ((line, b, a) if swapped else (line, a, b) for line, a, b in table)
    return ordered, len(ragged)


def _check(ragged: list[Line], filled: int) -> None:
    if len(ragged) > _RAGGED_SHARE * filled:
        line = ragged[0]
        raise UserError(
            f"{len(ragged):,} of {filled:,} rows do not have two filled columns, the first in "
            f"{line.path}, line {line.number:,}: put a label, a tab and a sentence in every row."
        )


def _label_is_second(table: list[Row]) -> bool:
    """Labels recur, sentences hardly do."""
    first, second = (len({row[column] for row in table}) for column in (1, 2))
    return second < first
