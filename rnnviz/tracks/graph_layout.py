"""Where the nodes of an unrolled graph stand, and how much detail a column can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rnnviz.contracts.graph import Graph, Node
from rnnviz.tracks.kept import kept

FULL, STRIPS, DENSE = "full", "strips", "dense"
FULL_PIXELS, STRIP_PIXELS = 54.0, 7.0
STATE_HEIGHT, NODE_HEIGHT, GAP = 1.5, 0.8, 0.8
STRIP_WIDTH = {"full": 1 / 3, "strips": 1 / 2, "dense": 1.0}
"""Width of a state in columns, by level; its inverse is a whole number."""

NODE_WIDTH = 0.86

WITH_UNITS = ("state", "hidden")
"""Kinds of nodes that are drawn with their units."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a graph is to be drawn.

    mode    `forward` or `backward`
    level   `full`, `strips` or `dense`
    dim     the axis it is linked to, "" when both axes stand in one panel
    column  pixels of a column, by which words are spared; 0 where all find room
    """

    mode: str
    level: str
    notation: str
    dim: str = "time"
    legend: bool = False
    column: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """A node's rectangle: centre and size in columns and row units."""

    x: float
    y: float
    width: float
    height: float


Places = Mapping[str, Place]


def level_of(pixels: float) -> str:
    """How much a column of this width can carry."""
    return FULL if pixels >= FULL_PIXELS else STRIPS if pixels >= STRIP_PIXELS else DENSE


def within(graph: Graph, window: tuple[float, float] | None) -> Graph:
    """The part of the graph that is in sight, one column more on each side."""
    if window is None:
        return graph
    low, high = window[0] - 1.5, window[1] + 1.5
    return _among(graph, tuple(node for node in graph.nodes if low <= node.time <= high))


@kept
def spared(graph: Graph, level: str) -> Graph:
    """Without the losses where a column has no room for their numbers, with the states alone where
    it has none for words; a tree has none for the true labels either, as its branches pass there.
    """
    if graph.is_tree:
        kinds = ("loss", "target")
        return _among(graph, tuple(node for node in graph.nodes if node.kind not in kinds))
    if level == FULL:
        return graph
    if level == DENSE and any(node.kind in WITH_UNITS for node in graph.nodes):
        return _among(graph, tuple(node for node in graph.nodes if node.kind in WITH_UNITS))
    return _among(graph, tuple(node for node in graph.nodes if node.kind != "loss"))


@kept
def only(graph: Graph, axis: str, kinds: frozenset[str]) -> Graph:
    """The nodes of these kinds along one axis, and the edges between them."""
    chosen = [node for node in graph.nodes if node.axis == axis and node.kind in kinds]
    if any(node.place is not None for node in chosen):
        # Over time a tree is one row of nodes; its branches would run through them.
        return Graph(tuple(replace(node, place=None, row=0) for node in chosen), ())
    return _among(graph, tuple(chosen))


@kept
def places_of(graph: Graph, level: str) -> dict[str, Place]:
    """The rectangle of every node; rows of states are taller, gaps leave room for arrows."""
    shift = _shift(graph)
    heights: dict[int, float] = {}
    for node in graph.nodes:
        row = _row(node, shift)
        heights[row] = max(heights.get(row, 0.0), _height(node))
    centres, bottom = {}, 0.0
    for row in sorted(heights):
        centres[row] = bottom + heights[row] / 2
        bottom += heights[row] + GAP
    return {node.id: _place(node, centres[_row(node, shift)], level) for node in graph.nodes}


def _among(graph: Graph, nodes: tuple[Node, ...]) -> Graph:
    ids = {node.id for node in nodes}
    edges = tuple(edge for edge in graph.edges if edge.source in ids and edge.target in ids)
    return Graph(nodes, edges)


def _shift(graph: Graph) -> int:
    # Both axes in one panel: what runs along `time` stands above the source.
    source = [node.row for node in graph.nodes if node.axis == "source_time"]
    target = [node.row for node in graph.nodes if node.axis == "time"]
    if not source or not target or min(target) > max(source):
        return 0
    return max(source) + 1 - min(target)


def _row(node: Node, shift: int) -> int:
    return node.row + (shift if node.axis == "time" else 0)


def _height(node: Node) -> float:
    return STATE_HEIGHT if node.kind in WITH_UNITS else NODE_HEIGHT


def _place(node: Node, y: float, level: str) -> Place:
    width = STRIP_WIDTH[level] if node.kind in WITH_UNITS else NODE_WIDTH
    return Place(node.x, y, width, _height(node))
