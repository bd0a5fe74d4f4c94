"""The cells against PyTorch's own, and the conventions that textbooks differ in."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from rnnviz.contracts.config import ModelConfig
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import IDENTITY
from tests.networks import cell, largest_difference, random_state

REFERENCES = {
    "lstm": nn.LSTMCell,
    "gru": nn.GRUCell,
    "simple_rnn": nn.RNNCell,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_one_step_equals_pytorchs_cell(name: str) -> None:
    layers = RecurrentLayers(cell(ModelConfig(cell=name)), "p", 4, 6).double()
    reference = REFERENCES[name](4, 6).double()
    for own, parameter in zip(layers.weights(0), reference.parameters(), strict=True):
        parameter.data.copy_(own)
    x, state = torch.randn(3, 4, dtype=torch.float64), random_state(layers, 3)
    given = tuple(s[0] for s in state)
    expected = reference(x, given if len(given) > 1 else given[0])
    _, new = layers.one_step(x, state, IDENTITY, 0)
    expected = expected if isinstance(expected, tuple) else (expected,)
    assert largest_difference([s[0] for s in new], expected) < 1e-12


def test_update_gate_at_one_keeps_the_old_state() -> None:
    gru = cell(ModelConfig(cell="gru"))
    open_z = torch.tensor([[0.0, 0.0, 1e4, 1e4, 0.3, 0.3]])
    h = torch.tensor([[0.7, -0.2]])
    assert torch.equal(gru.step(open_z, torch.zeros(1, 6), (h,), lambda _, v: v, {})[0], h)


def test_simple_cell_names_its_nonlinearity() -> None:
    titles = {k: cell(ModelConfig(cell="simple_rnn", nonlinearity=k)).info.title
              for k in ("tanh", "relu", "sigmoid")}  # fmt: skip
    assert titles["tanh"] == "simple RNN (tanh)"
    assert titles["relu"] == "simple RNN (ReLU)"
    assert titles["sigmoid"] == "simple RNN (σ)"


def test_sigmoid_has_no_kernel_and_trains_through_its_step() -> None:
    config = ModelConfig(cell="simple_rnn", nonlinearity="sigmoid")
    assert not RecurrentLayers(cell(config), "p", 3, 4, 2).is_fused
    layers, x = RecurrentLayers(cell(config), "p", 3, 4), torch.randn(2, 5, 3)
    w_ih, w_hh, b_ih, b_hh = layers.weights(0)
    h, expected = torch.zeros(2, 4), []
    for t in range(5):
        h = torch.sigmoid(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        expected.append(h)
    assert largest_difference(layers(x)[0], torch.stack(expected, 1)) < 1e-6


@pytest.mark.parametrize("layers", [1, 3])
def test_parameters_without_a_kernel_are_named_like_pytorchs(layers: int) -> None:
    config = ModelConfig(cell="simple_rnn", nonlinearity="sigmoid")
    ours = RecurrentLayers(cell(config), "p", 3, 4, layers).kernel.named_parameters()
    theirs = nn.RNN(3, 4, layers).named_parameters()
    assert {n: p.shape for n, p in ours} == {n: p.shape for n, p in theirs}
