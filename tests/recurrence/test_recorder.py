"""What the recorder keeps, and when."""

from __future__ import annotations

import pytest
import torch

from rnnviz.contracts.config import ModelConfig
from rnnviz.recurrence.tap import NO_LAYER, Recorder, name_of
from tests.networks import layers


@pytest.mark.parametrize("reverse", [False, True])
def test_recorded_states_are_the_outputs_at_their_positions(reverse: bool) -> None:
    stack, recorder = layers(ModelConfig(), reverse=reverse), Recorder()
    outputs, _ = stack.tapped(torch.randn(1, 6, 3, dtype=torch.float64), recorder)
    assert torch.equal(recorder.stacked("p", 0, "h"), outputs[0])


@pytest.mark.parametrize("reverse", [False, True])
def test_row_0_of_a_ragged_batch_is_recorded_up_to_its_end(reverse: bool) -> None:
    stack, recorder = layers(ModelConfig(), layers=2, reverse=reverse), Recorder()
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    outputs, _ = stack.tapped(x, recorder, None, torch.tensor([4, 6]))
    shown = recorder.stacked("p", 1, "h")
    assert torch.equal(shown, outputs[0, :4])
    alone = Recorder()
    stack.tapped(x[:1, :4], alone)
    assert (recorder.stacked("p", 0, "f") - alone.stacked("p", 0, "f")).abs().max() < 1e-12


def test_stacked_values_are_detached_and_the_tensors_are_not() -> None:
    stack, recorder = layers(ModelConfig()), Recorder()
    stack.tapped(torch.randn(1, 3, 3, dtype=torch.float64), recorder)
    assert not recorder.stacked("p", 0, "h").requires_grad
    assert all(h.requires_grad for h in recorder.over_time("p", 0, "h"))


def test_preactivation_parts_sum_to_what_the_gates_are_made_of() -> None:
    stack, recorder = layers(ModelConfig()), Recorder()
    stack.tapped(torch.randn(1, 3, 3, dtype=torch.float64), recorder)
    total = recorder.stacked("p", 0, "a_x") + recorder.stacked("p", 0, "a_h")
    assert torch.equal(total[:, 5:10].sigmoid(), recorder.stacked("p", 0, "f"))


def test_addresses() -> None:
    assert name_of("encoder.forward", 1, "h") == "encoder.forward/1/h"
    assert name_of("decoder", NO_LAYER, "attention") == "attention"
