"""Real-time recurrent learning against autograd through time, in float64."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from rnnviz.contracts.config import ModelConfig
from rnnviz.engine.real_time import forward_in_time, kept
from tests.networks import every_cell, layers

STEPS = 6


@every_cell
@pytest.mark.parametrize("layer", [0, 1])
def test_the_gradient_is_that_of_backpropagation_at_every_moment(config: Any, layer: int) -> None:
    torch.manual_seed(4)
    stack, read = layers(config, layers=2), nn.Linear(5, 4).double()
    x, y = torch.randn(STEPS, 3, dtype=torch.float64), torch.randint(4, (STEPS,))

    def loss(h: Tensor, t: int) -> Tensor:
        return cross_entropy(read(h), y[t : t + 1])

    found = list(forward_in_time(stack, x, loss, layer))
    for t in range(STEPS):
        h, _ = stack(x[None, : t + 1])
        (expected,) = torch.autograd.grad(
            cross_entropy(read(h[0]), y[: t + 1], reduction="sum"), stack.weights(layer)[1]
        )
        assert (found[t] - expected).abs().max() < 1e-10


def test_what_it_keeps_grows_with_the_cube_of_the_units_and_not_with_time() -> None:

    for units in (5, 10):
        stack = layers(ModelConfig(cell="simple_rnn"), hidden_size=units)
        assert kept(stack, 50) == (units**3, 50 * units)
        assert kept(stack, 500)[0] == units**3
