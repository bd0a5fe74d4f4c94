"""A text corpus as token ids: counts, makes the vocabulary, encodes, keeps the result for later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.counting import between_words, count_characters, count_words
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.token_store import IN_MEMORY, TokenStore, key
from rnnviz.corpora.vocabulary import Characters, Vocabulary, Words, id_type

# Finding words holds Python's lock, so they are sought in smaller pieces than characters.
_WORDS_CHUNK = 32 * 1024

# Bytes; a text has no more tokens than bytes, so smaller ones need no cache file.
_LARGEST_ID = 4


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """tokens (N,) ids, perhaps mapped from a file; counts (V,) how often each id occurs."""

    vocabulary: Vocabulary
    tokens: NDArray[np.integer]
    counts: NDArray[np.int64]

    @property
    def unknown_share(self) -> float:
        """Share of the tokens that are `<unk>`."""
        if self.vocabulary.unknown < 0 or not len(self.tokens):
            return 0.0
        return float(self.counts[self.vocabulary.unknown] / len(self.tokens))


def encode(
    texts: Texts,
    config: TaskConfig,
    progress: Progress = silent,
    home: Path | None = None,
    in_memory: int = IN_MEMORY,
) -> Encoded:
    """The corpus as `config` wants it read. Memory stays bounded whatever its size.

    home, in_memory  as in `TokenStore`
    """
    store = TokenStore(_key(texts, config), home, in_memory)
    if texts.size * _LARGEST_ID < in_memory:
        return _encoded(store, texts, config, progress)
    with store.alone(lambda: progress("waiting for another process that encodes this text", 0.0)):
        return _encoded(store, texts, config, progress)


def _encoded(store: TokenStore, texts: Texts, config: TaskConfig, progress: Progress) -> Encoded:
    kept = store.load()
    if kept:
        about, ids = kept
        return Encoded(
            _vocabulary(config, tuple(about["tokens"])), ids, np.array(about["counts"], np.int64)
        )
    counting = _pieces(texts, config, progress, "counting")
    vocabulary, counts = _counted(counting, config)
    pieces = vocabulary.encode_corpus(_pieces(texts, config, progress, "encoding"))
    about = {"tokens": vocabulary.tokens, "counts": counts.tolist()}
    dtype = id_type(len(vocabulary.tokens))
    try:
        ids = store.save(pieces, int(counts.sum()), dtype, about)
    except ValueError:
        # More or fewer tokens than were counted.
        raise UserError(f"{texts.path} changed while it was being read: open it again.") from None
    return Encoded(vocabulary, ids, counts)


def _counted(chunks: Iterator[str], config: TaskConfig) -> tuple[Vocabulary, NDArray[np.int64]]:
    if config.tokens == "words":
        return count_words(chunks, config.vocabulary_size)
    return count_characters(chunks)


def _vocabulary(config: TaskConfig, tokens: tuple[str, ...]) -> Vocabulary:
    return Words(tokens) if config.tokens == "words" else Characters(tokens)


def _pieces(texts: Texts, config: TaskConfig, progress: Progress, what: str) -> Iterator[str]:
    if config.tokens == "words":
        yield from between_words(texts.chunks(progress, what, _WORDS_CHUNK), config.lowercase)
        return
    for chunk in texts.chunks(progress, what):
        yield chunk.lower() if config.lowercase else chunk


def _key(texts: Texts, config: TaskConfig) -> str:
    files = tuple((str(f.path.resolve()), f.size, f.modified, f.codec) for f in texts.files)
    words = config.vocabulary_size if config.tokens == "words" else 0
    return key((files, config.tokens, words, config.lowercase))
