"""Accuracy by lag: the newest curve, paler ones before it, and evaluations that hold none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.picture import Line, Panel
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene
from rnnviz.views.lags import EARLIER, Lags
from tests.views.test_every_view import check

Numbers = list[float]


def measured(steps: Numbers, accuracy: Numbers, step: int = 0) -> Evaluation:
    tables = {"lag/steps": steps, "lag/accuracy": accuracy, "lag/guessing": [0.5] * len(steps)}
    arrays = {name: NamedArray(name, ("slot",), np.array(v, float)) for name, v in tables.items()}
    return Evaluation((), arrays, step=step)


def lines(scene: Scene) -> dict[str, Line]:
    panel = Lags().picture(scene).rows[0][0]
    assert isinstance(panel, Panel)
    return {mark.label: mark for mark in panel.marks if isinstance(mark, Line)}


def test_the_newest_curve_stands_before_a_few_earlier_ones() -> None:
    found = [measured([1, 10, 100], [1, 0.9, k / 20], k) for k in range(20)]
    drawn = lines(Scene(evaluations=found))
    newest = drawn["step 19"]
    assert newest.x == pytest.approx([0, 1, 2])
    assert newest.y == pytest.approx([1, 0.9, 0.95])
    assert drawn["guessing"].y == pytest.approx([0.5] * 3)
    assert len(drawn) == 2 + EARLIER
    assert "step 20" not in drawn
    alone = lines(Scene(evaluations=found, options={"earlier": False}))
    assert set(alone) == {"step 19", "guessing"}
    past = lines(Scene(evaluations=found, selection=Selection(step=7)))
    assert newest.colour == past["step 7"].colour
    assert "step 8" not in past


def test_the_reach_is_told() -> None:
    text = Lags().picture(Scene(evaluations=[measured([1, 5, 20], [1, 0.95, 0.3])])).subtitle
    assert "up to 5 steps back" in text
    assert "up to" not in Lags().picture(Scene(evaluations=[measured([1], [0.2])])).subtitle


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=0, max_size=6),
    st.lists(st.floats(allow_nan=True, width=32), min_size=0, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_no_table_breaks_it(steps: Numbers, accuracy: Numbers) -> None:
    check(Lags().picture(Scene(evaluations=[measured(steps, accuracy)])))
