"""Reads stories with questions: numbered lines, a question with its answer behind a tab.

    1 Ada went to the attic.
    2 Ben took the lamp.
    3 Where is Ada?<tab>attic<tab>1

A line numbered 1 begins a new story. The numbers behind the answer name the lines it follows from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.reader import Line, Texts

MOST_QUESTIONS = 200_000
_LINE = re.compile(r"\s*(\d+)\s+(\S.*)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE = re.compile(r"[^.?!\n]+[?]?")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about facts.

    supporting  indices of the facts that the answer follows from, () where nobody says so
    """

    facts: tuple[Words, ...]
    question: Words
    answer: str
    supporting: tuple[int, ...] = ()


def read_questions(texts: Texts, progress: Progress = silent) -> Iterator[Question]:
    """Every question with all facts before it; UserError names file and line."""
    facts: list[Words] = []
    places: dict[int, int] = {}
    count = 0
    for line in texts.lines(progress):
        if not line.text.strip():
            continue
        number, text = _parts(line)
        if number == 1:
            facts, places = [], {}
        if "\t" not in text:
            places[number] = len(facts)
            facts.append(words(text))
            continue
        count += 1
        if count > MOST_QUESTIONS:
            return
        yield _question(line, text, facts, places)


def words(text: str) -> Words:
    """The words of a sentence, in small letters."""
    return tuple(word.lower() for word in _WORD.findall(text))


def typed(text: str) -> tuple[tuple[Words, ...], Words]:
    """Facts and question of a typed text: its last sentence is the question; UserError when there
    is no sentence.
    """
    sentences = [found for part in _SENTENCE.findall(text) if (found := words(part))]
    if not sentences:
        raise UserError("Type some facts and a question: Ada went to the attic. Where is Ada?")
    return tuple(sentences[:-1]), sentences[-1]


def _parts(line: Line) -> tuple[int, str]:
    found = _LINE.match(line.text)
    if found is None:
        raise UserError(
            f"{line.path}, line {line.number:,} does not begin with a number and a sentence: "
            "write “1 Ada went to the attic.”"
        )
    return int(found[1]), found[2]


def _question(line: Line, text: str, facts: list[Words], places: dict[int, int]) -> Question:
    question, answer, *support = (cell.strip() for cell in text.split("\t"))
    if not words(question) or not answer:
        raise UserError(
            f"{line.path}, line {line.number:,}: a question needs words, a tab and an answer."
        )
    numbers = [int(number) for number in re.findall(r"\d+", " ".join(support))]
    supporting = tuple(places[number] for number in numbers if number in places)
    return Question(tuple(facts), words(question), answer.lower(), supporting)
