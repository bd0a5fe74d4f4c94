"""What the measurements hold side by side is equal: else their ratios would mean nothing."""

from __future__ import annotations

import pytest
import torch

from benchmarks._cells import KINDS, difference, loop, pair
from benchmarks._rtrl import SIZES, network, numbers
from benchmarks._rtrl import difference as of_gradients


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_of_cells_is_the_layer(kind: str) -> None:
    """Outputs, last states and every gradient."""
    assert difference(kind) < 1e-10
    layer, cell = pair(kind, 3, 4)
    x = torch.randn(6, 2, 3)
    assert torch.allclose(loop(cell, x)[0], layer(x)[0], atol=1e-6)


def test_learning_in_real_time_has_the_gradient_of_backpropagation() -> None:
    assert of_gradients() < 1e-10


def test_what_it_keeps_grows_with_the_square_of_the_units() -> None:
    assert [numbers(2 * units) / numbers(units) for units in SIZES] == [4.0] * len(SIZES)
    assert sum(p.numel() for p in network(8).parameters()) == 8 * (16 + 8 + 2)
