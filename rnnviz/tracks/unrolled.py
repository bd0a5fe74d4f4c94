"""The unrolled graph as a panel: states are strips of units, arrows as wide as what travels."""

from __future__ import annotations

from rnnviz.contracts.graph import Graph, Node
from rnnviz.contracts.picture import Axis, Mark, Panel
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.tracks.arrows import arrows
from rnnviz.tracks.caption import true_name
from rnnviz.tracks.graph_layout import DENSE, WITH_UNITS, Drawing, Places, places_of
from rnnviz.tracks.graph_nodes import other_nodes, state_nodes

NAMES = {
    "input": "read",
    "source": "source",
    "output": "predicted",
    "loss": "loss",
    "context": "context",
    "memory": "memory",
}


def unrolled(snapshot: Snapshot, graph: Graph, drawing: Drawing, panel_id: str) -> Panel:
    """The panel of `graph`, which must have nodes."""
    places = places_of(graph, drawing.level)
    marks: list[Mark] = []
    if drawing.level != DENSE:
        marks += arrows(snapshot, graph, places, drawing)
    marks += state_nodes(snapshot, graph, places, drawing)
    marks += other_nodes(snapshot, graph, places, drawing)
    last = max(node.x for node in graph.nodes)
    top = max(place.y + place.height / 2 for place in places.values())
    x = Axis(dim=drawing.dim, low=-0.5, high=last + 0.5, visible=False)
    y = Axis(low=-0.3, high=top + 0.3, ticks=_row_names(snapshot, graph, places))
    return Panel(panel_id, x, y, tuple(marks), legend=drawing.legend)


def _row_names(snapshot: Snapshot, graph: Graph, places: Places) -> tuple[tuple[float, str], ...]:
    names: dict[float, str] = {}
    for node in graph.nodes:
        height = places[node.id].y
        if height not in names:
            names[height] = _row_name(snapshot, node)
    if graph.is_tree:
        rows = sorted(places[node.id].y for node in graph.nodes if node.kind == "state")
        return (
            (min(names), "read"),
            (rows[0], "words"),
            *(((rows[-1], "root"),) * (len(rows) > 1)),
        )
    return tuple(sorted(names.items()))


def _row_name(snapshot: Snapshot, node: Node) -> str:
    if node.kind == "target":
        return true_name(snapshot)
    if node.kind == "source" and snapshot.tokens.grid != (0, 0):
        return "cells"
    if node.kind not in WITH_UNITS or node.array.count("/") != 2:
        return NAMES.get(node.kind, node.label)
    part_name, layer, quantity = node.array.split("/")
    parts = snapshot.structure.parts
    title = next((part.title for part in parts if part.name == part_name), part_name)
    if node.kind == "hidden":
        return title if quantity == "h" else quantity
    text = f"layer {int(layer) + 1}"
    return f"{quantity}  {text}" if len(parts) == 1 else f"{quantity}  {title} {text}"
