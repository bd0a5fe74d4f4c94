"""`python -m benchmarks._rtrl`: both ways to one gradient in turn; prints how many times as long
the one forward in time takes.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

from rnnviz.cells.simple_rnn import SimpleRNN
from rnnviz.contracts.config import ModelConfig
from rnnviz.engine.real_time import forward_in_time, kept
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import IDENTITY

SIZES = (8, 16, 32, 64)
STEPS, INPUTS, ROUNDS = 50, 16, 3


def network(units: int) -> RecurrentLayers:
    """One layer of tanh units; the loss is what its states add up to, squared."""
    torch.manual_seed(1)
    return RecurrentLayers(SimpleRNN(ModelConfig(cell="simple_rnn")), "p", INPUTS, units)


def real_time(stack: RecurrentLayers, x: Tensor) -> Tensor:
    """The gradient of W_hh carried forward."""
    ways = forward_in_time(stack, x, lambda h, _: h.sum().square())
    return deque(ways, maxlen=1)[0]


def through_time(stack: RecurrentLayers, x: Tensor) -> Tensor:
    """The same by autograd, over the same explicit steps."""
    h, _ = stack.tapped(x[None], IDENTITY)
    (found,) = torch.autograd.grad(h[0].sum(1).square().sum(), stack.weights(0)[1])
    return found


def numbers(units: int) -> float:
    """How many times as many numbers have to be kept."""
    forward, backward = kept(network(units), STEPS)
    return forward / backward


def difference() -> float:
    """Of the two gradients, in double precision."""
    stack, x = network(16).double(), torch.randn(STEPS, INPUTS, dtype=torch.float64)
    return float((real_time(stack, x) - through_time(stack, x)).abs().max())


def measure() -> dict[str, float]:
    """Both in turn, so that both suffer alike from the machine."""
    torch.set_num_threads(1)
    return {f"times_as_long_{units}": _ratio(units) for units in SIZES}


def _ratio(units: int) -> float:
    stack, x = network(units), torch.randn(STEPS, INPUTS)
    ways = (real_time, through_time)
    for way in ways:
        _seconds(way, stack, x)
    found = [[_seconds(way, stack, x) for way in ways] for _ in range(ROUNDS)]
    return sum(forward for forward, _ in found) / sum(backward for _, backward in found)


def _seconds(
    way: Callable[[RecurrentLayers, Tensor], Tensor], stack: RecurrentLayers, x: Tensor
) -> float:
    begun = time.perf_counter()
    way(stack, x)
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(measure()))
