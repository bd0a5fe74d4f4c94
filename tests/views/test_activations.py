"""Units stand on the curves where their own weighted sums put them."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.contracts.picture import Line, Panel, Points
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene
from rnnviz.tracks.focus import focus
from rnnviz.views.activations import FAR, OF_RANGE, SIGMOID, TANH, Activations, Function, saturated
from tests import snapshots


def panels(scene: Scene) -> dict[str, Panel]:
    rows = Activations().picture(scene).rows
    return {
        panel.id.split("/")[1]: panel for row in rows for panel in row if isinstance(panel, Panel)
    }


def dots(panel: Panel) -> Points:
    return next(mark for mark in panel.marks if isinstance(mark, Points) and mark.dim == "unit")


@pytest.mark.parametrize(("cell", "names"), [("lstm", "ifgo"), ("gru", "rz"), ("simple_rnn", "h")])
def test_sums_are_those_of_the_weights(cell: str, names: str) -> None:
    """Undoing σ and tanh gives what input and state add up to."""
    snapshot = snapshots.language_snapshot(cell)
    scene = Scene(snapshot=snapshot, selection=Selection(layer=1, time=7))
    at, found = focus(scene), panels(scene)
    assert at is not None
    blocks = at.part.cell.blocks
    whole = sum(
        np.asarray(snapshot.arrays[at.address(name)].values, float) for name in ("a_x", "a_h")
    )
    for name in names:
        rows = slice(*(at.part.hidden_size * (blocks.index(name) + k) for k in (0, 1)))
        assert dots(found[name]).x == pytest.approx(np.clip(whole[7, rows], -FAR, FAR), abs=1e-3)


@pytest.mark.parametrize("function", OF_RANGE.values(), ids=lambda f: f.name)
def test_slopes_are_derivatives(function: Function) -> None:
    x = np.linspace(-5.95, 5.95, 400)  # nowhere 0, where ReLU has a corner
    step = (function.of(x + 1e-6) - function.of(x - 1e-6)) / 2e-6
    assert function.slope(x) == pytest.approx(step, abs=1e-6)
    assert function.slope(x).max() == pytest.approx(function.steepest, abs=1e-3)


def test_saturation_is_a_flat_slope() -> None:
    assert saturated(np.array([0.0, 1.0, 9.0, -9.0]), TANH) == 0.5
    assert saturated(SIGMOID.undone(np.array([0.0, 1.0, 0.5])), SIGMOID) == pytest.approx(2 / 3)
    assert np.isnan(saturated(np.array([np.nan]), TANH))


def test_slopes_can_be_left_out_and_the_chosen_unit_stands_out() -> None:
    snapshot = snapshots.language_snapshot("lstm")
    scene = Scene(snapshot=snapshot, selection=Selection(unit=3), options={"slopes": False})
    for panel in panels(scene).values():
        assert len([mark for mark in panel.marks if isinstance(mark, Line)]) == 1
        assert [m.label for m in panel.marks if isinstance(m, Points)] == ["units", "unit 3"]
        assert panel.note.endswith("% in all")
