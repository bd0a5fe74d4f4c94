"""The arrows of an unrolled graph. One colour is one shared weight, the width what travels there.

Forward that is ‖W h‖, the length of what the matrix adds to the target; backward log₁₀ ‖∂L/∂h‖.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.graph import Edge, Graph
from rnnviz.contracts.picture import Mark, Segments, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.style.notation import write
from rnnviz.tracks import routes
from rnnviz.tracks.focus import Values, named
from rnnviz.tracks.graph_layout import FULL, GAP, Drawing, Place, Places
from rnnviz.tracks.scales import ATTENTION, GRADIENT, log10
from rnnviz.tracks.travel import grouped_edges, travelling

THINNEST = 0.5
WIDEST = {"full": 4.0, "strips": 1.8}
LEAST_ATTENTION = 0.03
PLACEHOLDERS = {
    "input_hidden": "{W}",
    "hidden_hidden": "{U}",
    "readout": "{V}",
    "embedding": "E",
    "skip": "S",
    "output_hidden": "{U}",
}


def arrows(snapshot: Snapshot, graph: Graph, places: Places, drawing: Drawing) -> list[Mark]:
    """A group of arrows per shared weight, and one for those without; letters if there is room."""
    groups = grouped_edges(graph)
    sizes = travelling(snapshot, graph, drawing.mode)
    widths = _widths(sizes, drawing)
    colours = _colours(graph)
    marks: list[Mark] = []
    for lane, (name, edges) in enumerate(groups.items()):
        group = _Group(edges, colours.get(name, "muted"), sizes[name], widths[name], lane)
        near = _near(edges, places, drawing.level == FULL and not graph.is_tree)
        if not near.all():
            marks += _around(group.only(~near), places, drawing)
            group = group.only(near)
        if not group.edges:
            continue
        straight, ends = _straight(group, places, drawing)
        marks += straight
        beside = graph.is_tree and bool((ends[:, 1] == ends[:, 3]).all())
        if drawing.level == FULL and name in colours and not beside:
            marks.append(_letters(snapshot, name, ends, group.colour, drawing.notation))
    return marks


@dataclass(frozen=True, slots=True)
class _Group:
    """Edges that share a weight, with what travels on each and how wide that makes it."""

    edges: list[Edge]
    colour: str
    sizes: Values
    widths: Values
    lane: int

    def only(self, chosen: NDArray[np.bool_]) -> _Group:
        kept = [edge for edge, wanted in zip(self.edges, chosen, strict=True) if wanted]
        return replace(self, edges=kept, sizes=self.sizes[chosen], widths=self.widths[chosen])


def _near(edges: list[Edge], places: Places, detailed: bool) -> NDArray[np.bool_]:
    """Which arrows are straight: all but those past a row and the many into one node."""
    near = np.ones(len(edges), dtype=bool)
    if detailed:
        near = np.array([not routes.passes_a_row(edge, places) for edge in edges])
        for many in routes.gathered(edges, places):
            near[many] = False
    return near


def _around(group: _Group, places: Places, drawing: Drawing) -> list[Mark]:
    """Arrows that go round what lies between, the many into one node as a rail with one arrow."""
    ways, shares = [], []
    many = routes.gathered(group.edges, places)
    for indices in many:
        sources = [places[group.edges[index].source] for index in indices]
        target = places[group.edges[indices[0]].target]
        along, start = routes.rail(sources, target)
        ways.append([along, *routes.around(start, target, group.lane)])
        shares.append(indices)
    for index in sorted({*range(len(group.edges))} - {at for indices in many for at in indices}):
        edge = group.edges[index]
        ways.append(routes.around(places[edge.source], places[edge.target], group.lane))
        shares.append([index])
    return _walked(group, ways, shares, drawing)


def _walked(
    group: _Group, ways: list[list[routes.Piece]], shares: list[list[int]], drawing: Drawing
) -> list[Mark]:
    """Ways as marks, each as wide as the mean of what the edges in its share carry."""
    sizes = np.array([group.sizes[indices].mean() for indices in shares])
    widths = np.array([group.widths[indices].mean() for indices in shares])
    plain, headed = routes.split(ways, drawing.mode == "backward")
    count = [len(way) - 1 for way in ways]
    look = group.edges[0], group.colour, drawing
    rest = _segments(look[0], plain, np.repeat(sizes, count), np.repeat(widths, count), *look[1:])
    return [replace(rest, arrows=False), _segments(look[0], headed, sizes, widths, *look[1:])]


def _straight(group: _Group, places: Places, drawing: Drawing) -> tuple[list[Mark], Values]:
    """Straight arrows, over a row of its own as roofs; and their ends (n, 4)."""
    edges, marks = group.edges, list[Mark]()
    ends = np.array([_ends(places[e.source], places[e.target]) for e in edges])
    seen = _seen(edges[0], group.sizes)
    found = group.sizes[seen], group.widths[seen]
    over = _over(edges, places)
    if over.any():
        ends, first = _bent(ends, places[edges[0].source].height, drawing.mode)
        half = _segments(edges[0], first[seen], *found, group.colour, drawing)
        marks.append(replace(half, arrows=False))
    marks.append(_segments(edges[0], ends[seen], *found, group.colour, drawing))
    return marks, ends


def letter(snapshot: Snapshot, parameter: str, notation: str) -> str:
    """The mathtext letter of a weight matrix, e.g. `$W$`; empty where it has none."""
    infos = snapshot.structure.parameters
    role = next((info.role for info in infos if info.name == parameter), "")
    symbols = PLACEHOLDERS.get(role)
    return f"${write(symbols, notation)}$" if symbols else ""


def key(snapshot: Snapshot, parameter: str, notation: str) -> str:
    """A weight matrix in a legend: `W layer 2`, its own name where it has no letter."""
    info = next((i for i in snapshot.structure.parameters if i.name == parameter), None)
    # Legends are plain text: `W_{hx}` is written W_hx there.
    symbol = re.sub("[{}$]", "", letter(snapshot, parameter, notation))
    if info is None or not symbol:
        return parameter
    part = next((part for part in snapshot.structure.parts if part.name == info.part), None)
    text = symbol if part is None else f"{symbol} {named(snapshot, part, info.layer)}"
    place = info.role, info.part, info.layer
    alike = [i for i in snapshot.structure.parameters if (i.role, i.part, i.layer) == place]
    # A layer with a matrix per lag: what tells them apart is the end of their names.
    return text if len(alike) == 1 else f"{text} {parameter.rpartition('.')[2].replace('_', ' ')}"


def _seen(edge: Edge, sizes: Values) -> NDArray[np.bool_]:
    """All arrows, but of attention only those that carry something: no grey veil."""
    return sizes >= LEAST_ATTENTION if edge.weights else np.ones(len(sizes), dtype=bool)


def _colours(graph: Graph) -> dict[str, str]:
    names = dict.fromkeys(edge.parameter for edge in graph.edges if edge.parameter)
    return {name: f"series:{index}" for index, name in enumerate(names)}


def _ends(source: Place, target: Place) -> tuple[float, float, float, float]:
    """From the side of the source that faces the target to the target's facing side."""
    if source.y == target.y:
        way = np.sign(target.x - source.x)
        return (
            source.x + way * source.width / 2,
            source.y,
            target.x - way * target.width / 2,
            target.y,
        )
    way = np.sign(target.y - source.y)
    far = abs(target.y - source.y) > source.height / 2 + target.height / 2 + 1.0
    # An arrow past a row in between runs beside that row's strip instead of across it.
    aside = 0.23 if far and source.x == target.x else 0.0
    return (
        source.x + aside,
        source.y + way * source.height / 2,
        target.x + aside * 0.6,
        target.y - way * target.height / 2,
    )


