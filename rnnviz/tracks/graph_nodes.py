"""The nodes of an unrolled graph: strips of units for states, boxes with words for the others."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.graph import Graph, Node
from rnnviz.contracts.picture import Boxes, Heatmap, Mark, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.style.notation import write
from rnnviz.tracks.caption import tokens_of
from rnnviz.tracks.focus import Values, series, table
from rnnviz.tracks.graph_layout import (
    DENSE,
    FULL,
    STATE_HEIGHT,
    STRIP_WIDTH,
    WITH_UNITS,
    Drawing,
    Places,
    places_of,
)
from rnnviz.tracks.kept import kept
from rnnviz.tracks.order import unit_order
from rnnviz.tracks.scales import scale_of
from rnnviz.tracks.tokens import LETTER_PIXELS, shorten, verdicts

MOST_GROUPS = 24
LEAST_LETTERS, MOST_LETTERS = 4, 9
"""Of a word in a column: with fewer it could not be guessed."""
LOOSE = 0.05
"""Of a letter, between single letters in neighbouring columns."""


def state_nodes(snapshot: Snapshot, graph: Graph, places: Places, drawing: Drawing) -> list[Mark]:
    """One image per layer, its columns the nodes' strips, with outlines to be clicked."""
    marks: list[Mark] = []
    for (array, _, _), (nodes, boxes) in _states(graph, drawing.level).items():
        if drawing.level != DENSE:
            marks.append(boxes)
        marks += _strip(snapshot, array, nodes, places, drawing)
        if drawing.level == FULL and not graph.is_tree:
            marks.append(_letters(nodes, places, drawing.notation))
    return marks


@kept
def _states(
    graph: Graph, level: str
) -> dict[tuple[str, float | None, int], tuple[list[Node], Boxes]]:
    """Nodes that belong into one image, and their outlines."""
    rows: dict[tuple[str, float | None, int], list[Node]] = {}
    for node in graph.nodes:
        if node.kind in WITH_UNITS:
            # Where columns are not times, as in a tree, every node is an image of its own.
            rows.setdefault((node.array, node.place, node.row), []).append(node)
    places = places_of(graph, level)
    return {row: (nodes, _boxes(nodes, places)) for row, nodes in rows.items()}


def other_nodes(snapshot: Snapshot, graph: Graph, places: Places, drawing: Drawing) -> list[Mark]:
    """Inputs, outputs, targets, losses, contexts: boxes if there is room, else only words."""
    kinds: dict[tuple[str, str], list[Node]] = {}
    for node in graph.nodes:
        if node.kind not in WITH_UNITS:
            kinds.setdefault((node.kind, node.axis), []).append(node)
    marks: list[Mark] = []
    for nodes in kinds.values() if drawing.level != DENSE else ():
        if drawing.level == FULL and not (graph.is_tree and nodes[0].kind == "output"):
            marks.append(_boxes(nodes, places))
        marks.append(_says(snapshot, nodes, places, drawing))
    return marks


def _boxes(nodes: list[Node], places: Places) -> Boxes:
    at = [places[node.id] for node in nodes]
    return Boxes(
        np.array([place.x for place in at]),
        np.array([place.y for place in at]),
        np.array([place.width for place in at]),
        np.array([place.height for place in at]),
        outline="faint",
        rounded=False,
        selects=tuple(_selects(node) for node in nodes),
    )


def _selects(node: Node) -> dict[str, int | str]:
    chosen: dict[str, int | str] = {node.axis: node.time}
    if node.kind in WITH_UNITS and node.array.count("/") == 2:
        part, layer, quantity = node.array.split("/")
        chosen |= {"part": part, "layer": int(layer), "quantity": quantity}
    return chosen


def _strip(
    snapshot: Snapshot, array: str, nodes: list[Node], places: Places, drawing: Drawing
) -> list[Mark]:
    values = table(snapshot, array)
    times = sorted(node.time for node in nodes if values is not None and node.time < len(values))
    if values is None or not times:
        return []
    part_name, layer, quantity = array.split("/")
    part = snapshot.structure.part(part_name)
    order = unit_order(snapshot, part, int(layer), values.shape[1], "similarity")
    image = grouped(values[times[0] : times[-1] + 1, order]).T[::-1]
    dy = STATE_HEIGHT / len(image)
    return [
        Heatmap(
            _apart(image, drawing.level),
            scale_of(part.cell, quantity, values),
            x0=min(places[node.id].x for node in nodes if node.time in times),
            y0=places[nodes[0].id].y - STATE_HEIGHT / 2 + dy / 2,
            dx=STRIP_WIDTH[drawing.level],
            dy=dy,
            label=array,
            blank=drawing.level != DENSE,
        )
    ]


