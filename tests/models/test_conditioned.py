"""Vector to sequence: the three ways in, against PyTorch's own layers and in the drawn graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Plan, Sizes
from rnnviz.models.conditioned import Conditioned
from rnnviz.recurrence.tap import IDENTITY
from tests.models.test_graph_is_true import reachable
from tests.networks import example, gradients, largest_difference, network

WAYS = ("every_step", "start", "both")
every_way = pytest.mark.parametrize("conditioning", WAYS)


@every_way
@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_equals_pytorchs_layers(conditioning: str, cell: str) -> None:
    model = network("conditioned", conditioning=conditioning, cell=cell, layers=2)
    b = example("conditioned", [5, 5])
    assert b.context is not None
    given = nn.functional.one_hot(b.context, 4).double()
    x = nn.functional.one_hot(b.inputs, 11).double()
    if conditioning != "start":
        x = torch.cat((x, given[:, None].expand(-1, 5, -1)), -1)
    h_0 = torch.zeros(2, 2, 6, dtype=torch.float64)
    if conditioning != "every_step":
        weight, bias = model.get_parameter("first.weight"), model.get_parameter("first.bias")
        h_0 = torch.tanh(given @ weight.T + bias).reshape(2, 2, 6).transpose(0, 1).contiguous()
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU, "simple_rnn": nn.RNN}
    theirs = kinds[cell](x.shape[-1], 6, 2, batch_first=True).double()
    own = dict(model.named_parameters())
    theirs.load_state_dict(
        {n: own[f"recurrent.kernel.{n}"].detach() for n, _ in theirs.named_parameters()}
    )
    h, _ = theirs(x, (h_0, torch.zeros_like(h_0)) if cell == "lstm" else h_0)
    expected = h @ own["readout.weight"].T + own["readout.bias"]
    assert largest_difference(model(b).logits, expected) < 1e-10


@every_way
def test_both_paths_agree(conditioning: str) -> None:
    model = network("conditioned", conditioning=conditioning, cell="gru").eval()
    b = example("conditioned", [3, 5, 1])
    found = []
    for output in (model(b), model.tapped(b, IDENTITY)):
        inside = output.logits * b.asked[:, :, None]
        found.append((inside, gradients(inside.square().sum(), model)))
    assert largest_difference(*found) < 1e-12


@every_way
def test_free_running_equals_reading(conditioning: str) -> None:
    model = network("conditioned", conditioning=conditioning).eval()
    b = example("conditioned", [4, 4])
    state, logits = model.start(b), []
    for tokens in b.inputs.unbind(1):
        row, state = model.advance(tokens, state)
        logits.append(row)
    assert largest_difference(torch.stack(logits, 1), model(b).logits) < 1e-12


@every_way
def test_the_graph_draws_the_way_in(conditioning: str) -> None:
    model = network("conditioned", conditioning=conditioning, layers=2)
    graph = model.graph(Plan.full(3))
    into = {edge.target for edge in graph.edges if edge.source == "context@0"}
    steps = {f"recurrent/0/h@{t}" for t in range(3)}
    assert (
        into
        == {
            "every_step": steps,
            "start": {"first@0"},
            "both": {*steps, "first@0"},
        }[conditioning]
    )
    begun = {edge.target for edge in graph.edges if edge.source == "first@0"}
    assert begun == (
        set() if conditioning == "every_step" else {f"recurrent/{k}/h@0" for k in (0, 1)}
    )
    assert len({(n.axis, n.row, n.time) for n in graph.nodes}) == len(graph.nodes)
    assert {e.parameter for e in graph.edges} <= {"", *(n for n, _ in model.named_parameters())}


@every_way
def test_another_category_changes_what_the_graph_says(conditioning: str) -> None:
    model = network("conditioned", conditioning=conditioning).eval()
    b = example("conditioned", [3])
    assert b.context is not None
    changed = model(replace(b, context=(b.context + 1) % 4)).logits != model(b).logits
    reached = reachable(model.graph(Plan.of(b)), "context@0")
    assert [f"output@{t}" in reached for t in range(3)] == changed[0].any(-1).tolist()


def test_a_vector_enters_as_it_is() -> None:
    sizes = Sizes(11, 11, context=4, context_kind="values")
    settings: dict[str, Any] = {"kind": "conditioned", "hidden_size": 6, "init_range": 0.5}
    model = Conditioned(ModelConfig(**settings), sizes).double()
    b = example("conditioned", [5, 5])
    assert b.context is not None
    as_vectors = replace(b, context=nn.functional.one_hot(b.context, 4).double())
    torch.manual_seed(0)
    other = network("conditioned")
    other.load_state_dict(model.state_dict(), strict=False)
    assert largest_difference(model(as_vectors).logits, other(b).logits) < 1e-12


def test_it_learns_four_examples_by_heart() -> None:
    torch.manual_seed(1)
    model = network("conditioned", conditioning="both", hidden_size=16, init_range=0.0)
    b = example("conditioned", [5, 5, 5, 5])
    b = replace(b, context=torch.arange(4), inputs=torch.zeros_like(b.inputs))
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(b).logits.flatten(0, 1), b.targets.flatten())
        loss.backward()
        optimizer.step()
    assert (model(b).logits.argmax(-1) == b.targets).all()