def _over(edges: list[Edge], places: Places) -> NDArray[np.bool_]:
    """Which arrows pass over the nodes between their ends: those that skip steps in one row."""
    return np.array([abs(e.span) > 1 and places[e.source].y == places[e.target].y for e in edges])


def _bent(ends: Values, height: float, mode: str) -> tuple[Values, Values]:
    """Arrows within a row as roofs over it: the half with the head, and the half before."""
    x0, y0, x1, y1 = ends.T
    top, middle = height / 2, (x0 + x1) / 2
    ridge = y0 + top + 0.3 * GAP
    inset = np.sign(x1 - x0) * 0.1
    up = np.stack((x0 - inset, y0 + top, middle, ridge), axis=1)
    down = np.stack((middle, ridge, x1 + inset, y1 + top), axis=1)
    return (up, down) if mode == "backward" else (down, up)


def _segments(
    edge: Edge, ends: Values, sizes: Values, widths: Values, colour: str, drawing: Drawing
) -> Segments:
    """The arrows of a group that `edge` stands for."""
    x0, y0, x1, y1 = ends.T
    values, scale = (sizes, ATTENTION) if edge.weights else (None, None)
    if drawing.mode == "backward":
        x0, y0, x1, y1 = x1, y1, x0, y0
        values, scale = log10(sizes), GRADIENT
    return Segments(
        x0, y0, x1, y1, edge.parameter or edge.weights,
        widths=widths,
        values=values,
        scale=scale,
        colour=colour,
        arrows=drawing.level == FULL,
    )  # fmt: skip


def _letters(snapshot: Snapshot, name: str, ends: Values, colour: str, notation: str) -> Texts:
    x = ends[:, [0, 2]].mean(axis=1)
    y = ends[:, [1, 3]].mean(axis=1)
    level = np.abs(ends[:, 1] - ends[:, 3]) < 1e-9
    # The letter of an arrow that passes another row would stand on that row's words.
    short = np.abs(ends[:, 1] - ends[:, 3]) < 1.5 * GAP
    symbol = letter(snapshot, name, notation)
    return Texts(
        (x + np.where(level, 0.0, 0.13))[short],
        (y + np.where(level, 0.2, 0.0))[short],
        (symbol,) * int(short.sum()),
        colour=colour,
        size=0.85,
        math=True,
    )


def _widths(sizes: dict[str, Values], drawing: Drawing) -> dict[str, Values]:
    if drawing.mode == "backward":
        every = np.concatenate([*sizes.values(), np.zeros(1)])
        low, high = GRADIENT.low, max(float(log10(every).max()), GRADIENT.low + 1)
        shares = {name: (log10(values) - low) / (high - low) for name, values in sizes.items()}
    else:
        # Weights of attention are shares already; they do not compare with lengths.
        lengths = [values for name, values in sizes.items() if name != "attention"]
        largest = max(float(np.nan_to_num(np.concatenate([*lengths, np.zeros(1)])).max()), 1e-12)
        shares = {n: v if n == "attention" else v / largest for n, v in sizes.items()}
    span = WIDEST.get(drawing.level, 1.0) - THINNEST
    return {n: THINNEST + span * np.clip(np.nan_to_num(s), 0, 1) for n, s in shares.items()}
