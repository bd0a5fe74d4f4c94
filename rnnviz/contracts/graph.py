"""The unrolled computational graph as data: what a model computes at each time, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NodeKind = Literal[
    "input", "state", "output", "target", "loss", "context", "source", "hidden", "memory"
]


@dataclass(frozen=True, slots=True)
class Node:
    """One variable of the unrolled graph.

    id     unique, e.g. `recurrent/1/h@7`
    kind   what it is; `hidden`: a layer between states that is none itself
    time   column on the axis `axis`
    axis   `time` or `source_time`
    row    vertical order, 0 at the bottom (inputs), growing towards outputs and losses
    label  symbol in the default notation, e.g. `h`
    array  address of the array whose row at `time` holds this node's units, or ""
    place  column where it is drawn when that is not `time` (in a tree: between its children)
    """

    id: str
    kind: NodeKind
    time: int
    axis: Literal["time", "source_time"]
    row: int
    label: str
    array: str = ""
    place: float | None = None

    @property
    def x(self) -> float:
        """Column where it is drawn."""
        return float(self.time) if self.place is None else self.place


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

    @property
    def is_tree(self) -> bool:
        """True where columns are not times: the states of a tree stand between their children."""
        return any(node.kind == "state" and node.place is not None for node in self.nodes)

    def node(self, node_id: str) -> Node:
        """The node with this id; KeyError when there is none."""
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)
