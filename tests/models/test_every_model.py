"""What every model promises. A new file in rnnviz/models is tested here without being named."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.cell import READ, Cell
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Autoregressive, Batch
from rnnviz.contracts.task import SHAPES
from rnnviz.engine import carried
from rnnviz.recurrence.tap import IDENTITY, Recorder
from tests.networks import (
    CONFIGURATIONS,
    SIZES,
    example,
    gradients,
    largest_difference,
    network,
    plan,
)


def variants(kind: str) -> list[dict[str, Any]]:
    """Every cell for the plain network, the usual ones for the others, none where it has no use."""
    cells = CONFIGURATIONS if kind == "recurrent" else CONFIGURATIONS[::3]
    cells = cells[:1] if "cell" in discovery.declared("models", kind).get("ignores", ()) else cells
    names = ("cell", "nonlinearity", "short_connections", "skip")
    return [
        {"kind": kind, **{name: getattr(c, name) for name in names}, **more}
        for c in cells
        for more in ({"input": "one_hot"}, {"input": "embedding", "attention": "none", "layers": 1})
    ]


OF_CELLS = ("skip", "time constant", "between times", "cell")
VARIANTS = [settings for kind in discovery.names("models") for settings in variants(kind)]
every_model = pytest.mark.parametrize(
    "settings", VARIANTS, ids=["-".join(str(v) for v in s.values()) for s in VARIANTS]
)


def _picked(b: Batch, name: str, pick: slice) -> Any:
    values = getattr(b, name)
    return None if values is None else values[pick]


def valid(b: Batch, values: torch.Tensor) -> torch.Tensor:
    """(B, T, ...) with what follows each row's end set to 0."""
    if b.lengths is None:
        return values
    inside = torch.arange(values.shape[1]) < b.lengths[:, None]
    return values * inside[:, :, None]


@every_model
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_tapped_equals_forward(
    settings: dict[str, Any], dtype: torch.dtype, tolerance: float
) -> None:
    model = network(**settings, dtype=dtype, dropout=0.3).eval()
    b = example(settings["kind"], [3, 5, 1], [4, 2, 3])
    found = []
    for output in (model(b), model.tapped(b, IDENTITY)):
        logits = valid(b, output.logits)
        found.append((logits, gradients(logits.square().sum(), model)))
    assert largest_difference(found[1], found[0]) < tolerance


@every_model
def test_ragged_batch_equals_single_sequences(settings: dict[str, Any]) -> None:
    model = network(**settings).eval()
    lengths, sources = [3, 5, 1], [4, 2, 3]
    b = example(settings["kind"], lengths, sources)
    together = model(b).logits
    for row, (steps, source) in enumerate(zip(lengths, sources, strict=True)):
        pick = slice(row, row + 1)
        alone = replace(
            b,
            inputs=b.inputs[pick, :steps],
            targets=b.targets[pick, :steps],
            lengths=None,
            source=None if b.source is None else b.source[pick, :source],
            source_lengths=None,
            children=None if b.children is None else b.children[pick, :steps],
            **{name: _picked(b, name, pick) for name in ("context", "picture", "facts")},
        )
        assert largest_difference(model(alone).logits[0], together[row, :steps]) < 1e-12


@every_model
def test_free_running_equals_reading(settings: dict[str, Any]) -> None:
    model = network(**settings).eval()
    if not isinstance(model, Autoregressive):
        assert model.looks_ahead or "aligned" not in model.shapes
        return
    b = example(settings["kind"], [4, 4])
    state, logits = model.start(b), []
    for tokens in b.inputs.unbind(1):
        row, state = model.advance(tokens, state)
        logits.append(row)
    assert largest_difference(torch.stack(logits, 1), model(b).logits) < 1e-12


@every_model
def test_loss_starts_near_that_of_a_uniform_guess(settings: dict[str, Any]) -> None:
    model = network(**{**settings, "init_range": 0.08})
    b = example(settings["kind"], [20] * 8)
    loss = cross_entropy(model(b).logits.flatten(0, 1), b.targets.flatten())
    assert float(loss.detach()) == pytest.approx(math.log(SIZES.outputs), abs=0.1)


@every_model
def test_every_parameter_has_a_gradient_in_every_step(settings: dict[str, Any]) -> None:
    """In training of several processes, one that has none would stop them all."""
    model = network(**settings)
    model(example(settings["kind"], [5, 3], [4, 2])).logits.square().sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


