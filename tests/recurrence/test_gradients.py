"""Gradients through time: total, exact, and never from the future."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import CellInfo, Equation, Quantity
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import IDENTITY, Recorder
from tests.networks import Nudge, cell, every_cell, layers


def loss_of(outputs: Tensor) -> Tensor:
    weights = torch.linspace(-1, 2, outputs.numel(), dtype=outputs.dtype)
    return (outputs.tanh() * weights.view_as(outputs)).sum()


def recorded(stack: RecurrentLayers, x: Tensor, quantity: str = "h") -> list[list[Tensor]]:
    """d loss / d quantity_t for each layer and time, (B, H) each."""
    recorder = Recorder()
    loss = loss_of(stack.tapped(x, recorder)[0])
    over = [recorder.over_time("p", layer, quantity) for layer in range(stack.layers)]
    flat = torch.autograd.grad(loss, [h for row in over for h in row])
    steps = x.shape[1]
    return [list(flat[k * steps : (k + 1) * steps]) for k in range(stack.layers)]


@every_cell
@pytest.mark.parametrize("reverse", [False, True])
def test_state_gradient_equals_autograd_by_an_added_zero(
    config: ModelConfig, reverse: bool
) -> None:
    stack = layers(config, layers=2, reverse=reverse)
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    for quantity in stack.cell.info.states:
        shown = recorded(stack, x, quantity)
        for layer in range(2):
            for time in range(5):
                zero = torch.zeros(2, 5, dtype=torch.float64, requires_grad=True)
                nudged = stack.tapped(x, Nudge("p", layer, time, quantity, zero))[0]
                (expected,) = torch.autograd.grad(loss_of(nudged), zero)
                assert (shown[layer][time] - expected).abs().max() < 1e-10


@every_cell
def test_state_gradient_equals_finite_differences(config: ModelConfig) -> None:
    stack, step = layers(config, layers=2), 1e-5
    x = torch.randn(1, 4, 3, dtype=torch.float64)
    shown = recorded(stack, x)
    for layer, time, unit in ((0, 0, 1), (0, 2, 4), (1, 1, 0), (1, 3, 2)):
        nudge = torch.zeros(1, 5, dtype=torch.float64)
        nudge[0, unit] = step
        above = loss_of(stack.tapped(x, Nudge("p", layer, time, "h", nudge))[0])
        below = loss_of(stack.tapped(x, Nudge("p", layer, time, "h", -nudge))[0])
        slope = float((above - below).detach() / (2 * step))
        assert float(shown[layer][time][0, unit]) == pytest.approx(slope, rel=1e-5, abs=1e-8)


@every_cell
@pytest.mark.parametrize("tapped", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_no_gradient_from_the_future(config: ModelConfig, tapped: bool, reverse: bool) -> None:
    stack = layers(config, layers=2, reverse=reverse)
    x = torch.randn(1, 6, 3, dtype=torch.float64, requires_grad=True)
    outputs = stack.tapped(x, IDENTITY)[0] if tapped else stack(x)[0]
    for time in range(6):
        (gradient,) = torch.autograd.grad(outputs[0, time].sum(), x, retain_graph=True)
        unread = gradient[0, :time] if reverse else gradient[0, time + 1 :]
        assert torch.equal(unread, torch.zeros_like(unread))


@pytest.mark.parametrize("name", ["lstm", "gru", "simple_rnn"])
def test_padding_has_no_influence(name: str) -> None:
    stack = RecurrentLayers(cell(ModelConfig(cell=name)), "p", 3, 5, 2, reverse=True).double()
    x = torch.randn(2, 6, 3, dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([3, 6])
    outputs, final = stack.tapped(x, IDENTITY, None, lengths)
    (gradient,) = torch.autograd.grad(outputs.sum() + final[0].sum(), x)
    assert torch.equal(gradient[0, 3:], torch.zeros(3, 3, dtype=torch.float64))
    assert gradient[0, :3].abs().min() > 0


class Linear(Cell):
    """h_t = W x_t + U h_{t-1} + b, without a kernel."""

    info = CellInfo(
        "linear",
        "linear",
        ("h",),
        ("h",),
        (Quantity("h", "state", "state"),),
        (Equation("h", "{h} = {W} {x} + {U} {h-} + {b}", "{h} = {x:h} + {h:h}"),),
    )

    def step(self, a_x: Tensor, a_h: Tensor, state: State, tap: Name, own: Own) -> State:
        return (tap("h", a_x + a_h),)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.5])
def test_linear_network_scales_gradients_by_the_radius(radius: float) -> None:
    """With U = r Q, Q orthogonal, the norm after k steps is r^k times the last one."""
    stack = RecurrentLayers(Linear(ModelConfig()), "p", 3, 8).double()
    orthogonal = nn.init.orthogonal_(torch.empty(8, 8, dtype=torch.float64))
    stack.weights(0)[1].data.copy_(radius * orthogonal)
    recorder = Recorder()
    outputs, _ = stack.tapped(torch.randn(1, 20, 3, dtype=torch.float64), recorder)
    states = recorder.over_time("p", 0, "h")
    found = torch.autograd.grad(outputs[0, -1].square().sum(), states)
    norms = torch.stack([g.norm() for g in found]).flip(0)
    powers = radius ** torch.arange(20, dtype=torch.float64)
    assert (norms / (norms[0] * powers) - 1).abs().max() < 1e-12
