"""A recursive network: the same weights join two children to a parent, up to the root of a tree
(Goodfellow et al. 10.6; Pollack 1990; Socher et al. 2011).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.model import Batch, Model, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import CellInfo, Equation, Part, Quantity, Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.start import initialise

_SOURCE = "Goodfellow et al. 10.6"
_INFO = CellInfo(
    "recursive",
    "recursive unit",
    ("h",),
    ("h",),
    (Quantity("h", "node", "state", None, None,
              "A leaf is its word's vector; a parent is tanh of a weighted sum of its children."),),
    (Equation("h", r"{h} = \tanh(W_l\, h_l + W_r\, h_r + b)", "", _SOURCE),),
    spans=(),
)  # fmt: skip


class RecursiveTree(Model):
    """Leaves are word vectors, above them h = tanh(W_l h_left + W_r h_right + b); logits at all."""

    name = "recursive_tree"
    title = "recursive network"
    shapes = ("trees",)
    shows = ("graph",)
    looks_ahead = True
    ignores = ("cell", "layers", "input", "embedding_size", "nonlinearity")

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        size = config.hidden_size
        self.size, self.dropout = size, config.dropout
        self.embedding = nn.Embedding(sizes.inputs, size)
        self.left = nn.Linear(size, size)
        self.right = nn.Linear(size, size, bias=False)
        self.readout = nn.Linear(size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        """Nodes of equal height are computed together, over the whole batch."""
        children = _children(batch)
        rows, nodes = batch.inputs.shape
        h = self.embedding(batch.inputs).flatten(0, 1)  # (B N, H)
        offset = torch.arange(rows, device=h.device)[:, None, None] * nodes
        pairs = (children + offset).flatten(0, 1)  # (B N, 2)
        for level in _levels(children):
            left, right = h[pairs[level, 0]], h[pairs[level, 1]]
            joined = torch.tanh(self.left(left) + self.right(right))
            h = h.index_copy(0, level, joined)
        return Output(self._read(h.view(rows, nodes, -1)))

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        """Node after node; in every row the first tree's nodes are named."""
        children = _children(batch)
        words = self.embedding(batch.inputs)
        found: list[Tensor] = []
        for k in range(batch.inputs.shape[1]):
            name = tap.at("tree", 0, k)
            inner = (children[:, k, 0] >= 0)[:, None]
            a = name("a_x", torch.where(inner, self._sum(found, children[:, k]), words[:, k]))
            found.append(name("h", torch.where(inner, torch.tanh(a), a)))
        return Output(self._read(torch.stack(found, 1)))

    def _sum(self, found: list[Tensor], pair: Tensor) -> Tensor:
        """W_l h_left + W_r h_right + b for the nodes `pair` (B, 2); of leaves anything."""
        if not found:
            return torch.zeros(len(pair), self.size, dtype=self.left.weight.dtype)
        h, rows = torch.stack(found, 1), torch.arange(len(pair))
        left, right = (h[rows, side.clamp(min=0)] for side in pair.unbind(1))
        joined: Tensor = self.left(left) + self.right(right)
        return joined

    def _read(self, h: Tensor) -> Tensor:
        logits: Tensor = self.readout(F.dropout(h, self.dropout, self.training))
        return logits

    @property
    def structure(self) -> Structure:
        roles = {
            "embedding": "embedding",
            "left": "left child",
            "right": "right child",
            "readout": "readout",
        }
        part = Part("tree", "tree", _INFO, 1, self.size)
        title = f"recursive network {self.size}"
        return Structure(self.name, title, (part,), description.parameters(self, roles))

    def graph(self, plan: Plan) -> Graph:
        places, heights = _layout(plan.children)
        nodes: list[Node] = []
        edges: list[Edge] = []
        for k, children in enumerate(plan.children):
            here, row = f"tree/0/h@{k}", 2 * heights[k] + 1
            nodes.append(Node(here, "state", k, "time", row, "h", "tree/0/h", places[k]))
            if not children:
                nodes.append(Node(f"input@{k}", "input", k, "time", 0, "x", "", places[k]))
                edges.append(Edge(f"input@{k}", here, "embedding.weight"))
            for child, side in zip(children, ("left", "right"), strict=False):
                edges.append(Edge(f"tree/0/h@{child}", here, f"{side}.weight"))
            if k in plan.asked:
                nodes += _beside(k, row, places[k])
                edges.append(Edge(here, f"output@{k}", "readout.weight"))
                edges.append(Edge(f"output@{k}", f"loss@{k}"))
                edges.append(Edge(f"target@{k}", f"loss@{k}"))
        return Graph(tuple(nodes), tuple(edges))


def _beside(k: int, row: int, place: float) -> list[Node]:
    """What a node says, beside it; the loss and what is true, above."""
    return [
        Node(f"output@{k}", "output", k, "time", row, "o", "next/probability", place + 0.42),
        Node(f"loss@{k}", "loss", k, "time", row + 1, "L", "loss", place + 0.42),
        Node(f"target@{k}", "target", k, "time", row + 1, "y", "", place - 0.3),
    ]


def _children(batch: Batch) -> Tensor:
    if batch.children is None:
        raise ValueError("a tree needs batch.children")
    return batch.children


def _levels(children: Tensor) -> list[Tensor]:
    """Numbers (in B N) of the inner nodes of height 1, of height 2, …; children (B, N, 2)."""
    pairs = children.tolist()
    levels: list[list[int]] = []
    for row, tree in enumerate(pairs):
        heights: list[int] = []
        for k, (left, right) in enumerate(tree):
            heights.append(0 if left < 0 else 1 + max(heights[left], heights[right]))
            if left >= 0:
                while len(levels) < heights[k]:
                    levels.append([])
                levels[heights[k] - 1].append(row * len(tree) + k)
    return [torch.tensor(level, device=children.device) for level in levels]


def _layout(children: tuple[tuple[int, ...], ...]) -> tuple[list[float], list[int]]:
    """Column and height of each node: leaves from left to right, parents between their children."""
    places: list[float] = []
    heights: list[int] = []
    leaves = 0
    for below in children:
        if below:
            places.append(sum(places[child] for child in below) / len(below))
            heights.append(1 + max(heights[child] for child in below))
        else:
            places.append(float(leaves))
            heights.append(0)
            leaves += 1
    return places, heights
