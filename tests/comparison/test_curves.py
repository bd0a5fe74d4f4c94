"""Curves over one axis, against numbers worked out apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.comparison.curves import OPTIONS, curves
from rnnviz.contracts.comparison import Compared
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.picture import Line, Panel, Picture, Points
from rnnviz.contracts.view import Scene
from tests.comparison import sides

FIRST, SECOND = sides.noisy(60, 1), sides.noisy(40, 2)
NAN = float("nan")


def two() -> Compared:
    histories = sides.steps(FIRST, 100, {20: 2.0, 60: 1.5}), sides.steps(SECOND, 250, {40: 1.75})
    return sides.of(*(Scene(history=history) for history in histories))


def panel(picture: Picture, name: str) -> Panel:
    found = next(row[0] for row in picture.rows if row[0].id == name)
    assert isinstance(found, Panel)
    return found


def lines(picture: Picture, name: str) -> list[Line]:
    return [mark for mark in panel(picture, name).marks if isinstance(mark, Line)]


def test_each_run_is_a_line_of_its_own_colour() -> None:
    drawn = lines(curves(two(), {"smoothing": "none"}), "training loss")
    assert [line.label for line in drawn] == ["A", "B"]
    assert len({line.colour for line in drawn}) == 2
    np.testing.assert_array_equal(drawn[0].y, FIRST)
    np.testing.assert_array_equal(drawn[1].y, SECOND)


def test_smoothing_is_the_mean_of_the_steps_so_far() -> None:
    drawn = lines(curves(two(), {"smoothing": "little"}), "training loss")[0]
    expected = [np.mean(FIRST[max(0, k - 19) : k + 1]) for k in range(60)]
    np.testing.assert_allclose(drawn.y, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("along", "last"), [("step", (60, 40)), ("tokens", (6000, 10_000)), ("seconds", (6.0, 4.0))]
)
def test_runs_are_aligned_by_what_was_chosen(along: str, last: tuple[float, float]) -> None:
    picture = curves(two(), {"along": along})
    drawn = lines(picture, "training loss")
    assert tuple(line.x[-1] for line in drawn) == last
    assert panel(picture, "training loss").x.high == max(last)
    assert panel(picture, "validation loss").x.label == along


def test_bits_and_logarithms() -> None:
    plain = lines(curves(two(), {"smoothing": "none"}), "training loss")[0].y
    bits = lines(curves(two(), {"smoothing": "none", "unit": "bits"}), "training loss")[0].y
    logs = lines(curves(two(), {"smoothing": "none", "log": True}), "training loss")[0].y
    np.testing.assert_allclose(bits, plain / math.log(2), rtol=1e-12)
    np.testing.assert_allclose(10**logs, plain, rtol=1e-12)


def test_validations_have_a_dot_each() -> None:
    dots = [m for m in panel(curves(two()), "validation loss").marks if isinstance(m, Points)]
    assert [dot.x.tolist() for dot in dots] == [[20.0, 60.0], [40.0]]
    assert [dot.y.tolist() for dot in dots] == [[2.0, 1.5], [1.75]]


def test_a_metric_is_drawn_where_a_task_has_one() -> None:
    rows = [StepRow(s, s, 1.0, 1, 1, NAN, 1e-3, s, s, 1.0, 0.1 * s) for s in (1, 2, 3)]
    compared = sides.of(Scene(history=History(rows)), Scene(history=sides.steps(FIRST, 9, {})))
    drawn = lines(curves(compared, {"log": True, "unit": "bits"}), "metric")
    np.testing.assert_allclose(drawn[0].y, [0.1, 0.2, 0.3])
    assert "metric" not in [row[0].id for row in curves(two()).rows]


def test_runs_without_a_step() -> None:
    nothing = Scene(history=History())
    assert curves(sides.of(nothing, Scene())).message.endswith(".")
    half = curves(sides.of(nothing, Scene(history=sides.steps(FIRST, 9, {}))))
    assert [line.label for line in lines(half, "training loss")] == ["B"]
    assert "A: no step" in half.subtitle


def test_losses_that_are_not_finite_leave_gaps() -> None:
    history = sides.steps([1.0, NAN, math.inf, 2.0], 9, {})
    picture = curves(sides.of(Scene(history=history), Scene(history=history)))
    axis = panel(picture, "training loss").y
    assert math.isfinite(axis.low)
    assert math.isfinite(axis.high)


def test_says_where_losses_do_not_compare() -> None:
    compared = two()
    other = compared[1].config.replaced({"task.corpus": "other.txt"})
    assert "different data" in curves((compared[0], replace(compared[1], config=other))).subtitle
    pairs = {"task.name": "translation", "task.corpus": "x.tsv", "model.kind": "encoder_decoder"}
    translation = compared[1].config.model_copy(
        update={"task": compared[1].config.task.model_copy(update={"name": pairs["task.name"]})}
    )
    told = curves((compared[0], replace(compared[1], config=translation))).subtitle
    assert "different tasks" in told
    assert "different" not in curves(compared).subtitle


def test_every_choice_is_drawn() -> None:
    for option in OPTIONS:
        for value in option.choices or (True, False):
            assert len(curves(two(), {option.name: value}).rows) == 2
