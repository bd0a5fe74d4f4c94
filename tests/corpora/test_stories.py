"""Stories with questions: read leniently, refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnviz.contracts.errors import UserError
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.stories import Question, read_questions, typed

STORY = """1 Ada went to the attic.
2 Ben took the lamp!

3 Where is Ada?\tattic\t1
4 Ada moved to the cellar.
5 Where is Ada? \tCellar\t4
1 Cleo sat down.
2 Who sat down?\tCleo
"""


def read(tmp_path: Path, text: str) -> list[Question]:
    path = tmp_path / "stories.txt"
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    return list(read_questions(open_texts(path, "auto")))


def test_every_question_has_the_facts_before_it(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, STORY)
    assert first.facts == (("ada", "went", "to", "the", "attic"), ("ben", "took", "the", "lamp"))
    assert (first.question, first.answer, first.supporting) == (
        ("where", "is", "ada"),
        "attic",
        (0,),
    )
    assert (len(second.facts), second.answer, second.supporting) == (3, "cellar", (2,))
    assert (third.facts, third.supporting) == ((("cleo", "sat", "down"),), ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Ada went out.\n", "line 1 does not begin with a number"),
        ("1 Ada went.\n2 Where is Ada?\t\n", "line 2: a question needs words, a tab and an answer"),
        ("1 Ada went.\n2 ?\tattic\n", "line 2: a question needs words"),
    ],
)
def test_what_is_none_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read(tmp_path, text)


def test_a_typed_story() -> None:
    facts, question = typed("Ada went to the attic. Ben sat down\nWhere is Ada?")
    assert (len(facts), question) == (2, ("where", "is", "ada"))
    assert typed("who?") == ((), ("who",))
    with pytest.raises(UserError, match="Type some facts"):
        typed(" ... ")
