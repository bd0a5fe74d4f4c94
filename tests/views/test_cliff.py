"""The tiny network has the slopes that differences say; clipping keeps it on the plane."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.contracts.picture import Panel
from rnnviz.contracts.view import Scene
from rnnviz.views.cliff import BIAS, STEPS_THROUGH_TIME, WEIGHT, Cliff, descend, loss
from tests import snapshots


def test_the_loss_is_that_of_its_formula() -> None:
    x, w, b = 0.5, 4.7, -2.2
    for _ in range(STEPS_THROUGH_TIME):
        x = w / (1 + np.exp(-x)) + b
    assert loss(np.array(w), np.array(b))[0] == pytest.approx((1 / (1 + np.exp(-x)) - 0.7) ** 2)


def test_gradients_are_differences_of_the_loss() -> None:
    random = np.random.default_rng(0)
    w, b = random.uniform(4.0, 6.0, 200), random.uniform(-3.2, -1.8, 200)
    step = 1e-6
    _, by_weight, by_bias = loss(w, b)
    numeric = (
        (loss(w + step, b)[0] - loss(w - step, b)[0]) / (2 * step),
        (loss(w, b + step)[0] - loss(w, b - step)[0]) / (2 * step),
    )
    assert by_weight == pytest.approx(numeric[0], rel=1e-4, abs=1e-6)
    assert by_bias == pytest.approx(numeric[1], rel=1e-4, abs=1e-6)


def test_without_clipping_one_step_leaps_and_with_it_none_does() -> None:
    free, clipped = descend(0.1, np.inf), descend(0.1, 0.1)
    moved = [np.linalg.norm(np.diff(each.places, axis=0), axis=1) for each in (free, clipped)]
    assert moved[0].max() == pytest.approx(0.1 * free.norms.max())
    assert moved[0].max() > 2
    assert moved[1].max() <= 0.1 * 0.1 + 1e-12
    low, high = np.array([WEIGHT[0], BIAS[0]]), np.array([WEIGHT[1], BIAS[1]])
    assert ((clipped.places >= low) & (clipped.places <= high)).all()
    assert clipped.losses[-1] < 0.005 < 0.05 < free.losses[-1]


@pytest.mark.parametrize("rate", ["0.05", "0.1", "0.2"])
@pytest.mark.parametrize("threshold", ["0.05", "0.1", "0.5"])
def test_every_choice_is_drawn(rate: str, threshold: str) -> None:
    scene = Scene(
        snapshot=snapshots.language_snapshot(), options={"rate": rate, "threshold": threshold}
    )
    panels = [panel for row in Cliff().picture(scene).rows for panel in row]
    assert [panel.id for panel in panels if isinstance(panel, Panel)] == [
        "plane",
        "losses",
        "norms",
    ]
