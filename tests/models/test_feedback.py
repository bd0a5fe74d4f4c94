"""Networks that read their last output: taught in one go, running freely, and in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Plan, Sizes, TeacherForced
from rnnviz.models.hidden_and_output import HiddenAndOutput
from rnnviz.models.output_recurrent import OutputRecurrent
from tests.networks import batch, gradients, largest_difference, network

KINDS = ("output_recurrent", "hidden_and_output")
every_kind = pytest.mark.parametrize("kind", KINDS)


def make(kind: str, **settings: Any) -> TeacherForced:
    model = network(kind, **settings)
    assert isinstance(model, TeacherForced)
    return model


def before(b: Batch) -> Tensor:
    """(B, T, V) the targets one step earlier as unit vectors, zeros at first."""
    true = one_hot(b.targets.clamp(min=0), 11).double() * (b.targets != NOTHING_ASKED)[..., None]
    return torch.cat((torch.zeros_like(true[:, :1]), true[:, :-1]), 1)


def jordan(model: TeacherForced, b: Batch, free: bool) -> Tensor:
    """The equations one step after the other: h = tanh(W x + U y + b), o = V h + c."""
    p = dict(model.named_parameters())
    x, y, outputs = one_hot(b.inputs, 11).double(), torch.zeros(len(b.inputs), 11).double(), []
    for t in range(x.shape[1]):
        y = y if free or t == 0 else one_hot(b.targets[:, t - 1], 11).double()
        a = x[:, t] @ p["entering.weight"].T + p["entering.bias"] + y @ p["returning.weight"].T
        outputs.append(torch.tanh(a) @ p["readout.weight"].T + p["readout.bias"])
        y = outputs[-1].softmax(-1)
    return torch.stack(outputs, 1)


@pytest.mark.parametrize("free", [True, False])
def test_the_jordan_network_follows_its_equations(free: bool) -> None:
    model, b = make("output_recurrent"), batch([6, 6])
    ours = model.eval()(b).logits if free else model.train()(b).logits
    theirs = jordan(model, b, free)
    assert largest_difference(ours, theirs) < 1e-10
    both = [gradients(each.square().sum(), model) for each in (ours, theirs)]
    assert largest_difference(*both) < 1e-10


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_taught_it_equals_pytorchs_layers(cell: str) -> None:
    model, b = make("hidden_and_output", cell=cell).train(), batch([5, 5])
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU, "simple_rnn": nn.RNN}
    theirs = kinds[cell](22, 6, 2, batch_first=True).double()
    own = dict(model.named_parameters())
    theirs.load_state_dict(
        {n: own[f"recurrent.kernel.{n}"].detach() for n, _ in theirs.named_parameters()}
    )
    h, _ = theirs(torch.cat((one_hot(b.inputs, 11).double(), before(b)), -1))
    expected = h @ own["readout.weight"].T + own["readout.bias"]
    assert largest_difference(model(b).logits, expected) < 1e-10


@every_kind
def test_taught_steps_of_the_jordan_network_do_not_depend_on_one_another(kind: str) -> None:
    model, b = make(kind).train(), batch([4])
    other = replace(b, inputs=b.inputs.clone())
    other.inputs[0, 0] = (b.inputs[0, 0] + 1) % 11
    changed = (model(b).logits != model(other).logits)[0].any(-1).tolist()
    assert changed == ([True, False, False, False] if kind == "output_recurrent" else [True] * 4)
    assert (model.eval()(b).logits != model(other).logits)[0].any(-1).all()


@every_kind
def test_where_nothing_is_asked_nothing_is_given_back(kind: str) -> None:
    model, b = make(kind).train(), batch([4])
    b = replace(b, targets=b.targets.clone())
    b.targets[0, 1] = NOTHING_ASKED
    given = before(b)
    assert not given[0, 2].any()
    x = model.get_submodule("embedding")(b.inputs)
    state = model.start(b)[:-1]
    assert isinstance(model, OutputRecurrent | HiddenAndOutput)
    h, _ = model.steps(x, given, state, None)
    assert largest_difference(model(b).logits, model.readout(h)) < 1e-12


@every_kind
def test_sampling_between_true_and_own_outputs(kind: str) -> None:
    model, b = make(kind).train(), batch([6, 6, 6])
    model.forced_share = 0.0
    free = model(b).logits
    assert largest_difference(free, model.eval()(b).logits) < 1e-12
    model.train().forced_share = 0.5
    torch.manual_seed(0)
    first = model(b).logits
    torch.manual_seed(0)
    assert torch.equal(model(b).logits, first)
    assert not torch.equal(first, free)
    model.forced_share = 1 - 1e-9
    assert largest_difference(model(b).logits, model.forced(b).logits) < 1e-12


@every_kind
@pytest.mark.parametrize("taught", [True, False])
def test_a_chunk_goes_on_where_the_one_before_ended(kind: str, taught: bool) -> None:
    model = make(kind).train(taught)
    first, second = batch([5, 5]), batch([5, 5], continues=True)
    both = Batch(
        torch.cat((first.inputs, second.inputs), 1), torch.cat((first.targets, second.targets), 1)
    )
    state = model(first).state
    assert not any(part.requires_grad for part in state)
    assert largest_difference(model(second, state).logits, model(both).logits[:, 5:]) < 1e-12


@every_kind
def test_numbers_are_given_back_as_they_are(kind: str) -> None:
    sizes = Sizes(2, 3, input_kind="values", output_kind="values")
    kinds = {"output_recurrent": OutputRecurrent, "hidden_and_output": HiddenAndOutput}
    model = kinds[kind](ModelConfig(kind=kind, hidden_size=6, layers=1), sizes).double()
    b = Batch(torch.randn(2, 4, 2).double(), torch.randn(2, 4, 3).double())
    state, written = model.start(b), []
    for x in b.inputs.unbind(1):
        row, state = model.eval().advance(x, state)
        written.append(row)
        assert torch.equal(state[-1], row)
    assert largest_difference(model(b).logits, torch.stack(written, 1)) < 1e-12
    assert model.train()(b).logits.shape == (2, 4, 3)


@every_kind
def test_one_answer_gives_nothing_back(kind: str) -> None:
    kinds = {"output_recurrent": OutputRecurrent, "hidden_and_output": HiddenAndOutput}
    sizes = Sizes(11, 3, answers_once=True)
    model = kinds[kind](ModelConfig(kind=kind, hidden_size=6, layers=1), sizes)
    b = batch([5])
    b = replace(b, targets=torch.full_like(b.targets, NOTHING_ASKED))
    assert largest_difference(model.train()(b).logits, model.eval()(b).logits) < 1e-6
    spans = {e.span for e in model.graph(Plan.of(b)).edges if e.source.startswith("output")}
    assert not spans


@every_kind
def test_the_arrow_from_the_output_is_drawn(kind: str) -> None:
    model = make(kind, layers=2)
    graph = model.graph(Plan.full(3))
    back = [e for e in graph.edges if e.source.startswith("output") and "/h@" in e.target]
    assert [(e.source, e.target, e.span) for e in back] == [
        ("output@0", "recurrent/0/h@1", 1),
        ("output@1", "recurrent/0/h@2", 1),
    ]
    through = [e for e in graph.edges if e.source == "recurrent/0/h@0" and e.span == 1]
    assert len(through) == (kind == "hidden_and_output")


@every_kind
def test_it_learns_four_examples_by_heart(kind: str) -> None:
    torch.manual_seed(0)
    model = make(kind, hidden_size=24, init_range=0.0).train()
    b = batch([4, 4, 4, 4])
    inputs = torch.arange(16).reshape(4, 4) % 11
    b = replace(b, inputs=inputs, targets=inputs * 3 % 11)
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    for _ in range(150):
        optimizer.zero_grad()
        cross_entropy(model(b).logits.flatten(0, 1), b.targets.flatten()).backward()
        optimizer.step()
    assert (model.eval()(b).logits.argmax(-1) == b.targets).all()