def grouped(values: Values) -> Values:
    """(time, unit) with neighbouring units averaged until at most `MOST_GROUPS` columns remain."""
    units = values.shape[1]
    if units <= MOST_GROUPS:
        return values
    starts = np.linspace(0, units, MOST_GROUPS, endpoint=False).astype(int)
    return np.add.reduceat(values, starts, axis=1) / np.diff(np.append(starts, units))


def _apart(image: Values, level: str) -> Values:
    """Blank columns after every strip, so that strips narrower than a column stand apart."""
    every = round(1 / STRIP_WIDTH[level])
    wide = np.full((len(image), every * (image.shape[1] - 1) + 1), np.nan)
    wide[:, ::every] = image
    return wide


def _letters(nodes: list[Node], places: Places, notation: str) -> Texts:
    at = [places[node.id] for node in nodes]
    symbol = f"${write('{' + (nodes[0].label[:1] or 'h') + '}', notation)}$"
    return Texts(
        np.array([place.x + place.width / 2 + 0.04 for place in at]),
        np.array([place.y + place.height * 0.36 for place in at]),
        (symbol,) * len(nodes),
        colour="muted",
        size=0.85,
        anchor="left",
        math=True,
    )


def _legible(snapshot: Snapshot, nodes: list[Node], drawing: Drawing) -> list[Node]:
    """Every one, or every second, third, … where their words would run into one another."""
    texts, _ = _sayings(snapshot, nodes, drawing)
    longest = max((len(text) for text in texts), default=1)
    # Single letters stand close in print too; words need a blank between them.
    wide = LETTER_PIXELS * (longest + (LOOSE if longest == 1 else 1))
    every = ceil(wide / drawing.column) if drawing.column else 1
    # Not from the first on: it would run into the row's name.
    return nodes[min(every // 2, len(nodes) - 1) :: every]


def _says(snapshot: Snapshot, nodes: list[Node], places: Places, drawing: Drawing) -> Texts:
    nodes = _legible(snapshot, nodes, drawing)
    at = [places[node.id] for node in nodes]
    texts, colours = _sayings(snapshot, nodes, drawing)
    return Texts(
        np.array([place.x for place in at]),
        np.array([place.y for place in at]),
        texts,
        nodes[0].kind,
        colours=colours,
        size=0.9 if nodes[0].kind == "loss" else 1.0,
        monospace=nodes[0].kind in ("input", "source", "output", "target"),
        selects=tuple(_selects(node) for node in nodes),
    )


def _sayings(
    snapshot: Snapshot, nodes: list[Node], drawing: Drawing
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kind, axis, full = nodes[0].kind, nodes[0].axis, drawing.level == FULL
    tokens = {
        "output": snapshot.tokens.output,
        "target": snapshot.tokens.target,
    }.get(kind, tokens_of(snapshot, axis))
    if kind == "loss":
        return _losses(snapshot, nodes, full), ("warning",) * len(nodes)
    if kind == "source" and snapshot.tokens.grid != (0, 0):
        return ("·",) * len(nodes), ("muted",) * len(nodes)
    if kind in ("context", "memory"):
        return tuple(node.label if full else "·" for node in nodes), ("muted",) * len(nodes)
    room = _letters_in(drawing) if len(nodes) > 1 else MOST_LETTERS
    texts = tuple(shorten(_get(tokens, node.time), room) for node in nodes)
    if kind != "output":
        return texts, ("text",) * len(nodes)
    right = verdicts(snapshot, max(node.time for node in nodes) + 1)
    return texts, tuple(_get(right, node.time) or "muted" for node in nodes)


def _letters_in(drawing: Drawing) -> int:
    """Letters of a word that a column has room for; where that is next to none, words are spared
    instead.
    """
    room = int(drawing.column / LETTER_PIXELS) - 1
    return min(room, MOST_LETTERS) if room >= LEAST_LETTERS else MOST_LETTERS


def _losses(snapshot: Snapshot, nodes: list[Node], full: bool) -> tuple[str, ...]:
    values: NDArray[np.float64] | None = series(snapshot, "loss")
    if values is None:
        return tuple("L" if full else "" for _ in nodes)
    decimals = 2 if full else 0
    return tuple(
        f"{values[node.time]:.{decimals}f}" if node.time < len(values) else "" for node in nodes
    )


def _get(items: tuple[str, ...], index: int) -> str:
    return items[index] if 0 <= index < len(items) else ""
