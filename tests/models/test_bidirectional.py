"""The bidirectional network: PyTorch's own layers, and what an answer at the end may read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from rnnviz.contracts import fitting
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Batch, Plan
from rnnviz.models.bidirectional import BidirectionalNetwork
from rnnviz.recurrence.tap import IDENTITY
from tests.networks import SIZES, batch, gradients, largest_difference, network

KERNELS: dict[str, type[nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "simple_rnn": nn.RNN}
STACKS = {"": "forward_layers", "_reverse": "backward_layers"}
ONCE = replace(SIZES, answers_once=True)


def answering(**config: Any) -> BidirectionalNetwork:
    settings = {"hidden_size": 6, "init_range": 0.5, "layers": 1, **config}
    return BidirectionalNetwork(ModelConfig(kind="bidirectional", **settings), ONCE).double().eval()


def pytorchs(model: BidirectionalNetwork, cell: str) -> nn.RNNBase:
    """PyTorch's bidirectional layer with the same parameters."""
    theirs = KERNELS[cell](11, 6, 1, batch_first=True, bidirectional=True).double()
    for suffix, stack in STACKS.items():
        for name, values in getattr(model.stacks, stack).kernel.named_parameters():
            theirs.get_parameter(name + suffix).data.copy_(values)
    return theirs


def slopes(logits: Tensor, of: nn.Module) -> dict[str, Tensor]:
    names = [name for name, _ in of.named_parameters()]
    return dict(zip(names, gradients(logits.square().sum(), of), strict=True))


@pytest.mark.parametrize("cell", sorted(KERNELS))
def test_it_is_pytorchs_bidirectional_layer(cell: str) -> None:
    model = network("bidirectional", cell=cell, layers=1).eval()
    assert isinstance(model, BidirectionalNetwork)
    b, theirs = batch([5, 5]), pytorchs(model, cell)
    expected = model.readout(theirs(model.embedding(b.inputs))[0])
    assert largest_difference(model(b).logits, expected) < 1e-10
    ours, others = slopes(model(b).logits, model.stacks), slopes(expected, theirs)
    for name, stack in STACKS.items():
        for parameter in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
            mine = ours[f"{stack}.kernel.{parameter}"]
            assert largest_difference(mine, others[parameter + name]) < 1e-10


@pytest.mark.parametrize("cell", sorted(KERNELS))
def test_an_answer_at_the_end_sees_the_last_states_of_both_stacks(cell: str) -> None:
    model = answering(cell=cell)
    b = batch([5, 5])
    _, last = pytorchs(model, cell)(model.embedding(b.inputs))
    h = last[0] if isinstance(last, tuple) else last  # (2, B, H)
    expected = model.readout(torch.cat((h[0], h[1]), -1))
    assert largest_difference(model(b).logits[:, -1], expected) < 1e-10


def test_what_follows_a_rows_end_changes_nothing() -> None:
    for model in (network("bidirectional").eval(), answering(layers=2)):
        b = batch([3, 6])
        before = model(b).logits
        b.inputs[0, 3:] = (b.inputs[0, 3:] + 1) % SIZES.inputs
        after = model(b).logits
        assert torch.equal(after[0, :3], before[0, :3])
        alone = Batch(b.inputs[:1, :3], b.targets[:1, :3])
        assert largest_difference(model(alone).logits[0], before[0, :3]) < 1e-12
        assert largest_difference(model.tapped(b, IDENTITY).logits[:, :3], before[:, :3]) < 1e-12


def test_its_arrows_point_both_ways() -> None:
    graph = network("bidirectional", layers=2).graph(Plan.full(4))
    spans = {edge.span for edge in graph.edges if "weight_hh" in edge.parameter}
    assert spans == {1, -1}
    into = [e.source for e in graph.edges if e.target == "output@2"]
    assert into == ["recurrent.forward/1/h@2", "recurrent.backward/1/h@2"]
    assert {n.axis for n in graph.nodes} == {"time"}


def test_an_answer_at_the_end_reads_the_first_column_of_the_other_stack() -> None:
    graph = answering().graph(Plan(4, asked=(3,)))
    into = [e.source for e in graph.edges if e.target == "output@3"]
    assert into == ["recurrent.forward/0/h@3", "recurrent.backward/0/h@0"]


def test_it_may_not_foretell() -> None:
    assert "bidirectional" not in fitting.models_for("language_model")
