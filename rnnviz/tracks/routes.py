"""Ways of arrows around what stands between their ends: beside the columns, never across a row.

An arrow that passes a row leaves its node sideways, runs up or down between the columns and
enters its target from there. Many arrows of one weight into one node are drawn as a rail with one
arrow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from rnnviz.contracts.graph import Edge
from rnnviz.tracks.focus import Values
from rnnviz.tracks.graph_layout import GAP, Place, Places

LANE, LANES, NEXT = 0.44, 4, 0.018
"""Columns from a node's middle to the first lane beside it, how many there are, and between two."""

MANY = 4
"""So many arrows into one node are drawn as a rail."""

Piece = tuple[float, float, float, float]
"""x0, y0, x1, y1."""


def passes_a_row(edge: Edge, places: Places) -> bool:
    """Whether a straight arrow would run over what stands between its ends."""
    source, target = places[edge.source], places[edge.target]
    between = abs(target.y - source.y) - source.height / 2 - target.height / 2
    return not edge.weights and between > 1.0


def gathered(edges: Sequence[Edge], places: Places) -> list[list[int]]:
    """Indices of edges that lead from one row into one node, where they are many."""
    found: dict[tuple[str, float], list[int]] = defaultdict(list)
    for index, edge in enumerate(edges):
        if not edge.weights:
            found[edge.target, places[edge.source].y].append(index)
    return [indices for indices in found.values() if len(indices) >= MANY]


def around(source: Place, target: Place, lane: int) -> list[Piece]:
    """The pieces of an arrow that passes rows, in the order in which one walks along it."""
    way = float(np.sign(target.y - source.y))
    x = source.x + LANE + NEXT * (lane % LANES)
    start = source.y + way * 0.3 * source.height
    out = (source.x + source.width / 2, start, x, start)
    if source.x == target.x:
        end = target.y - way * 0.3 * target.height
        return [out, (x, start, x, end), (x, end, target.x + target.width / 2, end)]
    edge = target.y - way * target.height / 2
    end = edge - way * 0.5 * GAP
    return [out, (x, start, x, end), (x, end, target.x, end), (target.x, end, target.x, edge)]


def rail(sources: Sequence[Place], target: Place) -> tuple[Piece, Place]:
    """The line along many sources, and the place at its end from which the one arrow starts."""
    left, right = min(p.x for p in sources), max(p.x for p in sources)
    first = sources[0]
    way = float(np.sign(target.y - first.y))
    y = first.y + way * (first.height / 2 + 0.25 * GAP)
    return (left, y, right, y), Place(right, y, 0.0, 0.0)


def split(ways: Sequence[list[Piece]], backward: bool) -> tuple[Values, Values]:
    """The pieces without a head and those with one (n, 4): the last, or backward the first."""
    heads = [way[0] if backward else way[-1] for way in ways]
    others = [piece for way in ways for piece in (way[1:] if backward else way[:-1])]
    return np.array(others).reshape(-1, 4), np.array(heads).reshape(-1, 4)
