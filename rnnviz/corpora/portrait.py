"""Describes a text corpus for the user to judge before training: size, tokens, first lines, cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.snapshot import CorpusSummary, TokenCount
from rnnviz.corpora.encoded import Encoded
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.rows import Rows
from rnnviz.corpora.sentences import Buckets
from rnnviz.corpora.vocabulary import Vocabulary, shown

_MANY_CHARACTERS = 1_000
LINES = 12
FREQUENT = 20
ROWS, CHUNKS = 4, 4
"""Rows and chunks of the first batches that are shown."""

MANY_UNKNOWN = 0.1
NOTHING_HELD_OUT = "Nothing is held out, so generalisation is not measured."


class Origin(TypedDict):
    """Where a corpus comes from, as fields of its summary."""

    name: str
    path: str
    task: str
    size_bytes: int
    encoding: str


class Batching(TypedDict):
    """How many batches examples make, as fields of their summary."""

    rows: int
    chunks_train: int
    chunks_validation: int


def origin(task: TaskConfig, texts: Texts) -> Origin:
    """The file or folder that was opened."""
    path = texts.path
    return Origin(
        name=path.name,
        path=str(path),
        task=task.name,
        size_bytes=texts.size,
        encoding=texts.encoding,
    )


def batching(training: Buckets, validation: Buckets) -> Batching:
    """The batches to train on and those kept aside."""
    return Batching(
        rows=training.batch_size, chunks_train=len(training), chunks_validation=len(validation)
    )


def first_rows(batches: Buckets, text: Callable[[int], str]) -> tuple[tuple[str, ...], ...]:
    """(row, batch) the examples in the first rows of the first batches, by `text` of each."""
    first = [batches.at(step) for step in range(min(CHUNKS, len(batches)))]
    rows = min(ROWS, *(len(batch) for batch in first)) if first else 0
    return tuple(tuple(text(int(batch[row])) for batch in first) for row in range(rows))


def of_text(task: TaskConfig, texts: Texts, encoded: Encoded, rows: Rows) -> CorpusSummary:
    """The summary of a text cut into `rows`."""
    return CorpusSummary(
        **origin(task, texts),
        unit=task.tokens,
        token_count=len(encoded.tokens),
        vocabulary_size=len(encoded.vocabulary.tokens),
        most_frequent=most_frequent(encoded.vocabulary.tokens, encoded.counts),
        first_lines=texts.first_lines(LINES),
        facts=_facts(task, texts, encoded, rows),
        warnings=_warnings(task, texts, encoded, rows),
        batch_rows=_batch_rows(encoded.vocabulary, rows),
        rows=rows.batch_size,
        chunks_train=rows.train,
        chunks_validation=rows.validation,
        chunk_length=rows.length,
    )


def most_frequent(tokens: tuple[str, ...], counts: NDArray[np.int64]) -> tuple[TokenCount, ...]:
    """The most frequent tokens that occur at all, most frequent first."""
    order = np.argsort(-counts, kind="stable")[:FREQUENT].tolist()
    return tuple(TokenCount(shown(tokens[i]), int(counts[i])) for i in order if counts[i])


def size(count: int) -> str:
    """A number of bytes for people: `1.1 MB`."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count} bytes"


def latin_1_warning(texts: Texts) -> tuple[str, ...]:
    """What to check when the encoding had to be guessed."""
    if not texts.guessed_latin_1:
        return ()
    return (
        "The text is not UTF-8 and was read as Latin-1: if accents look wrong, set its encoding.",
    )


def _facts(
    task: TaskConfig, texts: Texts, encoded: Encoded, rows: Rows
) -> tuple[tuple[str, str], ...]:
    used = rows.batch_size * rows.row_length
    facts = [
        ("files", f"{len(texts.files):,}"),
        ("size", size(texts.size)),
        ("encoding", texts.encoding),
        (task.tokens, f"{len(encoded.tokens):,}"),
        ("vocabulary", f"{len(encoded.vocabulary.tokens):,}"),
        ("rows", f"{rows.batch_size:,} of {rows.row_length:,} tokens"),
        ("chunks", f"{rows.train:,} to train, {rows.validation:,} to validate"),
        ("left over at the end", f"{len(encoded.tokens) - used:,} tokens"),
    ]
    if task.tokens == "words":
        facts.insert(5, ("read as <unk>", f"{encoded.unknown_share:.1%} of the words"))
    return tuple(facts)


def _warnings(task: TaskConfig, texts: Texts, encoded: Encoded, rows: Rows) -> tuple[str, ...]:
    warnings = [*latin_1_warning(texts)]
    if encoded.unknown_share > MANY_UNKNOWN:
        warnings.append(
            f"{encoded.unknown_share:.0%} of the words are read as <unk>: "
            "a larger vocabulary would keep more of them."
        )
    if task.tokens == "characters" and len(encoded.vocabulary.tokens) > _MANY_CHARACTERS:
        warnings.append(
            f"The text has {len(encoded.vocabulary.tokens):,} different characters: "
            "an embedding as input is faster than one-hot vectors."
        )
    if not rows.validation:
        warnings.append(NOTHING_HELD_OUT)
    return tuple(warnings)


def _batch_rows(vocabulary: Vocabulary, rows: Rows) -> tuple[tuple[str, ...], ...]:
    """(row, chunk) the text that the first rows read in the first chunks."""
    chunks = range(min(CHUNKS, rows.train))
    inputs = [rows.chunk(index)[:ROWS, :-1].tolist() for index in chunks]
    return tuple(
        tuple(_shown_text(vocabulary, chunk[row]) for chunk in inputs)
        for row in range(min(ROWS, rows.batch_size))
    )


def _shown_text(vocabulary: Vocabulary, ids: list[int]) -> str:
    text = vocabulary.decode(ids)
    return shown(text) if vocabulary.kind == "characters" else text.replace("\n", "↵")
