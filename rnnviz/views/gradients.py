"""Gradients through time: how far back the loss reaches into the states, now and earlier."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Heatmap, Mark, Panel, Picture, Rule
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.axes import numbered_last, time_axis
from rnnviz.tracks.borders import chunk_of, with_borders
from rnnviz.tracks.caption import absent, plural, subtitle
from rnnviz.tracks.focus import focus, looking, named, selects
from rnnviz.tracks.gradient import gradient_norms, gradient_track, layers_with_gradients
from rnnviz.tracks.scales import GRADIENT, log10
from rnnviz.tracks.tokens import token_track


class Gradients(View):
    """‖∂L/∂h_t‖ of every layer over t, and under it the same for earlier steps of training."""

    name = "gradients"
    title = "Gradients through time"
    sentence = "How strongly the probe's loss depends on each state: vanishing falls to the left."
    needs = frozenset({"states", "gradients"})
    depends = frozenset({"snapshot", "past", "selection", "window", "step", "corpus"})
    group = "Gradients"
    menu_order = 50

    def missing(self, scene: Scene) -> str:
        """Waits for a look that computed gradients."""
        snapshot = scene.snapshot
        axes = ("source_time", "time") if focus(scene) is not None else ()
        if snapshot is not None and any(layers_with_gradients(snapshot, axis) for axis in axes):
            return ""
        invitation = "Start training or open a run: gradients through time will be drawn here."
        return absent(scene, "gradient", invitation)

    def draw(self, scene: Scene) -> Picture:
        """Both axes of a translation, the source first."""
        snapshot, _ = looking(scene)
        tracks: list[Panel | None] = []
        for axis in ("source_time", "time"):
            found = layers_with_gradients(snapshot, axis)
            if not found:
                continue
            tracks += [token_track(scene, snapshot, axis), gradient_track(snapshot, axis, 3.0)]
            tracks += [_over_training(scene, snapshot, part, layer) for part, layer, _ in found]
        shown = [track for track in tracks if track is not None]
        rows = tuple((track,) for track in numbered_last(with_borders(shown, chunk_of(scene))))
        text = subtitle(scene, "L: loss summed over the probe")
        return Picture(self.title, rows, text, stacked=True)


def _over_training(scene: Scene, snapshot: Snapshot, part: Part, layer: int) -> Panel | None:
    """Steps of training downwards, time to the right; None before the second look."""
    steps, rows = _history(scene, snapshot, part, layer)
    if len(rows) < 2:
        return None
    length = max(len(row) for row in rows)
    image = np.full((len(rows), length), np.nan)
    for index, row in enumerate(rows):
        image[index, : len(row)] = row
    image = log10(image)
    label = f"log10 norm {named(snapshot, part, layer)}"
    marks: tuple[Mark, ...] = (Heatmap(image, GRADIENT, label=label),)
    if scene.selection.step is not None:
        marks += (Rule("y", float(steps.index(snapshot.step)), style="solid", colour="cursor"),)
    return Panel(
        f"over_training/{part.name}/{layer}",
        time_axis(snapshot, part.axis, length),
        _steps_axis(steps),
        marks,
        title=named(snapshot, part, layer),
        note=f"{plural(len(steps), 'look')}, step ↓",
        selects=selects(part, layer),
        height=2.2,
        colour_bar=GRADIENT,
    )


def _history(
    scene: Scene, snapshot: Snapshot, part: Part, layer: int
) -> tuple[list[int], list[np.ndarray]]:
    """Steps and gradient norms of all looks, oldest first, one per step."""
    known: dict[int, np.ndarray] = {}
    for look in (*scene.past, snapshot):
        norms = gradient_norms(look, part, layer)
        if norms is not None:
            known[look.step] = norms
    steps = sorted(known)
    return steps, [known[step] for step in steps]


def _steps_axis(steps: list[int]) -> Axis:
    places = sorted({0, len(steps) // 2, len(steps) - 1})
    ticks = tuple((float(place), f"{steps[place]:,}") for place in places)
    return Axis("step", low=-0.5, high=len(steps) - 0.5, inverted=True, ticks=ticks)
