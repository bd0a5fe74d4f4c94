"""Describes a text corpus for the user to judge before training: size, tokens, first lines, cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.snapshot import CorpusSummary, TokenCount
from rnnviz.corpora.encoded import Encoded
from rnnviz.corpora.pairs import Pairs
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.rows import Rows
from rnnviz.corpora.sentences import Buckets, Sentences
from rnnviz.corpora.vocabulary import Vocabulary, Words, shown

LINES = 12
FREQUENT = 20
_ROWS, _CHUNKS = 4, 4
_MANY_UNKNOWN = 0.1
_MANY_CHARACTERS = 1_000
NOTHING_HELD_OUT = "Nothing is held out, so generalisation is not measured."


def of_text(task: TaskConfig, texts: Texts, encoded: Encoded, rows: Rows) -> CorpusSummary:
    """The summary of a text cut into `rows`."""
    return CorpusSummary(
        name=texts.path.name,
        path=str(texts.path),
        task=task.name,
        size_bytes=texts.size,
        encoding=texts.encoding,
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


def of_pairs(
    task: TaskConfig, texts: Texts, pairs: Pairs, batches: Buckets, validation: Buckets
) -> CorpusSummary:
    """The summary of a table of sentence pairs; the counted tokens are those of the targets."""
    vocabulary = pairs.target_words
    counts = np.bincount(pairs.target.ids, minlength=len(vocabulary.tokens))
    return CorpusSummary(
        name=texts.path.name,
        path=str(texts.path),
        task=task.name,
        size_bytes=texts.size,
        encoding=texts.encoding,
        unit="words",
        token_count=len(pairs.source.ids) + len(pairs.target.ids),
        vocabulary_size=len(vocabulary.tokens),
        most_frequent=most_frequent(vocabulary.tokens, counts),
        first_lines=texts.first_lines(LINES),
        facts=_pair_facts(texts, pairs),
        warnings=_pair_warnings(texts, pairs),
        batch_rows=_pair_rows(pairs, batches),
        rows=batches.batch_size,
        chunks_train=len(batches),
        chunks_validation=len(validation),
        chunk_length=int(pairs.target.lengths.max()) + 1,
        metric="exact match",
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
    if encoded.unknown_share > _MANY_UNKNOWN:
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


def _pair_facts(texts: Texts, pairs: Pairs) -> tuple[tuple[str, str], ...]:
    left_out = f"{pairs.too_long:,} too long, {pairs.ragged:,} without two columns"
    return (
        ("files", f"{len(texts.files):,}"),
        ("size", size(texts.size)),
        ("encoding", texts.encoding),
        ("pairs", f"{len(pairs.train):,} to train, {len(pairs.held_out):,} to validate"),
        ("different source sentences", f"{len(np.unique(pairs.group)):,}"),
        ("left out", left_out),
        ("source vocabulary", f"{len(pairs.source_words.tokens):,}"),
        ("target vocabulary", f"{len(pairs.target_words.tokens):,}"),
        ("source read as <unk>", f"{_unknown_share(pairs.source, pairs.source_words):.1%}"),
        ("target read as <unk>", f"{_unknown_share(pairs.target, pairs.target_words):.1%}"),
    )


def _pair_warnings(texts: Texts, pairs: Pairs) -> tuple[str, ...]:
    warnings = [*latin_1_warning(texts)]
    rows = len(pairs.source) + pairs.too_long + pairs.ragged
    if pairs.ragged:
        warnings.append(f"{pairs.ragged:,} rows without two filled columns are left out.")
    if pairs.beyond:
        warnings.append(
            f"Only the first {len(pairs.source):,} pairs are used: "
            f"{pairs.beyond:,} further rows are left out."
        )
    if pairs.too_long > rows / 2:
        warnings.append(f"{pairs.too_long / rows:.0%} of the pairs are too long and left out.")
    if _unknown_share(pairs.target, pairs.target_words) > _MANY_UNKNOWN:
        warnings.append("Many target words are read as <unk>: a larger vocabulary keeps more.")
    if not len(pairs.held_out):
        warnings.append(NOTHING_HELD_OUT)
    return tuple(warnings)


def _unknown_share(sentences: Sentences, vocabulary: Words) -> float:
    return float(np.mean(sentences.ids == vocabulary.unknown))


def _pair_rows(pairs: Pairs, batches: Buckets) -> tuple[tuple[str, ...], ...]:
    """(row, batch) the pairs in the first rows of the first batches."""
    first = [batches.at(step) for step in range(min(_CHUNKS, len(batches)))]
    rows = min(_ROWS, *(len(batch) for batch in first))
    return tuple(tuple(pair_text(pairs, int(batch[row])) for batch in first) for row in range(rows))


def pair_text(pairs: Pairs, index: int) -> str:
    """A pair as a person would write it: `source => target`."""
    source = pairs.source_words.decode(pairs.source[index])
    return f"{source} => {pairs.target_words.decode(pairs.target[index])}"


def _batch_rows(vocabulary: Vocabulary, rows: Rows) -> tuple[tuple[str, ...], ...]:
    """(row, chunk) the text that the first rows read in the first chunks."""
    chunks = range(min(_CHUNKS, rows.train))
    inputs = [rows.chunk(index)[:_ROWS, :-1].tolist() for index in chunks]
    return tuple(
        tuple(_shown_text(vocabulary, chunk[row]) for chunk in inputs)
        for row in range(min(_ROWS, rows.batch_size))
    )


def _shown_text(vocabulary: Vocabulary, ids: list[int]) -> str:
    text = vocabulary.decode(ids)
    return shown(text) if vocabulary.kind == "characters" else text.replace("\n", "↵")
