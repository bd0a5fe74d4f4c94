"""Counts the tokens of a corpus in bounded memory and makes the vocabulary from the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.errors import UserError
from rnnviz.corpora import words
from rnnviz.corpora.vocabulary import Characters, Words, code_points
from rnnviz.corpora.words import UNKNOWN

Counts = NDArray[np.int64]

_MOST_CHARACTERS = 65_536
_MOST_WORDS = 1_000_000
_UNKNOWN_SHARE = 0.005
_LONGEST_WORD = 65_536


def count_characters(chunks: Iterable[str]) -> tuple[Characters, Counts]:
    """The characters that occur and how often each does; UserError where it cannot be text."""
    counts = np.zeros(256, np.int64)
    for chunk in chunks:
        found = np.bincount(code_points(chunk))
        if len(found) > len(counts):
            counts.resize(len(found), refcheck=False)
        counts[: len(found)] += found
    points = np.flatnonzero(counts)
    if len(points) > _MOST_CHARACTERS:
        raise UserError(
            f"The text has {len(points):,} different characters, more than {_MOST_CHARACTERS:,}: "
            "choose another file, or learn words instead of characters."
        )
    return Characters(tuple(map(chr, points.tolist()))), counts[points]


def count_words(chunks: Iterable[str], size: int) -> tuple[Words, Counts]:
    """At most `size` most frequent words behind `<unk>`, and how often each occurs.

    chunks  have to end between words, see `between_words`
    """
    counter: Counter[str] = Counter()
    total, most = 0, max(_MOST_WORDS, 2 * size)
    for pieces in _counted_pieces(chunks):
        total += _add_words(counter, pieces)
        if len(counter) > most:
            counter = _pruned(counter, most // 2)
    del counter[UNKNOWN]
    kept = ranked(counter, size, total)
    counts = [total - sum(counter[word] for word in kept), *(counter[word] for word in kept)]
    return Words((UNKNOWN, *kept)), np.array(counts, np.int64)


def _counted_pieces(chunks: Iterable[str]) -> Iterator[Counter[str]]:
    """How often each piece of text occurs, in portions of bounded size: most pieces are words that
    occur again and again, and only one of each is then taken apart.
    """
    counter: Counter[str] = Counter()
    for chunk in chunks:
        counter.update(words.pieces(chunk))
        if len(counter) > words.MOST_REMEMBERED:
            yield counter
            counter = Counter()
    yield counter


def _add_words(counter: Counter[str], pieces: Counter[str]) -> int:
    """Add the words of counted pieces; how many there are."""
    total = 0
    for piece, times in pieces.items():
        for word in words.split(piece):
            counter[word] += times
            total += times
    return total


def between_words(chunks: Iterable[str], lowercase: bool) -> Iterator[str]:
    """The same text cut at spaces and line ends only, so that no word is torn."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        cut = max(text.rfind(" "), text.rfind("\n")) + 1
        if not cut and len(text) > _LONGEST_WORD:
            cut = len(text)
        rest = text[cut:]
        yield text[:cut].lower() if lowercase else text[:cut]
    yield rest.lower() if lowercase else rest


def _pruned(counter: Counter[str], most: int) -> Counter[str]:
    """Without the rarest words: as in lossy counting, only rare words lose counts."""
    limit = 1
    while len(counter) > most:
        counter = Counter({word: count for word, count in counter.items() if count > limit})
        limit *= 2
    return counter


def ranked(counter: Mapping[str, int], size: int, total: int) -> list[str]:
    """The words to keep of a text of `total` words, most frequent first.

    Where every word would fit, the last of those that occur once are given up for `<unk>`: a token
    that never occurs in training is noise when a user types an unknown word.
    """
    order = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    kept, rest = order[:size], order[size:]
    missing = int(_UNKNOWN_SHARE * total) - sum(count for _, count in rest)
    while missing > 0 and len(kept) > 2 and kept[-1][1] == 1:
        kept.pop()
        missing -= 1
    return [word for word, _ in kept]
