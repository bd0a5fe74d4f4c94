"""`python -m benchmarks._cells`: layers of PyTorch and loops over their cells in turn; prints how
many times as long the loops take.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

Make = Callable[[int, int], nn.Module]
KINDS: dict[str, tuple[Make, Make]] = {
    "lstm": (nn.LSTM, nn.LSTMCell),
    "gru": (nn.GRU, nn.GRUCell),
    "rnn": (nn.RNN, nn.RNNCell),
}
ROWS, STEPS, UNITS, ROUNDS = 50, 50, 128, 12


def pair(kind: str, inputs: int, units: int) -> tuple[nn.Module, nn.Module]:
    """A layer and a cell with the same numbers in their matrices."""
    layer_of, cell_of = KINDS[kind]
    layer, cell = layer_of(inputs, units), cell_of(inputs, units)
    cell.load_state_dict({name[:-3]: values for name, values in layer.state_dict().items()})
    return layer, cell


def loop(cell: nn.Module, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
    """What the layer does, step by step: x (T, B, I) -> every h (T, B, H), the last state."""
    outputs, state = [], None
    for x_t in x:
        state = cell(x_t, state)
        outputs.append(state[0] if isinstance(state, tuple) else state)
    return torch.stack(outputs), state if isinstance(state, tuple) else (state,)


def difference(kind: str) -> float:
    """The largest of any output, last state or gradient, in double precision."""
    torch.manual_seed(1)
    layer, cell = (module.double() for module in pair(kind, 7, 16))
    x = torch.randn(40, 5, 7, dtype=torch.float64)
    whole, last = layer(x)
    outputs, state = loop(cell, x)
    last = last if isinstance(last, tuple) else (last,)
    pairs = [(whole, outputs), *((a[0], b) for a, b in zip(last, state, strict=True))]
    for made in (whole, outputs):
        made.square().sum().backward()
    gradients = zip(_gradients(layer), _gradients(cell), strict=True)
    return max(float((a - b).detach().abs().max()) for a, b in (*pairs, *gradients))


def _gradients(module: nn.Module) -> list[Tensor]:
    return [parameter.grad for parameter in module.parameters() if parameter.grad is not None]


def measure() -> dict[str, float]:
    """Both in turn, so that both suffer alike from the machine."""
    torch.set_num_threads(1)
    return {f"times_as_long_{kind}": _ratio(kind) for kind in KINDS}


def _ratio(kind: str) -> float:
    layer, cell = pair(kind, UNITS, UNITS)
    x = torch.randn(STEPS, ROWS, UNITS)
    fused, looped = lambda: layer(x)[0], lambda: loop(cell, x)[0]
    _seconds(fused), _seconds(looped)
    found = [(_seconds(looped), _seconds(fused)) for _ in range(ROUNDS)]
    return sum(ours for ours, _ in found) / sum(theirs for _, theirs in found)


def _seconds(run: Callable[[], Tensor]) -> float:
    begun = time.perf_counter()
    torch.autograd.backward(run().sum())
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(measure()))
