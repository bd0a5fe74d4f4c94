"""The drawn graph against autograd: a node is reached from another exactly if it depends on it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rnnviz.contracts import discovery
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.model import Batch, Model, Plan
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence.tap import Recorder
from tests.networks import example, network

TIME, SOURCE_TIME = 3, 3


def computed(model: Model, b: Batch) -> dict[str, Tensor]:
    """The tensor behind each node that has one, in an order of computation."""
    recorder, read = Recorder(), []
    hook = model.get_submodule("readout").register_forward_hook(lambda *a: read.append(a[2]))
    logits = model.tapped(b, recorder).logits
    hook.remove()
    found = _states(recorder, model.structure)
    for part, layer, quantity in recorder.recorded():
        if quantity == "context":
            for time, value in enumerate(recorder.over_time(part, layer, quantity)):
                if value.requires_grad:  # a category as a unit vector is not differentiated by
                    found[f"context@{time}"] = value
    for time in range(TIME):
        # Where outputs are given back, later states depend on each as it was read, not on its row.
        output = read[time] if len(read) == TIME else logits[:, time]
        found[f"output@{time}"] = output
        found[f"loss@{time}"] = cross_entropy(output, b.targets[:, time])
    return found


def _states(recorder: Recorder, structure: Structure) -> dict[str, Tensor]:
    return {
        f"{part.name}/{layer}/h@{time}": value
        for part in structure.parts
        for layer in range(part.layers)
        for time, value in enumerate(recorder.over_time(part.name, layer, "h"))
    }


def reachable(graph: Graph, start: str) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        new = {edge.target for edge in graph.edges if edge.source == here} - found
        found |= new
        waiting += new
    return found


def depends(target: Tensor, source: Tensor) -> bool:
    """True when some unit of `target` changes with some unit of `source`."""
    weights = torch.linspace(0.5, 1.5, target.numel(), dtype=target.dtype)
    total = (target.flatten() * weights).sum()
    if not total.requires_grad or target is source:
        return False
    (gradient,) = torch.autograd.grad(total, source, retain_graph=True, allow_unused=True)
    return gradient is not None and bool(gradient.any())


@pytest.mark.parametrize("kind", discovery.names("models"))
@pytest.mark.parametrize("cell", ["lstm", "simple_rnn", "skip_rnn"])
@pytest.mark.parametrize("attention", ["additive", "none"])
@pytest.mark.parametrize("layers", [1, 2])
def test_reachable_exactly_if_dependent(kind: str, cell: str, attention: Any, layers: int) -> None:
    model = network(kind, cell=cell, attention=attention, layers=layers, skip=2)
    b = example(kind, [TIME], [SOURCE_TIME])
    nodes = computed(model, b)
    graph = model.graph(Plan.of(b))
    for start, value in nodes.items():
        reached = reachable(graph, start)
        for end, other in nodes.items():
            assert (end in reached) == depends(other, value), (start, end)


@pytest.mark.parametrize("kind", discovery.names("models"))
def test_inputs_reach_exactly_the_outputs_that_change_with_them(kind: str) -> None:
    model = network(kind).eval()
    b = example(kind, [TIME], [SOURCE_TIME])
    graph = model.graph(Plan.of(b))
    before = model(b).logits
    for axis, tokens in (("input", b.inputs), ("source", b.source)):
        for time in range(0 if tokens is None else tokens.shape[1]):
            old = int(tokens[0, time])
            tokens[0, time] = (old + 1) % 9
            changed = (model(b).logits != before)[0].any(-1).tolist()
            tokens[0, time] = old
            reached = reachable(graph, f"{axis}@{time}")
            assert [f"output@{t}" in reached for t in range(TIME)] == changed


@pytest.mark.parametrize("kind", discovery.names("models"))
def test_nodes_point_at_arrays_that_are_recorded(kind: str) -> None:
    model, recorder = network(kind), Recorder()
    b = example(kind, [TIME], [SOURCE_TIME])
    model.tapped(b, recorder)
    names = {f"{p}/{k}/{q}" if k >= 0 else q for p, k, q in recorder.recorded()}
    known = names | {"", "loss", "next/probability"}
    graph = model.graph(Plan.of(b))
    assert {node.array for node in graph.nodes} <= known
    assert {edge.weights for edge in graph.edges} <= known
