"""Cuts a text into words, numbers, signs and line ends, and joins them into readable text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar
from unicodedata import normalize

UNKNOWN = "<unk>"

# Some 30 MB at most, and far more than a page has.
MOST_REMEMBERED = 200_000

Made = TypeVar("Made")

# Vowel signs and accents that follow their letter; `\w` leaves them out and would cut words there.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u200c\u200d"
)
_WORD = rf"[\w{_MARKS}]+"
_NUMBER = r"\d+(?:[.,]\d+)*(?!\w)"
_SIGN = r"-{2,}|\.{2,}|[^\w\s]"
_WHOLE = re.compile(rf"{UNKNOWN}|\n|{_NUMBER}|{_WORD}(?:['’-]{_WORD})*|{_SIGN}")
_CLITIC = re.compile(rf"{UNKNOWN}|\n|{_NUMBER}|(?:(?<=\w)-)?{_WORD}['’]?|{_SIGN}")

_NO_SPACE_BEFORE = frozenset(".,;:!?…)]}»”%\n")
_NO_SPACE_AFTER = frozenset("([{«“\n¿¡")
_PAIRED = frozenset("\"'")


def split(text: str) -> list[str]:
    """Tokens of running text: `don't` and `well-known` stay whole, a line end is a token."""
    return _WHOLE.findall(normalize("NFC", text))


def split_clitics(text: str) -> list[str]:
    """Tokens of a sentence to translate: an apostrophe ends one and a hyphen begins one, so that
    `l'homme` is `l'`, `homme` and `allez-vous` is `allez`, `-vous`."""
    return _CLITIC.findall(normalize("NFC", text))


def pieces(text: str) -> list[str]:
    """The text cut at spaces and around line ends, where no token can reach across: the tokens of
    all pieces are those of the text. The same few pieces make up most of any text.
    """
    return text.replace("\n", " \n ").split(" ")


class Remembered(dict[str, Made]):
    """What is made of a piece of text, made once for each; forgets all when it grows large."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, piece: str) -> Made:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        made = self[piece] = self._make(piece)
        return made


def join(tokens: Iterable[str]) -> str:
    """Readable text: spaces between words, none before a comma or inside brackets and quotes."""
    parts: list[str] = []
    open_quotes: set[str] = set()
    glued, last = True, ""
    for token in tokens:
        closing = token in open_quotes
        if not (glued or closing or _sticks_to_last(token)):
            parts.append(" ")
        parts.append(token)
        glued = _sticks_to_next(token, closing)
        if token == last == "\n":
            # A quotation mark that nobody closed must not turn round those of later paragraphs.
            open_quotes.clear()
        elif token in _PAIRED:
            open_quotes ^= {token}
        last = token
    return "".join(parts)


def _sticks_to_last(token: str) -> bool:
    return token[0] in _NO_SPACE_BEFORE or (token[0] == "-" and token.strip("-") != "")


def _sticks_to_next(token: str, closing: bool) -> bool:
    if token in _PAIRED:
        return not closing
    return token in _NO_SPACE_AFTER or (len(token) > 1 and token[-1] in "'’")
