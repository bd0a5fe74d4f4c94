"""How much travels along each arrow of an unrolled graph, computed once per weight and layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.tracks.focus import Values, table
from rnnviz.tracks.kept import kept


@kept
def grouped_edges(graph: Graph) -> dict[str, list[Edge]]:
    """Edges by the weight they share; those without one by what weights them, or under ""."""
    groups: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        groups.setdefault(edge.parameter or edge.weights, []).append(edge)
    return groups


def travelling(snapshot: Snapshot, graph: Graph, mode: str) -> dict[str, Values]:
    """One number per edge of each group of `grouped_edges`.

    forward: ‖W h‖ where the edge has a matrix, α where attention weights it, 1 else;
    backward: ‖∂L/∂h‖ of the state it arrives at.
    """
    nodes = _by_id(graph)
    known: dict[tuple[str, str, str], _Sizes | None] = {}
    return {
        name: np.array([_size(snapshot, nodes, edge, mode, known) for edge in edges])
        for name, edges in grouped_edges(graph).items()
    }


@kept
def _by_id(graph: Graph) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes}


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Sizes over the time of an edge's `end`; over (target, source) when `end` is `both`."""

    values: Values
    end: str

    def of(self, source: Node, target: Node) -> float:
        if self.end == "both":
            return _at(self.values, target.time, source.time)
        return _at(self.values[None], 0, (source if self.end == "source" else target).time)


def _size(
    snapshot: Snapshot,
    nodes: dict[str, Node],
    edge: Edge,
    mode: str,
    known: dict[tuple[str, str, str], _Sizes | None],
) -> float:
    source, target = nodes[edge.source], nodes[edge.target]
    key = (edge.parameter or edge.weights, source.array, target.array)
    if key not in known:
        along = _backward if mode == "backward" else _forward
        known[key] = along(snapshot, edge, source.array, target.array)
    sizes = known[key]
    if sizes is None:
        return 0.0 if mode == "backward" else 1.0
    return sizes.of(source, target)


def _backward(snapshot: Snapshot, edge: Edge, source: str, target: str) -> _Sizes | None:
    for array, end in ((source, "source"), (target, "target")):
        gradient = table(snapshot, f"gradient/{array}") if array else None
        if gradient is not None:
            return _Sizes(np.linalg.norm(gradient, axis=1), end)
    return None


def _forward(snapshot: Snapshot, edge: Edge, source: str, target: str) -> _Sizes | None:
    if edge.weights:
        weights = table(snapshot, edge.weights)
        return None if weights is None else _Sizes(weights, "both")
    matrix = table(snapshot, f"parameter/{edge.parameter}") if edge.parameter else None
    carried = table(snapshot, source) if source and edge.parameter else None
    if carried is None:
        added = table(snapshot, f"{target.rpartition('/')[0]}/a_x") if edge.parameter else None
        return None if added is None else _Sizes(np.linalg.norm(added, axis=1), "target")
    if matrix is not None and matrix.shape[1] == carried.shape[1]:
        carried = carried @ matrix.T
    return _Sizes(np.linalg.norm(carried, axis=1), "source")


def _at(values: Values, row: int, column: int) -> float:
    inside = row < values.shape[0] and column < values.shape[1]
    return float(values[row, column]) if inside else 0.0
