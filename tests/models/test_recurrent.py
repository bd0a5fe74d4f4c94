"""The recurrent network: published parameter counts and the state carried from batch to batch."""

from __future__ import annotations

import pytest
import torch

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Batch, Plan, Sizes
from rnnviz.models.recurrent import Recurrent
from rnnviz.recurrence.tap import IDENTITY
from tests.networks import batch, largest_difference, network


@pytest.mark.parametrize(
    ("cell", "layers", "size", "count"),
    [
        ("lstm", 2, 128, 240_321),
        ("gru", 2, 128, 182_337),
        ("simple_rnn", 2, 128, 66_369),
        ("lstm", 1, 64, 37_761),
    ],
)
def test_parameter_counts_on_65_characters(cell: str, layers: int, size: int, count: int) -> None:
    config = ModelConfig(cell=cell, layers=layers, hidden_size=size)
    assert Recurrent(config, Sizes(65, 65)).structure.parameter_count == count


@pytest.mark.parametrize(("cell", "count"), [("gru", 4_327_200), ("lstm", 5_769_600)])
def test_recurrent_parameters_of_the_autocomplete_article(cell: str, count: int) -> None:
    """Two layers of 600 on embeddings of 27 symbols in 600 numbers, with PyTorch's two biases."""
    config = ModelConfig(
        cell=cell, layers=2, hidden_size=600, input="embedding", embedding_size=600
    )
    parameters = Recurrent(config, Sizes(27, 27)).structure.parameters
    assert sum(p.count for p in parameters if p.part == "recurrent") == count
    assert sum(p.count for p in parameters if p.role == "embedding") == 16_200


def test_the_state_is_carried_without_its_graph() -> None:
    model = network("recurrent")
    first, second = batch([5, 5]), batch([5, 5], continues=True)
    state = model(first).state
    assert not any(s.requires_grad for s in state)
    both = Batch(
        torch.cat((first.inputs, second.inputs), 1), torch.cat((first.targets, second.targets), 1)
    )
    expected = model(both).logits[:, 5:]
    assert largest_difference(model(second, state).logits, expected) < 1e-12
    assert largest_difference(model.tapped(second, IDENTITY, state).logits, expected) < 1e-12


def test_a_batch_that_does_not_continue_starts_from_zero() -> None:
    model = network("recurrent")
    state = model(batch([5, 5])).state
    other = batch([5, 5])
    assert torch.equal(model(other, state).logits, model(other).logits)


def test_one_hot_times_a_matrix_is_a_look_up() -> None:
    one_hot = network("recurrent", input="one_hot")
    looked_up = network("recurrent", input="embedding", embedding_size=11)
    looked_up.get_parameter("embedding.weight").data.copy_(torch.eye(11))
    for name, values in one_hot.named_parameters():
        looked_up.get_parameter(name).data.copy_(values)
    b = batch([6])
    assert largest_difference(looked_up(b).logits, one_hot(b).logits) < 1e-12


def test_zero_range_keeps_pytorchs_own_start() -> None:
    model = network("recurrent", init_range=0.0, hidden_size=64)
    weights = model.get_parameter("recurrent.kernel.weight_hh_l0").detach()
    assert 0.12 < weights.abs().max() <= 64**-0.5


def test_drawn_axes() -> None:
    graph = network("recurrent", layers=2).graph(Plan.full(3))
    rows = {node.kind: node.row for node in graph.nodes if node.kind != "state"}
    assert rows == {"input": 0, "output": 3, "loss": 4, "target": 5}
    assert graph.node("recurrent/1/h@2").array == "recurrent/1/h"
    through = [e for e in graph.edges if e.parameter == "recurrent.kernel.weight_hh_l1"]
    assert [(e.source, e.target, e.span) for e in through] == [
        ("recurrent/1/h@0", "recurrent/1/h@1", 1),
        ("recurrent/1/h@1", "recurrent/1/h@2", 1),
    ]