@every_model
def test_carried_state_keeps_the_rows_of_the_batch_on_one_axis(settings: dict[str, Any]) -> None:
    state = network(**settings)(example(settings["kind"], [3, 3, 3])).state
    tensors, _ = carried.flatten(state)
    assert [part.shape[carried.ROWS] for part in tensors] == [3] * len(tensors)


@every_model
def test_structure_lists_every_parameter(settings: dict[str, Any]) -> None:
    model = network(**settings)
    listed = {p.name: p for p in model.structure.parameters}
    assert {name: tuple(p.shape) for name, p in model.named_parameters()} == {
        name: p.shape for name, p in listed.items()
    }
    assert model.structure.parameter_count == sum(p.numel() for p in model.parameters())
    parts = {part.name: part for part in model.structure.parts}
    for p in listed.values():
        assert (p.layer < 0) == (p.part == "")
        assert p.part == "" or p.layer < parts[p.part].layers
        assert p.bytes_each == 8


@every_model
def test_records_every_quantity_of_every_part(settings: dict[str, Any]) -> None:
    model, recorder = network(**settings), Recorder()
    model.tapped(example(settings["kind"], [4]), recorder)
    expected = {
        (part.name, layer, quantity)
        for part in model.structure.parts
        for layer in range(part.layers)
        for quantity in (*(q.name for q in part.cell.quantities), "a_x", "a_h")
        if quantity != "a_h" or part.cell.spans
    }
    outside = {key for key in recorder.recorded() if key[1] < 0 or key[2] == READ}
    assert set(recorder.recorded()) - outside == expected


@every_model
def test_graph_fits_together(settings: dict[str, Any]) -> None:
    model = network(**settings)
    graph = model.graph(plan(settings["kind"], 4, 3))
    ids = {node.id for node in graph.nodes}
    assert len(ids) == len(graph.nodes)
    assert all(edge.source in ids and edge.target in ids for edge in graph.edges)
    assert len({(e.source, e.target) for e in graph.edges}) == len(graph.edges)
    names = {name for name, _ in model.named_parameters()}
    assert {edge.parameter for edge in graph.edges} <= names | {""}
    assert len({(n.axis, n.row, n.x) for n in graph.nodes}) == len(graph.nodes)


@every_model
def test_shared_weights_are_used_at_every_time(settings: dict[str, Any]) -> None:
    graph = network(**settings).graph(plan(settings["kind"], 4, 4))
    uses = Counter((e.parameter, abs(e.span)) for e in graph.edges if "weight_hh" in e.parameter)
    assert all(count == 4 - max(span, 1) for (_, span), count in uses.items())


def _opened(name: str, units: int) -> slice | None:
    """The rows of a bias that belong to the gate which starts open, if the cell has one."""
    cell = discovery.find("cells", name, Cell)
    begin = units * cell.info.blocks.index(cell.opens) if cell.opens else 0
    return slice(begin, begin + units) if cell.opens else None


@every_model
def test_initial_range_and_forget_bias(settings: dict[str, Any]) -> None:
    model = network(**{**settings, "init_range": 0.03, "forget_bias": 2.0})
    biases = {n: p for n, p in model.named_parameters() if "bias_ih" in n}
    free = [p for p in model.structure.parameters if p.role not in OF_CELLS]
    opened = _opened(settings["cell"], 6)
    for name, parameter in ((p.name, model.get_parameter(p.name)) for p in free):
        values = parameter.detach().clone()
        if opened and name in biases:
            assert torch.equal(values[opened], torch.full((6,), 2.0, dtype=torch.float64))
            values[opened] = 0
        assert values.abs().max() <= 0.03


@every_model
def test_same_seed_same_network(settings: dict[str, Any]) -> None:
    def build() -> list[torch.Tensor]:
        torch.manual_seed(3)
        return list(network(**settings).parameters())

    assert all(torch.equal(a, b) for a, b in zip(build(), build(), strict=True))


def test_every_model_can_do_some_task() -> None:
    for name in discovery.names("models"):
        model = network(name)
        assert model.name == name == model.structure.model
        assert set(model.shapes) <= set(SHAPES)
        assert set(model.ignores) <= set(ModelConfig.model_fields)
        assert any(name in fitting.models_for(task) for task in discovery.names("tasks"))
        assert ModelConfig(kind=name).kind == name
