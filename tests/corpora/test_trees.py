"""Bracketed trees: read, written, and refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.errors import UserError
from rnnviz.corpora.reader import Line, open_texts
from rnnviz.corpora.trees import Tree, chain, parsed, read_trees

WORD = st.text("abcdefg.,'", min_size=1, max_size=5)
HERE = Line(Path("trees.ptb"), 1, "")


def brackets(draw: st.DrawFn, depth: int) -> str:
    label = draw(WORD)
    if depth == 0 or draw(st.booleans()):
        return f"({label} {draw(WORD)})"
    return f"({label} {brackets(draw, depth - 1)} {brackets(draw, depth - 1)})"


@st.composite
def trees(draw: st.DrawFn) -> str:
    return brackets(draw, 4)


def read(tmp_path: Path, text: str) -> list[Tree]:
    path = tmp_path / "trees.ptb"
    path.write_text(text, encoding="utf-8")
    return list(read_trees(open_texts(path, "auto", suffixes=(".ptb",))))


def pieces(text: str) -> list[str]:
    return text.replace("(", " ( ").replace(")", " ) ").split()


@given(trees())
def test_written_as_it_was_read(text: str) -> None:
    tree = parsed(pieces(text), HERE)
    assert tree.brackets() == text
    for k, (left, right) in enumerate(tree.children):
        assert (left < 0) == (right < 0) == bool(tree.words[k])
        assert max(left, right) < k
    assert len(tree) == 2 * len(tree.sentence) - 1


def test_many_children_and_single_ones() -> None:
    tree = parsed(pieces("(s (np the (n big) dog) (vp (v barks)))"), HERE)
    assert tree.sentence == ("the", "big", "dog", "barks")
    assert tree.labels == ("", "n", "", "", "np", "vp", "s")
    assert tree.phrases()[-1] == "the big dog barks"


def test_trees_may_stretch_over_lines_and_share_them(tmp_path: Path) -> None:
    found = read(tmp_path, "(a b) (c\n  (d e)\n (f g))\n\n(h i)")
    assert [tree.brackets() for tree in found] == ["(a b)", "(c (d e) (f g))", "(h i)"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(a b)\n(c (d e)\n", "line 2: a tree begins here and never ends"),
        ("(a b))\n", r"line 1: '\)' stands outside"),
        ("(a b)\nword\n", "line 2: 'word' stands outside"),
        ("(a b)\n()\n", "line 2: brackets without a word"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read(tmp_path, text)


def test_deep_trees_are_no_problem() -> None:
    tree = chain([f"w{k}" for k in range(5000)])
    assert len(tree) == 9999
    assert tree.sentence[-1] == "w4999"
