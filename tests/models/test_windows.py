"""Window and convolution: PyTorch's own layers, what is out of sight, pooling, the drawn graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Batch, Plan
from rnnviz.models.convolution import Convolution
from rnnviz.models.window import Window
from rnnviz.recurrence.tap import IDENTITY, Recorder
from tests.networks import SIZES, batch, gradients, largest_difference, network

KINDS = pytest.mark.parametrize("kind", ["window", "convolution"])


def answering(**config: Any) -> Convolution:
    settings = {"hidden_size": 6, "init_range": 0.5, "layers": 1, **config}
    sizes = replace(SIZES, answers_once=True)
    return Convolution(ModelConfig(kind="convolution", **settings), sizes).double().eval()


def test_a_window_is_a_perceptron_over_its_inputs_side_by_side() -> None:
    model = network("window", window=3, layers=2).eval()
    assert isinstance(model, Window)
    b = batch([6, 6])
    x = F.pad(model.embedding(b.inputs), (0, 0, 2, 0))  # (B, 2 + T, I)
    first, second = model.hidden._each()
    together = torch.cat((first.lags[2], first.lags[1], first.lags[0]), 1)  # (H, 3 I)
    seen = torch.cat((x[:, :-2], x[:, 1:-1], x[:, 2:]), -1)  # (B, T, 3 I)
    h = torch.tanh(F.linear(seen, together, first.bias))
    h = torch.tanh(F.linear(h, second.lags[0], second.bias))
    expected = model.readout(h)
    assert largest_difference(model(b).logits, expected) < 1e-10
    ours = gradients(model(b).logits.square().sum(), model)
    assert largest_difference(ours, gradients(expected.square().sum(), model)) < 1e-10


def test_a_convolution_is_pytorchs() -> None:
    model = network("convolution", window=3, layers=2).eval()
    assert isinstance(model, Convolution)
    b = batch([6, 6])
    h = model.embedding(b.inputs).transpose(1, 2)
    theirs = []
    for layer in model.filters._each():
        conv = nn.Conv1d(layer.lags[0].shape[1], 6, 3).double()
        conv.weight.data.copy_(torch.stack(layer.lags[::-1], -1))
        conv.bias.data.copy_(layer.bias)  # type: ignore[union-attr]
        h = torch.relu(conv(F.pad(h, (2, 0))))
        theirs.append(conv)
    expected = model.readout(h.transpose(1, 2))
    assert largest_difference(model(b).logits, expected) < 1e-10
    ours = dict(zip(dict(model.named_parameters()), slopes(model(b).logits, model), strict=True))
    for number, conv in enumerate(theirs):
        weight, bias = slopes(expected, conv)
        assert largest_difference(ours[f"filters.layers.{number}.bias"], bias) < 1e-10
        for lag in range(3):
            mine = ours[f"filters.layers.{number}.lag_{lag}"]
            assert largest_difference(mine, weight[..., 2 - lag]) < 1e-10


def slopes(logits: Tensor, of: nn.Module) -> list[Tensor]:
    return list(
        torch.autograd.grad(logits.square().sum(), list(of.parameters()), retain_graph=True)
    )


def test_an_answer_at_the_end_is_maximum_pooling_over_time() -> None:
    model, b = answering(), batch([7, 7])
    h, _ = model.filters(model.embedding(b.inputs), model.filters.before(2))
    expected = model.readout(F.max_pool1d(h.transpose(1, 2), 7).squeeze(-1))
    assert largest_difference(model(b).logits[:, -1], expected) < 1e-12
    assert largest_difference(model.tapped(b, IDENTITY).logits, model(b).logits) < 1e-12
    ours = gradients(model(b).logits.square().sum(), model)
    tapped = gradients(model.tapped(b, IDENTITY).logits.square().sum(), model)
    assert largest_difference(tapped, ours) < 1e-12


def test_padding_is_not_pooled() -> None:
    model, b = answering(window=2), batch([3, 7])
    alone = Batch(b.inputs[:1, :3], b.targets[:1, :3])
    assert largest_difference(model(b).logits[0, :3], model(alone).logits[0]) < 1e-12


def test_free_running_pools_too() -> None:
    model, b = answering(window=2), batch([5, 5])
    state, found = model.start(b), []
    for tokens in b.inputs.unbind(1):
        logits, state = model.advance(tokens, state)
        found.append(logits)
    assert largest_difference(torch.stack(found, 1), model(b).logits) < 1e-12


@KINDS
def test_what_has_left_the_window_is_forgotten(kind: str) -> None:
    model, b = network(kind, window=3, layers=1).eval(), batch([6])
    before = model(b).logits
    b.inputs[0, 1] = (b.inputs[0, 1] + 1) % SIZES.inputs
    changed = (model(b).logits != before)[0].any(-1).tolist()
    assert changed == [False, True, True, True, False, False]


@KINDS
@pytest.mark.parametrize("window", [1, 3, 9])
def test_a_batch_that_goes_on_sees_the_end_of_the_last_one(kind: str, window: int) -> None:
    model = network(kind, window=window, layers=2).eval()
    first, second = batch([4, 4]), batch([4, 4], continues=True)
    both = Batch(
        *(
            torch.cat((a, b), 1)
            for a, b in ((first.inputs, second.inputs), (first.targets, second.targets))
        )
    )
    state = model(first).state
    assert not any(s.requires_grad for s in state)
    expected = model(both).logits[:, 4:]
    assert largest_difference(model(second, state).logits, expected) < 1e-12
    assert largest_difference(model.tapped(second, IDENTITY, state).logits, expected) < 1e-12


def test_every_lag_is_one_shared_matrix_in_the_graph() -> None:
    graph = network("window", window=3, layers=1).graph(Plan.full(5))
    into = [(e.source, e.parameter, e.span) for e in graph.edges if e.target == "hidden/0/h@3"]
    assert into == [
        ("input@3", "hidden.layers.0.lag_0", 0),
        ("input@2", "hidden.layers.0.lag_1", 1),
        ("input@1", "hidden.layers.0.lag_2", 2),
    ]
    assert {node.kind for node in graph.nodes} == {"input", "hidden", "output", "loss", "target"}


def test_the_pooled_graph_is_true() -> None:
    """An answer depends on a filter's answer where that is the largest for some unit: drawn is what
    can matter, so some of several inputs must show it, and none anything else."""
    model = answering(window=2, hidden_size=4)
    graph = model.graph(Plan(3, asked=(2,)))
    drawn = {(edge.source, edge.target) for edge in graph.edges}
    seen: set[tuple[str, str]] = set()
    for _ in range(12):
        recorder = Recorder()
        logits = model.tapped(batch([3]), recorder).logits
        filters, pooled = (recorder.over_time(part, 0, "h") for part in ("filters", "pooling"))
        for t, value in enumerate(pooled):
            for s, h in enumerate(filters):
                assert not (s > t and touches(value, h))
                seen |= {(f"filters/0/h@{s}", f"pooling/0/h@{t}")} if touches(value, h) else set()
        assert touches(logits[:, 2], pooled[2])
    direct = {(a, b) for a, b in drawn if a.startswith("filters") and b.startswith("pooling")}
    assert direct == {(f"filters/0/h@{t}", f"pooling/0/h@{t}") for t in range(3)}
    assert direct <= seen
    assert ("filters/0/h@0", "pooling/0/h@2") in seen
    assert ("pooling/0/h@1", "pooling/0/h@2") in drawn
    assert ("pooling/0/h@2", "output@2") in drawn
    assert len({(n.row, n.time) for n in graph.nodes}) == len(graph.nodes)


def touches(target: Tensor, source: Tensor) -> bool:
    (slope,) = torch.autograd.grad(target.sum(), source, retain_graph=True, allow_unused=True)
    return slope is not None and bool(slope.any())


def test_pooling_is_recorded_and_listed() -> None:
    model, recorder = answering(layers=2), Recorder()
    model.tapped(batch([4]), recorder)
    assert ("pooling", 0, "h") in set(recorder.recorded())
    assert [part.name for part in model.structure.parts] == ["filters", "pooling"]
    listed = {p.name: (p.part, p.layer) for p in model.structure.parameters}
    assert listed["filters.layers.1.lag_0"] == ("filters", 1)
    assert listed["readout.weight"] == ("", -1)
