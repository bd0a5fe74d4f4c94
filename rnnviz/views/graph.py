"""The unrolled graph: what each step is computed from, and how much travels on each arrow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnviz.contracts.graph import Graph
from rnnviz.contracts.picture import Line, Panel, Picture, Segments
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.arrows import key
from rnnviz.tracks.caption import absent, plural, subtitle
from rnnviz.tracks.focus import parts_with
from rnnviz.tracks.graph_layout import DENSE, FULL, WITH_UNITS, Drawing, level_of, spared, within
from rnnviz.tracks.tokens import column_pixels
from rnnviz.tracks.unrolled import unrolled

MOST_FULL = 24
"""Columns that are drawn with letters at most, however wide the view is."""


class GraphView(View):
    """An index into the data: a click on any node selects its time, layer and part everywhere."""

    name = "graph"
    title = "Unrolled graph"
    sentence = (
        "Inputs, states, outputs and losses over time; equal colours are one shared weight matrix."
    )
    needs = frozenset({"states", "preactivations", "gradients", "next", "attention", "parameters"})
    depends = frozenset({"snapshot", "window"})
    options = (
        Option(
            "mode", "Show", "forward", ("forward", "backward"),
            "What travels: activations to the right, or gradients to the left.",
        ),
    )  # fmt: skip
    menu_order = 25

    def missing(self, scene: Scene) -> str:
        """Waits for the first look inside."""
        snapshot = scene.snapshot
        if snapshot is None or not snapshot.graph.nodes or not parts_with(snapshot, "h"):
            invitation = (
                "Start training or open a run: its network will be unrolled over the probe here."
            )
            return absent(scene, "state", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """One panel; for a translation both axes stand in it, the source below."""
        snapshot = scene.snapshot
        assert snapshot is not None
        nodes = snapshot.graph.nodes
        both = {node.axis for node in nodes} == {"time", "source_time"} or snapshot.graph.is_tree
        graph = within(snapshot.graph, None if both else scene.window)
        graph = graph if graph.nodes else snapshot.graph
        level = _level(scene, snapshot)
        mode = scene.choice(self, "mode")
        dim = "" if both else "time"
        graph = spared(graph, level)
        drawing = Drawing(mode, level, scene.notation, dim, legend=level != DENSE)
        if not snapshot.graph.is_tree:
            drawing = replace(drawing, column=column_pixels(scene, _columns(scene, snapshot)))
        panel = _keyed(snapshot, unrolled(snapshot, graph, drawing, "graph"), drawing)
        text = subtitle(scene, _explained(graph, drawing))
        return Picture(self.title, ((replace(panel, height=_height(graph)),),), text)


def _columns(scene: Scene, snapshot: Snapshot) -> int:
    """How many stand side by side in sight."""
    cells = snapshot.tokens.grid != (0, 0)  # many of them stand close together
    source = 0 if cells else len(snapshot.tokens.source)
    columns = max(source, len(snapshot.tokens.input), 1)
    if snapshot.graph.is_tree:
        columns = 1 + round(max(node.x for node in snapshot.graph.nodes))
    if scene.window is not None:
        columns = max(1, min(columns, round(scene.window[1] - scene.window[0])))
    return columns


def _level(scene: Scene, snapshot: Snapshot) -> str:
    columns = _columns(scene, snapshot)
    level = level_of(column_pixels(scene, columns))
    return "strips" if level == FULL and columns > MOST_FULL else level


def _keyed(snapshot: Snapshot, panel: Panel, drawing: Drawing) -> Panel:
    """With a key: one line per shared weight in the colour of its arrows."""
    if drawing.mode == "backward":
        scales = [getattr(mark, "scale", None) for mark in panel.marks]
        shown = next((s for s in scales if s is not None and s.name == "magnitude"), None)
        return replace(panel, legend=False, colour_bar=shown)
    found = [mark for mark in panel.marks if isinstance(mark, Segments) and ":" in mark.colour]
    shared = list({mark.label: mark for mark in found}.values())
    nowhere = np.full(1, np.nan)
    names = [key(snapshot, mark.label, drawing.notation) for mark in shared]
    keys = [
        Line(nowhere, nowhere, name, mark.colour, 2.0)
        for name, mark in zip(names, shared, strict=True)
    ]
    return replace(panel, marks=(*panel.marks, *keys), legend=bool(keys))


def _height(graph: Graph) -> float:
    rows = {(node.axis, node.row): node.kind for node in graph.nodes}
    return 0.15 + sum(0.4 if kind in WITH_UNITS else 0.25 for kind in rows.values())


def _explained(graph: Graph, drawing: Drawing) -> str:
    if drawing.level == DENSE:
        return f"{plural(len(graph.nodes), 'node')}; zoom in to see the arrows"
    if drawing.mode == "backward":
        return "arrows: log₁₀ ‖∂L/∂h‖ going back through time"
    return "colour: shared weight · width: ‖W h‖ along the arrow"
