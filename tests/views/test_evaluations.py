"""Confusion and scores show the counts and figures that they were given, whatever these are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.picture import Boxes, Heatmap, Panel, Picture, Rule, Table
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene
from rnnviz.views.confusion import Confusion, precision_and_recall, shares
from rnnviz.views.scores import Scores, verdict
from tests import snapshots
from tests.views.test_every_view import check

LAST = snapshots.evaluation()


def scene(*evaluations: Evaluation, **changes: object) -> Scene:
    return replace(Scene(evaluations=evaluations), **changes)


def table(picture: Picture, name: str) -> Table:
    found = {panel.id: panel for row in picture.rows for panel in row}[name]
    assert isinstance(found, Table)
    return found


def counted(counts: np.ndarray, labels: tuple[str, ...] = ()) -> Evaluation:
    arrays = {"confusion": NamedArray("confusion", ("row", "column"), counts)}
    return Evaluation((), arrays, labels)


def test_precision_and_recall_by_hand() -> None:
    counts = np.array([[8.0, 2.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    precision, recall = precision_and_recall(counts)
    assert precision[:2] == pytest.approx([8 / 9, 3 / 5])
    assert recall[:2] == pytest.approx([0.8, 0.75])
    assert np.isnan(precision[2])
    assert np.isnan(recall[2])


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=4, max_size=4))
@settings(max_examples=50, deadline=None)
def test_shares_of_rows_and_columns_sum_to_one(rows: list[list[int]]) -> None:
    counts = np.array(rows, float)
    for axis, of_guesses in ((1, False), (0, True)):
        expected = (counts.sum(axis) > 0).astype(float)
        assert shares(counts, of_guesses).sum(axis) == pytest.approx(expected)
    if counts.sum():
        check(Confusion().picture(scene(counted(counts))), filled=True)


def test_every_count_stands_in_its_cell_and_the_total_below() -> None:
    picture = Confusion().picture(scene(LAST))
    panel = picture.rows[0][0]
    assert isinstance(panel, Panel)
    boxes = panel.marks[0]
    assert isinstance(boxes, Boxes)
    counts = np.asarray(LAST.arrays["confusion"].values)
    written = [int(text or 0) for text in boxes.texts]
    assert written == counts.astype(int).ravel().tolist()
    assert panel.x.texts == panel.y.texts == LAST.labels
    assert table(picture, "classes").rows[-1][1:3] == (300, 300)
    assert f"accuracy {np.trace(counts) / 300:.3f}" in picture.subtitle


def test_by_size_the_largest_class_stands_first() -> None:
    picture = Confusion().picture(scene(LAST, options={"order": "by size"}))
    sizes = [int(row[1]) for row in table(picture, "classes").rows[:-1]]
    assert sizes == sorted(sizes, reverse=True)


def test_many_classes_are_an_image_without_counts() -> None:
    panel = Confusion().picture(scene(snapshots.evaluation(classes=60))).rows[0][0]
    assert isinstance(panel, Panel)
    assert isinstance(panel.marks[0], Heatmap)


def test_a_narrow_view_has_the_table_below() -> None:
    assert len(Confusion().picture(scene(LAST, width=400)).rows) == 2


@pytest.mark.parametrize("counts", [np.zeros((3, 3)), np.ones((2, 3)), np.full((2, 2), np.nan)])
def test_what_is_no_table_of_counts_is_said(counts: np.ndarray) -> None:
    assert "no classes" in Confusion().missing(scene(counted(counts)))


def test_the_step_that_is_looked_at_decides() -> None:
    evaluations = [snapshots.evaluation(step) for step in (300, 600, 900)]
    early = scene(*evaluations, selection=Selection(step=700))
    assert "step 600" in Confusion().picture(early).subtitle
    panel = Scores().picture(early).rows[1][0]
    assert isinstance(panel, Panel)
    assert panel.x.high == 600


def test_figures_stand_beside_their_baselines() -> None:
    picture = Scores().picture(scene(LAST))
    rows = table(picture, "figures").rows
    accuracy = LAST.figures[0]
    assert rows[0] == (
        "accuracy", accuracy.value, accuracy.baseline, "always the largest class", "better",
    )  # fmt: skip
    assert rows[1][0] == "loss (nats)"
    panel = picture.rows[1][0]
    assert isinstance(panel, Panel)
    rules = [mark for mark in panel.marks if isinstance(mark, Rule)]
    assert [rule.position for rule in rules] == [accuracy.baseline]


@pytest.mark.parametrize(
    ("value", "better", "baseline", "expected"),
    [
        (0.5, "higher", 0.4, "better"),
        (0.5, "lower", 0.4, "worse"),
        (0.4, "higher", 0.4, "equal"),
        (0.5, "higher", float("nan"), ""),
        (float("nan"), "higher", 0.4, ""),
    ],
)
def test_verdicts(value: float, better: str, baseline: float, expected: str) -> None:
    assert verdict(Figure("f", value, "", better, baseline)) == expected


def test_wrong_examples_come_first_and_can_be_left_out() -> None:
    words = [row[0] for row in table(Scores().picture(scene(LAST)), "examples").rows]
    assert words == sorted(words, reverse=True)
    for which in ("wrong", "right"):
        picture = Scores().picture(scene(LAST, options={"examples": which}))
        assert {row[0] for row in table(picture, "examples").rows} == {which}
    picture = Scores().picture(scene(LAST, options={"examples": "none"}))
    assert "examples" not in {panel.id for row in picture.rows for panel in row}


@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=8),
    baseline=st.floats(allow_nan=True, allow_infinity=True),
    text=st.text(max_size=200),
)
@settings(max_examples=60, deadline=None)
def test_no_figure_breaks_the_view(values: list[float], baseline: float, text: str) -> None:
    figures = tuple(Figure(text, value, text, "higher", baseline, text) for value in values)
    examples = (Example(text, text, text, False),)
    evaluations = [Evaluation(figures, {}, (), examples, step) for step in (0, 5, 5)]
    check(Scores().picture(scene(*evaluations)), filled=True)
    check(Scores().picture(scene(Evaluation((), {}, (), examples))), filled=True)
