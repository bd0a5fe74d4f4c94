"""Token ids and their text, both ways, for characters and for words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from rnnviz.corpora import words
from rnnviz.corpora.words import UNKNOWN

PADDING, BEGIN, END = "<pad>", "<s>", "</s>"

Ids = NDArray[np.integer]

# Of what a text has that the corpus has not, so many are named, each so far.
_NAMED, _NAMED_LENGTH = 8, 20

_SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥", "\u00a0": "⍽"}


class Vocabulary(Protocol):
    """What a task knows of its tokens. `unknown` is the id of `<unk>`, -1 where there is none."""

    @property
    def kind(self) -> Literal["characters", "words"]: ...
    @property
    def tokens(self) -> tuple[str, ...]: ...
    @property
    def unknown(self) -> int: ...
    def encode(self, text: str) -> Ids: ...
    def encode_corpus(self, chunks: Iterable[str]) -> Iterable[Ids]: ...
    def decode(self, ids: Iterable[int]) -> str: ...


def shown(token: str) -> str:
    """A token as views write it: `␣` for a space, `↵` for a line end, `U+200B` if invisible."""
    return "".join(_SIGNS.get(c) or (c if c.isprintable() else f"U+{ord(c):04X}") for c in token)


def remark(vocabulary: Vocabulary, text: str) -> str:
    """One sentence on what of `text` the corpus does not contain, empty where it contains all."""
    if isinstance(vocabulary, Words):
        foreign = [word for word in vocabulary.split(text) if word not in vocabulary]
        fate = "read as <unk>"
    else:
        known = frozenset(vocabulary.tokens)
        foreign = [character for character in text if character not in known]
        fate = "left out"
    names = [shown(token)[:_NAMED_LENGTH] for token in dict.fromkeys(foreign)]
    if not names:
        return ""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"Not in the corpus, {fate}: {' '.join(names[:_NAMED])}{more}."


def id_type(size: int) -> np.dtype[np.integer]:
    """The smallest integer type that holds the ids of `size` tokens."""
    if size <= 256:
        return np.dtype(np.uint8)
    return np.dtype(np.uint16) if size <= 65536 else np.dtype(np.int32)


def code_points(text: str) -> NDArray[np.integer]:
    """(len(text),) the characters as numbers; one byte each where the text is ASCII."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le"), np.dtype("<u4"))


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """One id per distinct character, in code point order."""

    tokens: tuple[str, ...]
    kind: Literal["characters"] = "characters"
    unknown: int = -1
    _ids: dict[str, int] = field(init=False, repr=False)
    _table: Ids = field(init=False, repr=False)

    def __post_init__(self) -> None:
        points = [ord(token) for token in self.tokens]
        table = np.zeros(max(points) + 1, id_type(len(points)))
        table[points] = np.arange(len(points))
        object.__setattr__(self, "_ids", {token: i for i, token in enumerate(self.tokens)})
        object.__setattr__(self, "_table", table)

    def encode(self, text: str) -> Ids:
        """(T,) ids; characters that the corpus does not contain are left out."""
        return self._look_up("".join(c for c in text if c in self._ids))

    def encode_corpus(self, chunks: Iterable[str]) -> Iterable[Ids]:
        """The ids of each chunk of the corpus that this vocabulary was made from."""
        return map(self._look_up, chunks)

    def decode(self, ids: Iterable[int]) -> str:
        """The text behind the ids."""
        return "".join(self.tokens[i] for i in ids)

    def _look_up(self, text: str) -> Ids:
        # Clipping keeps NumPy from checking every index; callers pass known characters only.
        return self._table.take(code_points(text), mode="clip")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One id per kept word; every other word is `<unk>`. Special tokens, if any, come first.

    clitics  True where an apostrophe ends a token
    """

    tokens: tuple[str, ...]
    clitics: bool = False
    kind: Literal["words"] = "words"
    _ids: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {token: i for i, token in enumerate(self.tokens)})

    @property
    def unknown(self) -> int:
        """The id of `<unk>`."""
        return self._ids[UNKNOWN]

    def id(self, token: str) -> int:
        """The id of a token, that of `<unk>` where it is not kept."""
        return self._ids.get(token, self.unknown)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def split(self, text: str) -> list[str]:
        """The tokens of a text, known or not."""
        return words.split_clitics(text) if self.clitics else words.split(text)

    def encode(self, text: str) -> Ids:
        """(T,) ids of the words of `text`."""
        return self.encode_tokens(self.split(text))

    def encode_tokens(self, tokens: Sequence[str]) -> Ids:
        """(T,) ids of words already split."""
        found = map(self._ids.get, tokens, repeat(self.unknown))
        return np.fromiter(found, id_type(len(self.tokens)), len(tokens))

    def encode_corpus(self, chunks: Iterable[str]) -> Iterator[Ids]:
        """The ids of each chunk; chunks have to end between words."""
        kind = id_type(len(self.tokens))
        ids = words.Remembered(lambda piece: self.encode(piece).tobytes())
        for chunk in chunks:
            yield np.frombuffer(b"".join(map(ids.__getitem__, words.pieces(chunk))), kind)

    def decode(self, ids: Iterable[int]) -> str:
        """Readable text; see `words.join`."""
        return words.join(self.tokens[i] for i in ids)
