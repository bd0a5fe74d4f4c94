"""Time constants: how many steps each leaky unit remembers, layer by layer."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Panel, Picture, Points
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import log_axis
from rnnviz.tracks.caption import subtitle
from rnnviz.tracks.focus import Values, named, series


class TimeConstants(View):
    """A dot per unit on a logarithmic axis; from left to right the quick ones to the slow ones."""

    name = "time_constants"
    title = "Time constants"
    sentence = "τ = −1/ln α of every leaky unit: after so many steps 1/e of its old value is left."
    needs = frozenset({"states", "gates"})
    depends = frozenset({"snapshot", "selection"})
    options = (Option("sorted", "Sorted", True, help="From quick to slow, else by index."),)
    menu_order = 45

    def missing(self, scene: Scene) -> str:
        """Says which cell has time constants."""
        if scene.snapshot is None or not _layers(scene.snapshot):
            return "Train leaky units: how long each of them remembers will be drawn here."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """One panel per layer."""
        snapshot = scene.snapshot
        assert snapshot is not None
        ordered = bool(scene.option(self, "sorted"))
        rows = tuple(
            (_panel(snapshot, part, layer, tau, ordered),) for part, layer, tau in _layers(snapshot)
        )
        return Picture(self.title, rows, subtitle(scene))


def _layers(snapshot: Snapshot) -> list[tuple[Part, int, Values]]:
    found = []
    for part in snapshot.structure.parts:
        for layer in range(part.layers):
            tau = series(snapshot, f"time_constant/{part.name}/{layer}")
            if tau is not None:
                found.append((part, layer, tau))
    return found


def _panel(snapshot: Snapshot, part: Part, layer: int, tau: Values, ordered: bool) -> Panel:
    units = np.argsort(tau, kind="stable") if ordered else np.arange(len(tau))
    values = np.log10(tau[units])
    dots = Points(
        np.arange(len(tau), dtype=float), values, "units", f"layer:{layer}", 5.0, "unit",
        tuple(int(unit) for unit in units),
    )  # fmt: skip
    label = "unit, quick to slow" if ordered else "unit"
    return Panel(
        f"tau/{part.name}/{layer}",
        Axis(label, low=-1.0, high=float(len(tau))),
        log_axis(values, "τ", "steps", least=(0, 1)),
        (dots,),
        title=named(snapshot, part, layer),
        note=f"{np.median(tau):.1f} steps in the middle, {tau.max():,.0f} at most",
        selects={"part": part.name, "layer": layer},
        height=2.0,
    )
