"""The difference of two heat maps, against subtraction of the recorded arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.comparison.difference import difference
from rnnviz.contracts import discovery
from rnnviz.contracts.comparison import Compared
from rnnviz.contracts.picture import Heatmap, Panel, Picture, TextPanel, Texts
from rnnviz.contracts.view import View
from rnnviz.tracks.ranges import panels_of
from tests import snapshots
from tests.comparison import sides
from tests.views.test_every_view import check

VIEWS = discovery.every("views", View)
STATES = VIEWS["states"]()


def heat(picture: Picture, name: str) -> tuple[Panel, Heatmap]:
    panel = next(panel for panel in panels_of(picture) if panel.id == name)
    (mark,) = panel.marks
    assert isinstance(mark, Heatmap)
    return panel, mark


def remarks(picture: Picture) -> str:
    panels = [panel for row in picture.rows for panel in row if isinstance(panel, TextPanel)]
    return " ".join(s.text for panel in panels for line in panel.lines for s in line.spans)


def recorded(compared: Compared, place: int, name: str) -> np.ndarray:
    snapshot = compared[place].scene.snapshot
    assert snapshot is not None
    found = snapshot.get(name)
    assert found is not None
    return np.asarray(found.values, dtype=np.float64)


@pytest.mark.parametrize("sort", ["index", "similarity", "activity"])
def test_equals_subtraction_unit_by_unit(sort: str) -> None:
    compared = sides.pair()
    panel, mark = heat(difference(STATES, compared, {"sort": sort}), "heat/recurrent/1/c")
    expected = recorded(compared, 0, "recurrent/1/c") - recorded(compared, 1, "recurrent/1/c")
    order = list(panel.y.ids or range(32))
    assert sorted(order) == list(range(32))
    np.testing.assert_allclose(mark.values, expected.T[order], atol=1e-6)
    assert mark.scale.name == "signed"
    assert -mark.scale.low == mark.scale.high >= np.quantile(np.abs(expected), 0.95, method="lower")
    clipped = np.abs(expected).max() > mark.scale.high
    assert mark.scale.label.endswith("clipped") == clipped


def test_equal_runs_have_no_difference() -> None:
    compared = sides.pair()
    _, mark = heat(difference(STATES, (compared[0], compared[0])), "heat/recurrent/0/h")
    assert not mark.values.any()


def test_small_differences_are_not_washed_out() -> None:
    compared = sides.pair()
    seen = compared[0].scene
    assert seen.snapshot is not None
    arrays = dict(seen.snapshot.arrays)
    h = arrays["recurrent/0/h"]
    arrays["recurrent/0/h"] = replace(h, values=np.asarray(h.values) + np.float32(0.01))
    other = replace(seen, snapshot=replace(seen.snapshot, arrays=arrays))
    _, mark = heat(difference(STATES, sides.of(seen, other)), "heat/recurrent/0/h")
    assert mark.scale.high <= 0.05


def test_shapes_that_differ_are_one_sentence() -> None:
    small = sides.scene(snapshots.language_snapshot(units=24))
    compared = sides.of(sides.scene(snapshots.language_snapshot()), small)
    picture = difference(STATES, compared, {"show": "h"})
    assert picture.message == ""  # the tokens' probabilities still have one shape
    assert "32 × 40 against 24 × 40" in remarks(picture)
    assert "heat/recurrent/0/h" not in [panel.id for panel in panels_of(picture)]
    gates = difference(VIEWS["parameters"](), compared)
    check(gates)


def test_what_only_one_has_is_named() -> None:
    gru = sides.scene(snapshots.language_snapshot("gru"))
    lstm = sides.scene(snapshots.language_snapshot("lstm"))
    picture = difference(VIEWS["gates"](), sides.of(lstm, gru))
    assert "Only A has i  input gate, f  forget gate" in remarks(picture) + picture.message
    assert "Only B has r  reset gate" in remarks(picture) + picture.message


def test_different_texts_do_not_correspond() -> None:
    one, other = snapshots.language_snapshot(), snapshots.language_snapshot(time=39)
    message = difference(STATES, sides.of(sides.scene(one), sides.scene(other))).message
    assert "different texts" in message


def test_a_difference_is_of_two() -> None:
    assert "exactly two" in difference(STATES, (*sides.pair(), sides.pair()[0])).message


def test_a_view_without_heat_maps_says_so() -> None:
    assert "no heat map" in difference(VIEWS["training"](), sides.pair()).message


def test_the_words_that_both_read_stay() -> None:
    wide = difference(STATES, sides.pair(time=12), width=4000)
    texts = [m for panel in panels_of(wide) for m in panel.marks if isinstance(m, Texts)]
    assert [mark.label for mark in texts] == ["read"]


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_subtracted_or_says_why_not(name: str) -> None:
    for compared in (
        sides.pair(),
        sides.of(*(sides.scene(snapshots.translation_snapshot(seed=s)) for s in (1, 2))),
    ):
        check(difference(VIEWS[name](), compared))
