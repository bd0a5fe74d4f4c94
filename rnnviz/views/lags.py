"""Lags: how often the network is right by how far back it has to remember."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.picture import Axis, Line, Mark, Panel, Picture, Points
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import value_axis

Floats = NDArray[np.float64]

EARLIER = 4
"""Earlier evaluations that are drawn behind the newest one."""


class Lags(View):
    """Accuracy over a logarithmic axis of steps; earlier evaluations pale behind the newest one."""

    name = "lags"
    title = "Accuracy by lag"
    sentence = "How often the network is right by how many steps before the answer was read."
    depends = frozenset({"evaluations", "selection", "corpus"})
    options = (Option("earlier", "Earlier", True, help="Curves of earlier validations, paler."),)
    group = "Quality"
    menu_order = 78

    def missing(self, scene: Scene) -> str:
        """Says which tasks fill it."""
        if scene.evaluation is None or _curve(scene.evaluation) is None:
            return (
                "Train a network on partner words, adding or copying: how often it is right will "
                "be drawn here by how far back it has to remember."
            )
        return ""

    def draw(self, scene: Scene) -> Picture:
        """One panel."""
        evaluation = scene.evaluation
        assert evaluation is not None
        curve = _curve(evaluation)
        assert curve is not None
        steps, accuracy = curve
        marks: list[Mark] = []
        if scene.option(self, "earlier"):
            marks += _before(scene.evaluations, evaluation.step)
        guessing = _table(evaluation, "guessing")
        if guessing is not None and len(guessing) == len(steps):
            marks.append(Line(np.log10(steps), guessing, "guessing", "muted", 1.2, "dashed"))
        marks.append(Line(np.log10(steps), accuracy, f"step {evaluation.step:,}", "series:0", 2.0))
        marks.append(Points(np.log10(steps), accuracy, "", "series:0", 6.0))
        panel = Panel(
            "lags", _lag_axis(steps), value_axis(0.0, 1.05, "share right", ticks=_SHARES),
            tuple(marks), legend=True,
        )  # fmt: skip
        return Picture(self.title, ((panel,),), _subtitle(evaluation, steps, accuracy))


_SHARES = tuple((share / 4, f"{share / 4:g}") for share in range(5))


def _table(found: Evaluation, name: str) -> Floats | None:
    array = found.arrays.get(f"lag/{name}")
    if array is None or array.values.ndim != 1:
        return None
    return np.asarray(array.values, np.float64)


def _curve(found: Evaluation) -> tuple[Floats, Floats] | None:
    """Steps (1 or more) and the share that is right at each, None where nothing was measured."""
    steps, accuracy = _table(found, "steps"), _table(found, "accuracy")
    if steps is None or accuracy is None or not len(steps) or len(steps) != len(accuracy):
        return None
    usable = bool(np.isfinite(steps).all() and (steps >= 1).all())
    return (steps, accuracy) if usable and np.isfinite(accuracy).any() else None


def _before(evaluations: Sequence[Evaluation], step: int) -> list[Mark]:
    """A few earlier curves, evenly chosen over training."""
    known = [(e, _curve(e)) for e in evaluations if e.step < step]
    earlier = [(e, curve) for e, curve in known if curve is not None]
    chosen = np.unique(np.linspace(0, len(earlier) - 1, EARLIER).round().astype(int))
    return [
        Line(np.log10(curve[0]), curve[1], f"step {e.step:,}", "faint", 1.2, legend=False)
        for e, curve in (earlier[k] for k in chosen if earlier)
    ]


def _lag_axis(steps: Floats) -> Axis:
    """Lags that were examined are ticks, as far as there is room for them."""
    places = np.log10(steps)
    apart = 0.05 * float(np.ptp(places))
    ticks: list[tuple[float, str]] = []
    for place, step in zip(places.tolist(), steps.tolist(), strict=True):
        if not ticks or abs(place - ticks[-1][0]) > apart:
            ticks.append((place, f"{step:g}"))
    margin = 0.04 * max(float(np.ptp(places)), 1.0)
    low, high = float(places.min()) - margin, float(places.max()) + margin
    return Axis("steps back", "log scale", low=low, high=high, ticks=tuple(ticks))


def _subtitle(found: Evaluation, steps: Floats, accuracy: Floats) -> str:
    """The furthest lag up to which the network is nearly always right."""
    good = np.nan_to_num(accuracy) >= 0.9
    reach = int(np.argmin(good)) if not good.all() else len(good)
    text = f"right at 9 of 10 up to {steps[reach - 1]:g} steps back" if reach else ""
    return " · ".join(t for t in (f"step {found.step:,}", "held-out part", text) if t)
