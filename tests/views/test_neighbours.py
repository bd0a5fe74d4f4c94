"""Neighbours of a word agree with counting by hand, whatever the vectors are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.picture import Bars, Panel, Picture
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.views.neighbours import VECTORS, Neighbours, directions, nearest
from tests import snapshots
from tests.views.test_every_view import check

WORDS = ("<unk>", "king", "man", "woman", "queen", "apple", "pear")
PLACES = ((0, 0, 1), (5, 5, 0), (1, 5, 0), (1, 0, 5), (5, 0, 5), (9, -1, -1), (9, -1, -2))


def words(*read: str, vectors: object = PLACES) -> Snapshot:
    made = snapshots.words_snapshot()
    array = NamedArray(VECTORS, ("row", "column"), np.array(vectors, dtype=float))
    tokens = replace(made.tokens, input=read, target=read, output=read)
    arrays = {**made.arrays, VECTORS: array}
    return replace(made, tokens=tokens, arrays=arrays, vocabulary=WORDS)


def panels(picture: Picture) -> dict[str, Panel]:
    found = {panel.id: panel for row in picture.rows for panel in row}
    assert all(isinstance(panel, Panel) for panel in found.values())
    return found  # type: ignore[return-value]


def cosines(panel: Panel) -> np.ndarray:
    return next(mark for mark in panel.marks if isinstance(mark, Bars)).heights


def test_nearest_words_by_hand() -> None:
    picture = Neighbours().picture(Scene(words("apple", "king")))
    check(picture, filled=True)
    panel = panels(picture)["nearest"]
    assert panel.y.texts[0] == "pear"
    assert "apple" not in panel.y.texts
    a, b = np.array(PLACES[5], float), np.array(PLACES[6], float)
    assert cosines(panel)[0] == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert list(cosines(panel)) == sorted(cosines(panel), reverse=True)


def test_king_without_man_with_woman_is_queen() -> None:
    scene = Scene(words("the", "king", "man", "woman"), selection=Selection(time=1))
    panel = panels(Neighbours().picture(scene))["analogy"]
    assert panel.title == "“king” − “man” + “woman”"
    assert panel.y.texts[0] == "queen"
    without = replace(scene, options={"analogy": False})
    assert set(panels(Neighbours().picture(without))) == {"nearest"}


def test_words_without_a_vector_are_passed_over() -> None:
    scene = Scene(words("pear", "zebra", "gnu"), selection=Selection(time=2))
    assert panels(Neighbours().picture(scene))["nearest"].title == "like “pear”"


@pytest.mark.parametrize(
    "snapshot", [snapshots.language_snapshot(), words("zebra"), words("king", vectors=PLACES[:4])]
)
def test_says_what_is_missing(snapshot: Snapshot) -> None:
    assert Neighbours().picture(Scene(snapshot)).message.endswith(".")


@given(arrays(float, (6, 3), elements=st.floats(allow_nan=True, allow_infinity=True)))
@settings(max_examples=60, deadline=None)
def test_directions_have_length_one_or_none(vectors: np.ndarray) -> None:
    lengths = np.linalg.norm(directions(vectors), axis=1)
    assert np.all(np.isclose(lengths, 1.0) | (lengths == 0.0))
    order = nearest(directions(vectors) @ directions(vectors)[0], [0])
    assert sorted(order) == [1, 2, 3, 4, 5]
