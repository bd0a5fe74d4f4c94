"""Reads pairs of words and the words that stand between them.

    # a remark
    either -> or
    if -> then
    the old miller waits here

A line with an arrow (`->` or `→`) or a tab is a pair; the words of all other lines are fillers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.reader import Line, Texts

ASK = "?"
"""Stands where a closing word is asked for."""

_ARROW = re.compile(r"\s*(?:->|→|\t)\s*")
_MOST_PAIRS, _MOST_FILLERS = 500, 5000


@dataclass(frozen=True, slots=True)
class Partners:
    """What sequences are drawn from.

    closes  (P,) index of each opening word's partner in `closings`
    """

    openings: tuple[str, ...]
    closings: tuple[str, ...]
    closes: tuple[int, ...]
    fillers: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All that can be read, by id: opening words, fillers, the sign that asks."""
        return (*self.openings, *self.fillers, ASK)


def read_partners(texts: Texts, progress: Progress = silent) -> Partners:
    """UserError names file and line, or says what is missing."""
    pairs: dict[str, str] = {}
    fillers: dict[str, None] = {}
    for line in texts.lines(progress):
        text = line.text.strip()
        if not text or text.startswith("#"):
            continue
        if _ARROW.search(text):
            opening, closing = _pair(line, text, pairs)
            pairs[opening] = closing
        else:
            fillers |= dict.fromkeys(text.split())
        if len(pairs) > _MOST_PAIRS:
            raise UserError(f"{texts.path} has more than {_MOST_PAIRS} pairs: leave some out.")
    closings = tuple(dict.fromkeys(pairs.values()))
    taken = {*pairs, *closings, ASK}
    between = tuple(word for word in fillers if word not in taken)[:_MOST_FILLERS]
    _check(texts, closings, between)
    closes = tuple(closings.index(word) for word in pairs.values())
    return Partners(tuple(pairs), closings, closes, between)


def _pair(line: Line, text: str, known: dict[str, str]) -> tuple[str, str]:
    words = _ARROW.split(text)
    if len(words) != 2 or any(len(word.split()) != 1 for word in words):
        raise UserError(
            f"{line.path}, line {line.number:,} is no pair: write one word, an arrow -> and one "
            "word."
        )
    if words[0] in known:
        raise UserError(
            f"{line.path}, line {line.number:,}: {words[0]!r} has a partner already, "
            f"{known[words[0]]!r}."
        )
    return words[0], words[1]


def _check(texts: Texts, closings: tuple[str, ...], fillers: tuple[str, ...]) -> None:
    if len(closings) < 2:
        raise UserError(
            f"{texts.path} has fewer than two pairs with different partners: write each as "
            "either -> or on a line of its own."
        )
    if not fillers:
        raise UserError(
            f"{texts.path} has no words to stand between the pairs: write some on a line without "
            "an arrow."
        )
