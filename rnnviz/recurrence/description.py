"""Layers described as data: their entry in a `Structure` and their nodes and edges in a `Graph`."""

from __future__ import annotations

from typing import Literal

from torch import nn

from rnnviz.contracts.arrays import address
from rnnviz.contracts.graph import Edge, Node, NodeKind
from rnnviz.contracts.structure import ParameterInfo, Part
from rnnviz.recurrence.bidirectional import Bidirectional
from rnnviz.recurrence.layers import RecurrentLayers

Axis = Literal["time", "source_time"]

_ROLES = {
    "weight_ih": "input_hidden",
    "weight_hh": "hidden_hidden",
    "weight_skip": "skip",
    "leak": "time constant",
    "weight_deep": "between times",
}


def part(layers: RecurrentLayers, title: str, axis: Axis = "time") -> Part:
    """What the views know of these layers."""
    return Part(
        layers.part,
        title,
        layers.cell.info,
        layers.layers,
        layers.hidden_size,
        axis,
        layers.reverse,
    )


def parameters(model: nn.Module, roles: dict[str, str]) -> tuple[ParameterInfo, ...]:
    """All parameters of a model; `roles` of those outside recurrent layers, by prefix."""
    stacks = {n: m for n, m in model.named_modules() if isinstance(m, RecurrentLayers)}
    return tuple(_parameter(n, p, stacks, roles) for n, p in model.named_parameters())


def _parameter(
    name: str, values: nn.Parameter, stacks: dict[str, RecurrentLayers], roles: dict[str, str]
) -> ParameterInfo:
    shape, size = tuple(values.shape), values.element_size()
    for prefix, layers in stacks.items():
        if name.startswith(f"{prefix}."):
            kind, layer = name.rsplit(".", 1)[1].rsplit("_l", 1)
            unnamed = "cell" if kind in layers.own(int(layer)) else "bias"
            role = _ROLES.get(kind, unnamed)
            return ParameterInfo(name, role, shape, layers.part, int(layer), size)
    role = next(role for prefix, role in roles.items() if name.startswith(prefix))
    return ParameterInfo(name, "bias" if name.endswith("bias") else role, shape, bytes_each=size)


def states(layers: RecurrentLayers, steps: int, row: int, axis: Axis = "time") -> list[Node]:
    """The nodes of h: the first layer in `row`, each further one a row higher."""
    return [
        Node(
            state_id(layers, layer, time),
            "state",
            time,
            axis,
            row + layer,
            "h",
            address(layers.part, layer, "h"),
        )
        for layer in range(layers.layers)
        for time in range(steps)
    ]


def state_edges(layers: RecurrentLayers, prefix: str, steps: int) -> list[Edge]:
    """Edges through time and from layer to layer. `prefix` is the stack's name in its model."""
    sign = -1 if layers.reverse else 1
    spans = [(weight, sign * span) for weight, span in layers.cell.info.spans]
    found = []
    for layer in range(layers.layers):
        for time in range(steps):
            here = state_id(layers, layer, time)
            for weight, span in spans:
                if 0 <= time - span < steps:
                    before = state_id(layers, layer, time - span)
                    found.append(Edge(before, here, f"{prefix}.kernel.{weight}_l{layer}", span))
            if layer > 0:
                below = state_id(layers, layer - 1, time)
                found.append(Edge(below, here, f"{prefix}.kernel.weight_ih_l{layer}"))
    return found


def both_directions(
    encoder: Bidirectional, prefix: str, sources: list[Node], row: int
) -> tuple[list[Node], list[Edge]]:
    """Both stacks over these nodes, the forward one from `row` upwards, the other above."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for name in ("forward_layers", "backward_layers"):
        layers: RecurrentLayers = getattr(encoder, name)
        nodes += states(layers, len(sources), row, sources[0].axis if sources else "time")
        edges += input_edges(layers, f"{prefix}.{name}", [node.id for node in sources])
        edges += state_edges(layers, f"{prefix}.{name}", len(sources))
        row += layers.layers
    return nodes, edges


def input_edges(layers: RecurrentLayers, prefix: str, ids: list[str]) -> list[Edge]:
    """An edge from each of these nodes, one per time, into the first layer."""
    weight = f"{prefix}.kernel.weight_ih_l0"
    return [Edge(node, state_id(layers, 0, time), weight) for time, node in enumerate(ids)]


def state_id(layers: RecurrentLayers, layer: int, time: int) -> str:
    """Id of the node of h, e.g. `recurrent/1/h@7`; a negative layer counts from the top."""
    return f"{address(layers.part, layer % layers.layers, 'h')}@{time}"


def tokens(kind: NodeKind, steps: int, row: int, label: str, array: str = "") -> list[Node]:
    """One node per time, with ids such as `input@3`."""
    axis: Axis = "source_time" if kind == "source" else "time"
    return [Node(f"{kind}@{t}", kind, t, axis, row, label, array) for t in range(steps)]


def prediction(
    below: list[str], asked: tuple[int, ...], row: int, parameter: str = "readout.weight"
) -> tuple[list[Node], list[Edge]]:
    """Outputs, losses and targets where something is asked, the outputs in `row`, each read from
    the node of `below` at its time.
    """
    nodes: list[Node] = []
    kinds: tuple[tuple[NodeKind, str, str], ...] = (
        ("output", "o", "next/probability"),
        ("loss", "L", "loss"),
        ("target", "y", ""),
    )
    for above, (kind, label, array) in enumerate(kinds):
        nodes += [Node(f"{kind}@{t}", kind, t, "time", row + above, label, array) for t in asked]
    edges = []
    for t in asked:
        edges.append(Edge(below[t], f"output@{t}", parameter))
        edges.append(Edge(f"output@{t}", f"loss@{t}"))
        edges.append(Edge(f"target@{t}", f"loss@{t}"))
    return nodes, edges


def tops(layers: RecurrentLayers, steps: int) -> list[str]:
    """Ids of the top layer's states over time."""
    return [state_id(layers, -1, t) for t in range(steps)]
