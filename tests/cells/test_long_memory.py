"""Leaky units and connections that skip time, against loops written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from rnnviz.analysis.time_constant import TimeConstant
from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import Part, Structure
from rnnviz.recurrence.tap import IDENTITY, Recorder
from tests.networks import cell, largest_difference, layers

STEPS = 9


def _inputs() -> torch.Tensor:
    return torch.randn(2, STEPS, 3, dtype=torch.float64)


@pytest.mark.parametrize("leak", ["learned", "fixed"])
def test_leaky_units_are_running_averages(leak: Any) -> None:
    stack = layers(ModelConfig(cell="leaky", leak=leak, time_constant=30.0))
    w, u, b, d = stack.weights(0)
    alpha = torch.sigmoid(stack.own(0)["leak"])
    x, h, expected = _inputs(), torch.zeros(2, 5, dtype=torch.float64), []
    for t in range(STEPS):
        h = alpha * h + (1 - alpha) * torch.tanh(x[:, t] @ w.T + b + h @ u.T + d)
        expected.append(h)
    assert largest_difference(stack(x)[0], torch.stack(expected, 1)) < 1e-12
    stack(x)[0].sum().backward()
    learned = stack.own(0)["leak"].grad
    assert (learned is not None and bool(learned.any())) == (leak == "learned")


def test_time_constants_start_between_one_and_the_longest() -> None:
    made = cell(ModelConfig(cell="leaky", time_constant=100.0))
    alpha = torch.sigmoid(made.parameters(7)["leak"])
    array = NamedArray("p/0/alpha", ("time", "unit"), alpha.expand(3, 7).numpy())
    part = Part("p", "p", made.info, 1, 7)
    (found,) = TimeConstant().compute({array.name: array}, Structure("m", "m", (part,), ()))
    assert np.allclose(found.values, np.logspace(0, 2, 7), rtol=1e-3)
    decayed = float(alpha[-1]) ** 100
    assert decayed == pytest.approx(np.exp(-1), rel=1e-3)


@pytest.mark.parametrize("short", ["kept", "half removed", "removed"])
def test_skipping_connections_reach_back_exactly_so_far(short: Any) -> None:
    stack = layers(ModelConfig(cell="skip_rnn", skip=3, short_connections=short))
    w, u, b, d = stack.weights(0)
    x, states = _inputs(), [torch.zeros(2, 5, dtype=torch.float64)] * 3
    for t in range(STEPS):
        if short == "removed":
            recurrent = states[-3] @ u.T
        else:
            near = states[-1] @ u.T
            if short == "half removed":
                near = near * torch.tensor([0.0, 0.0, 1.0, 1.0, 1.0])
            recurrent = near + states[-3] @ stack.own(0)["weight_skip"].T
        states.append(torch.tanh(x[:, t] @ w.T + b + recurrent + d))
    assert largest_difference(stack(x)[0], torch.stack(states[3:], 1)) < 1e-12


def test_a_carried_state_continues_where_the_chunk_ended() -> None:
    stack = layers(ModelConfig(cell="skip_rnn", skip=4), layers=2)
    x = _inputs()
    whole, _ = stack(x)
    first, state = stack(x[:, :2])
    rest, _ = stack(x[:, 2:], state)
    assert largest_difference(torch.cat((first, rest), 1), whole) < 1e-12
    state = stack.zero_state(2)
    for t in range(STEPS):
        h, state = stack.one_step(x[:, t], state, IDENTITY, t)
        assert largest_difference(h, whole[:, t]) < 1e-12


def test_without_short_connections_only_every_third_state_matters() -> None:
    stack = layers(ModelConfig(cell="skip_rnn", skip=3, short_connections="removed"))
    recorder = Recorder()
    outputs, _ = stack.tapped(_inputs(), recorder)
    states = recorder.over_time("p", 0, "h")
    gradients = torch.autograd.grad(outputs[:, -1].sum(), states, allow_unused=True)
    reached = [g is not None and bool(g.any()) for g in gradients]
    assert reached == [(STEPS - 1 - t) % 3 == 0 for t in range(STEPS)]
