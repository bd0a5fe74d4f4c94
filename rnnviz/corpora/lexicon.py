"""Words as ids, where a word that is not known is read by its ending, else as `<unk>`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rnnviz.corpora.counting import ranked
from rnnviz.corpora.sentences import Growing, Indices, Sentences
from rnnviz.corpora.vocabulary import PADDING
from rnnviz.corpora.words import UNKNOWN

_LONGEST_ENDING, _SHORTEST_ENDING = 3, 2
_WORDS_PER_ENDING = 5
"""An ending that fewer words share says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """`<pad>`, `<unk>`, perhaps endings such as `<-ing>`, then the known words."""

    tokens: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {token: i for i, token in enumerate(self.tokens)})

    @property
    def padding(self) -> int:
        """The id that fills up rows."""
        return self._ids[PADDING]

    @property
    def unknown(self) -> int:
        """The id of words of which nothing is known."""
        return self._ids[UNKNOWN]

    def id(self, word: str) -> int:
        """Of the word, else of the word in small letters, else of its ending."""
        found = self._ids.get(word)
        if found is None:
            found = self._ids.get(word.lower())
        return self._coarse(word) if found is None else found

    def encode(self, words: Sequence[str]) -> Indices:
        """(T,) ids."""
        return np.array([self.id(word) for word in words], np.int64)

    def coarse(self) -> Indices:
        """(V,) what each id would be if the word were not known; special tokens stay."""
        special = {PADDING, UNKNOWN}
        return np.array(
            [
                i if token in special or _is_ending(token) else self._coarse(token)
                for i, token in enumerate(self.tokens)
            ],
            np.int64,
        )

    def knows(self, ids: NDArray[np.integer]) -> NDArray[np.bool_]:
        """(…) True where an id stands for one word."""
        known = [token not in (PADDING, UNKNOWN) and not _is_ending(token) for token in self.tokens]
        found: NDArray[np.bool_] = np.array(known)[ids]
        return found

    def _coarse(self, word: str) -> int:
        for ending in _endings(word):
            if ending in self._ids:
                return self._ids[ending]
        return self.unknown


def encoded(
    growing: Growing, train: Indices, size: int, endings: int = 0
) -> tuple[Sentences, Lexicon]:
    """Sentences with ids by falling frequency among those that are trained on; words that only
    occur in others are unknown, as a user's will be. At most `endings` endings are told apart.
    """
    sentences = growing.finished()
    trained = np.isin(np.repeat(np.arange(len(sentences)), sentences.lengths), train)
    found = np.bincount(sentences.ids[trained], minlength=len(growing.words)).tolist()
    counts = {word: found[i] for word, i in growing.words.items() if found[i]}
    lexicon = _lexicon(counts, size, int(trained.sum()), endings)
    table = lexicon.encode(list(growing.words)).astype(np.int32)
    return Sentences(table[sentences.ids], sentences.starts), lexicon


def _lexicon(counts: Mapping[str, int], size: int, total: int, endings: int) -> Lexicon:
    special = (PADDING, UNKNOWN)
    words = {word: count for word, count in counts.items() if word not in special}
    kept = [word for word in ranked(words, size, total) if not _is_ending(word)]
    return Lexicon((*special, *_common_endings(words, endings), *kept))


def _common_endings(words: Iterable[str], most: int) -> list[str]:
    """Endings by falling number of words that have them."""
    counter = Counter(ending for word in words for ending in _endings(word))
    order = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [ending for ending, count in order[:most] if count >= _WORDS_PER_ENDING]


def _endings(word: str) -> list[str]:
    """The longest first; only of words that are longer than their ending."""
    word = word.lower()
    sizes = range(_LONGEST_ENDING, _SHORTEST_ENDING - 1, -1)
    return [f"<-{word[-n:]}>" for n in sizes if len(word) > n + 1 and word[-n:].isalpha()]


def _is_ending(token: str) -> bool:
    return token.startswith("<-") and token.endswith(">")
