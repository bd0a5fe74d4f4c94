"""Tokens and their numbers for formats that need both to be unique and free of spaces."""

from __future__ import annotations

from collections.abc import Sequence


class WordList:
    """One word for each number that was asked for."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: dict[int, str] = {}
        self._taken: set[str] = set()

    def numbers(self, tokens: Sequence[str], ids: Sequence[int]) -> list[int]:
        """The numbers of tokens: their ids, or where there are none in the order they come."""
        found = list(ids) or [self._numbers.setdefault(t, len(self._numbers)) for t in tokens]
        for token, number in zip(tokens, found, strict=True):
            if number not in self._words:
                self._words[number] = self._unused(token, number)
        return found

    def listed(self) -> str:
        """One line `WORD NUMBER` each, by number."""
        return "".join(f"{word} {number}\n" for number, word in sorted(self._words.items()))

    def _unused(self, token: str, number: int) -> str:
        """The token, with its number where it looks like another one."""
        word = solid(token)
        word = f"{word}#{number}" if word in self._taken else word
        self._taken.add(word)
        return word


def solid(token: str) -> str:
    """The token without spaces, a dot where nothing is left."""
    return "".join(token.split()) or "·"
