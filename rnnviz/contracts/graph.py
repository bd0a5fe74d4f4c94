"""The unrolled computational graph as data: what a model computes at each time, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NodeKind = Literal["input", "state", "output", "target", "loss", "context", "source"]


@dataclass(frozen=True, slots=True)
class Node:
    """One variable of the unrolled graph.

    id     unique, e.g. `recurrent/1/h@7`
    kind   what it is
    time   column on the axis `axis`
    axis   `time` or `source_time`
    row    vertical order, 0 at the bottom (inputs), growing towards outputs and losses
    label  symbol in the default notation, e.g. `h`
    array  address of the array whose row at `time` holds this node's units, or ""
    """

    id: str
    kind: NodeKind
    time: int
    axis: Literal["time", "source_time"]
    row: int
    label: str
    array: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency. Edges with equal, non-empty `parameter` share one weight matrix.

    span     how many time steps it crosses (negative: against time, as in a backward direction)
    weights  address of the array whose entry at the target weights this edge (attention), or ""
    """

    source: str
    target: str
    parameter: str = ""
    span: int = 0
    weights: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """All variables and what each is computed from."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, node_id: str) -> Node:
        """The node with this id; KeyError when there is none."""
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)
