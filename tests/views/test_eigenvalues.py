"""The view of eigenvalues: which matrices, which look, which range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.contracts.picture import Line, Panel, Picture, Points
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.views.eigenvalues import Eigenvalues
from tests.snapshots import language_snapshot, translation_snapshot

VIEW = Eigenvalues()


def panels(picture: Picture) -> list[Panel]:
    return [panel for row in picture.rows for panel in row if isinstance(panel, Panel)]


def dots(panel: Panel) -> np.ndarray:
    """Every eigenvalue of the look that is drawn."""
    found = [mark for mark in panel.marks if isinstance(mark, Points) and mark.colour != "muted"]
    return np.concatenate([np.stack((mark.x, mark.y), 1) for mark in found])


@pytest.mark.parametrize(("cell", "planes"), [("simple_rnn", 1), ("gru", 3), ("lstm", 4)])
def test_a_plane_for_each_block_holds_all_its_eigenvalues(cell: str, planes: int) -> None:
    found = language_snapshot(cell, units=20)
    drawn = panels(VIEW.picture(Scene(found)))
    assert len(drawn) == planes
    for panel in drawn:
        assert panel.equal
        assert len(dots(panel)) == 20
        assert np.abs(dots(panel)).max() < panel.x.high


def test_the_selected_layer_is_drawn_and_the_top_one_otherwise() -> None:
    found = language_snapshot("simple_rnn", layers=3)
    assert "layer 3" in VIEW.picture(Scene(found)).subtitle
    first = VIEW.picture(Scene(found, selection=Selection(layer=0)))
    assert "layer 1" in first.subtitle
    weights = found.arrays["parameter/recurrent.weight_hh_l0"].values
    assert dots(panels(first)[0]).sum(0) == pytest.approx([np.trace(weights), 0], abs=1e-4)


def test_what_is_outside_the_circle_has_a_colour_of_its_own() -> None:
    (plane,) = panels(VIEW.picture(Scene(language_snapshot("simple_rnn"))))
    outside = next(m for m in plane.marks if isinstance(m, Points) and m.colour == "bad")
    assert (np.hypot(outside.x, outside.y) >= 1).all()


def past(steps: range) -> list[Snapshot]:
    return [language_snapshot("simple_rnn", seed=step, step=step) for step in steps]


def test_the_course_over_training_has_every_look() -> None:
    *before, now = past(range(0, 500, 100))
    plane, course = panels(VIEW.picture(Scene(now, past=before)))
    line = next(mark for mark in course.marks if isinstance(mark, Line))
    assert list(line.x) == [0, 100, 200, 300, 400]
    assert line.y[-1] == pytest.approx(np.hypot(*dots(plane).T).max())
    pale = [mark for mark in plane.marks if isinstance(mark, Points) and mark.colour == "muted"]
    assert [mark.label for mark in pale] == ["step 0"]
    alone = Scene(now, past=before, options={"before": False})
    assert "step 0" not in [
        getattr(mark, "label", "") for mark in panels(VIEW.picture(alone))[0].marks
    ]


def test_a_look_without_eigenvalues_shows_the_nearest_that_has_some() -> None:
    *before, now = past(range(0, 500, 100))
    bare = replace(now, results={})
    assert "eigenvalues of step 300" in VIEW.picture(Scene(bare, past=before)).subtitle
    assert "keeps no eigenvalues" in VIEW.picture(Scene(replace(bare, live=False))).message


def test_each_part_of_a_translation_has_its_own() -> None:
    found = translation_snapshot()
    assert "encoder →" in VIEW.picture(Scene(found)).subtitle
    chosen = VIEW.picture(Scene(found, selection=Selection(part="decoder")))
    assert "decoder" in chosen.subtitle
