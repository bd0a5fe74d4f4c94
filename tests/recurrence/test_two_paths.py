"""The fused and the explicit path give the same numbers and the same gradients."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnviz.contracts.config import ModelConfig
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import IDENTITY
from tests.networks import (
    CONFIGURATIONS,
    every_cell,
    gradients,
    largest_difference,
    layers,
    random_state,
)

TOLERANCES = ((torch.float32, 1e-5), (torch.float64, 1e-12))
KERNELS = {"lstm": nn.LSTM, "gru": nn.GRU, "simple_rnn": nn.RNN}


def everything(stack: RecurrentLayers, x: Tensor, state: Any, lengths: Any, tapped: bool) -> Any:
    """Outputs, final states, and the gradients of a loss that depends on all of them."""
    run = stack.tapped(x, IDENTITY, state, lengths) if tapped else stack(x, state, lengths)
    outputs, final = run
    weights = torch.linspace(-1, 1, outputs.numel(), dtype=outputs.dtype).view_as(outputs)
    loss = (outputs * weights).sum() + sum(s.square().sum() for s in final)
    return outputs, final, gradients(loss, stack)


def compare(stack: RecurrentLayers, lengths: list[int] | None, rows: int, steps: int) -> float:
    x = torch.randn(rows, steps, 3, dtype=stack.weights(0)[0].dtype)
    state = random_state(stack, rows)
    given = None if lengths is None else torch.tensor(lengths)
    fused = everything(stack, x, state, given, tapped=False)
    return largest_difference(everything(stack, x, state, given, tapped=True), fused)


@every_cell
@pytest.mark.parametrize(("dtype", "tolerance"), TOLERANCES)
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("reverse", [False, True])
def test_paths_agree(
    config: ModelConfig, dtype: torch.dtype, tolerance: float, depth: int, reverse: bool
) -> None:
    stack = layers(config, dtype, layers=depth, reverse=reverse)
    assert compare(stack, None, 3, 9) < tolerance
    assert compare(stack, [4, 9, 1], 3, 9) < tolerance


@given(
    config=st.sampled_from(CONFIGURATIONS),
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    extra=st.integers(0, 2),
    depth=st.integers(1, 3),
    reverse=st.booleans(),
    precise=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_paths_agree_on_any_ragged_batch(
    config: ModelConfig, lengths: list[int], extra: int, depth: int, reverse: bool, precise: bool
) -> None:
    dtype, tolerance = TOLERANCES[precise]
    stack = layers(config, dtype, layers=depth, reverse=reverse)
    assert compare(stack, lengths, len(lengths), max(lengths) + extra) < tolerance


def kernel_like(stack: RecurrentLayers, name: str) -> nn.RNNBase:
    """PyTorch's own module, built apart and given the same numbers."""
    kernel = KERNELS[name](3, 5, stack.layers, batch_first=True).double()
    kernel.load_state_dict(dict(stack.kernel.named_parameters()))
    return kernel


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("depth", [1, 3])
def test_explicit_path_is_pytorchs_packed_sequence(name: str, depth: int) -> None:
    stack = layers(ModelConfig(cell=name), layers=depth)
    x, lengths = torch.randn(3, 6, 3, dtype=torch.float64), torch.tensor([2, 6, 4])
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    outputs, final = kernel_like(stack, name)(packed)
    expected = pad_packed_sequence(outputs, batch_first=True)[0]
    ours = stack.tapped(x, IDENTITY, None, lengths)
    final = final if isinstance(final, tuple) else (final,)
    assert largest_difference(ours, (expected, final)) < 1e-12
    assert not ours[0][0, 2:].any()


@pytest.mark.parametrize("name", KERNELS)
def test_reverse_is_the_second_half_of_pytorchs_bidirectional(name: str) -> None:
    stack = layers(ModelConfig(cell=name), reverse=True)
    both = KERNELS[name](3, 5, batch_first=True, bidirectional=True).double()
    for own, values in stack.kernel.named_parameters():
        both.get_parameter(f"{own}_reverse").data.copy_(values)
    x, lengths = torch.randn(3, 6, 3, dtype=torch.float64), torch.tensor([2, 6, 4])
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    outputs, final = both(packed)
    expected = pad_packed_sequence(outputs, batch_first=True)[0][:, :, 5:]
    final = final if isinstance(final, tuple) else (final,)
    for ours in (stack(x, None, lengths), stack.tapped(x, IDENTITY, None, lengths)):
        assert largest_difference(ours, (expected, tuple(s[1:] for s in final))) < 1e-12


def test_explicit_path_is_a_loop_over_lstm_cells() -> None:
    stack = layers(ModelConfig(), layers=2)
    x = torch.randn(2, 7, 3, dtype=torch.float64)
    cells = [nn.LSTMCell(3, 5).double(), nn.LSTMCell(5, 5).double()]
    for layer, one in enumerate(cells):
        for own, values in zip(one.parameters(), stack.weights(layer), strict=True):
            own.data.copy_(values)
    states = [(torch.zeros(2, 5).double(), torch.zeros(2, 5).double()) for _ in cells]
    outputs = []
    for signal in x.unbind(1):
        for layer, one in enumerate(cells):
            states[layer] = one(signal, states[layer])
            signal = states[layer][0]
        outputs.append(signal)
    assert largest_difference(stack.tapped(x, IDENTITY)[0], torch.stack(outputs, 1)) < 1e-12


@every_cell
def test_single_steps_are_the_sequence(config: ModelConfig) -> None:
    stack = layers(config, layers=2)
    x, state = torch.randn(2, 4, 3, dtype=torch.float64), random_state(stack, 2)
    expected, final = stack(x, state)
    outputs = []
    for time in range(4):
        output, state = stack.one_step(x[:, time], state, IDENTITY, time)
        outputs.append(output)
    assert largest_difference((torch.stack(outputs, 1), state), (expected, final)) < 1e-12


def test_a_sequence_can_be_cut_where_the_state_is_carried() -> None:
    stack = layers(ModelConfig(), layers=2)
    x = torch.randn(2, 8, 3, dtype=torch.float64)
    first, state = stack(x[:, :5])
    second, final = stack(x[:, 5:], state)
    assert largest_difference((torch.cat((first, second), 1), final), stack(x)) < 1e-12


@every_cell
def test_dropout_acts_between_layers_in_training_only(config: ModelConfig) -> None:
    stack, x = layers(config, layers=2, dropout=0.5), torch.randn(2, 6, 3, dtype=torch.float64)
    quiet = stack.eval().tapped(x, IDENTITY)[0]
    assert torch.equal(quiet, stack.tapped(x, IDENTITY)[0])
    assert not torch.equal(quiet, stack.train().tapped(x, IDENTITY)[0])
    single = layers(config, layers=1, dropout=0.5).train()
    assert torch.equal(single(x)[0], single(x)[0])
