"""Describes a stream of letters in which a word is to be noticed."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import CorpusSummary
from rnnviz.corpora import portrait
from rnnviz.corpora.encoded import Encoded
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.stream import Drawn, Stream
from rnnviz.corpora.vocabulary import shown

_LONG = 10_000


def of_stream(
    config: RunConfig, texts: Texts, encoded: Encoded, stream: Stream, words: int
) -> CorpusSummary:
    """The summary. `words` counts how often the word stands in the corpus itself."""
    tokens, training = encoded.vocabulary.tokens, config.training
    return CorpusSummary(
        **portrait.origin(config.task, texts),
        unit="characters",
        token_count=len(encoded.tokens),
        vocabulary_size=len(tokens),
        most_frequent=portrait.most_frequent(tokens, encoded.counts),
        first_lines=texts.first_lines(portrait.LINES),
        facts=_facts(config, texts, encoded, stream, words),
        warnings=_warnings(config, texts, encoded, stream),
        batch_rows=_batch_rows(tokens, stream, training.batch_size),
        rows=training.batch_size,
        chunks_train=stream.train,
        chunks_validation=stream.validation,
        chunk_length=training.sequence_length,
        metric="F1",
    )


def _facts(
    config: RunConfig, texts: Texts, encoded: Encoded, stream: Stream, words: int
) -> tuple[tuple[str, str], ...]:
    facts = [
        ("size", portrait.size(texts.size)),
        ("encoding", texts.encoding),
        ("characters", f"{len(encoded.tokens):,}"),
        ("vocabulary", f"{len(encoded.vocabulary.tokens):,}"),
        ("word to notice", config.task.word),
        ("chunks", f"{stream.train:,} to train, {stream.validation:,} to validate"),
    ]
    if isinstance(stream, Drawn):
        often = f"once in about {max(2 * stream.block, 2):,} letters"
        return (*facts, ("letters", "drawn at random for ever"), ("the word comes", often))
    return (*facts, ("the word occurs", f"{words:,} times"))


def _warnings(config: RunConfig, texts: Texts, encoded: Encoded, stream: Stream) -> tuple[str, ...]:
    warnings = [*portrait.latin_1_warning(texts)]
    if isinstance(stream, Drawn) and len(encoded.tokens) > _LONG and not _shipped(config):
        warnings.append(
            "Letters are drawn at random, the corpus only says which: set the stream to `corpus` "
            "to read it."
        )
    if not stream.validation:
        warnings.append(portrait.NOTHING_HELD_OUT)
    return tuple(warnings)


def _shipped(config: RunConfig) -> bool:
    return config.task.corpus.startswith("sample:")


def _batch_rows(tokens: tuple[str, ...], stream: Stream, rows: int) -> tuple[tuple[str, ...], ...]:
    """(row, chunk) what the first rows read in the first chunks."""
    chunks = [stream.chunk(index)[0] for index in range(min(portrait.CHUNKS, stream.train))]
    names = np.array([shown(token) for token in tokens], object)
    first = range(min(portrait.ROWS, rows))
    return tuple(tuple("".join(names[chunk[row]]) for chunk in chunks) for row in first)
