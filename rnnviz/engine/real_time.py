"""Real-time recurrent learning (Williams and Zipser 1989): the gradient of a recurrent matrix,
carried forward in time. Nothing is kept of the past but how the present state depends on the
matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from rnnviz.contracts.cell import State
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import IDENTITY

Loss = Callable[[Tensor, int], Tensor]


def forward_in_time(
    stack: RecurrentLayers, x: Tensor, loss: Loss, layer: int = 0
) -> Iterator[Tensor]:
    """After each step the gradient of all losses so far by W_hh of `layer`: as W_hh.

    x     (T, I)
    loss  of the top layer's h (1, H) at time t
    """
    w_hh, state = stack.weights(layer)[1], stack.zero_state(1)
    size = sum(part.numel() for part in state)
    influence = w_hh.new_zeros(size, w_hh.numel())  # ∂s_t/∂W along every path
    total = w_hh.new_zeros(w_hh.numel())
    for t, x_t in enumerate(x):
        before = _joined(state).detach().requires_grad_()
        _, after = stack.one_step(x_t[None], _apart(before, state), IDENTITY, t)
        through, direct = _derivatives(_joined(after), before, w_hh)
        influence = through @ influence + direct
        total = total + _by_state(loss, t, after) @ influence
        state = tuple(part.detach() for part in after)
        yield total.view_as(w_hh)


def kept(stack: RecurrentLayers, steps: int) -> tuple[int, int]:
    """Numbers that have to be kept for W_hh of one layer: forward in time, and for backpropagation
    through so many steps.
    """
    size = sum(part.numel() for part in stack.zero_state(1))
    return size * stack.weights(0)[1].numel(), size * steps


def _derivatives(now: Tensor, before: Tensor, w_hh: Tensor) -> tuple[Tensor, Tensor]:
    """∂s_t/∂s_{t-1} (S, S) and ∂s_t/∂W with s_{t-1} held (S, W)."""
    each = torch.eye(len(now)).to(now)
    through, direct = torch.autograd.grad(now, (before, w_hh), each, is_grads_batched=True)
    return through, direct.flatten(1)


def _by_state(loss: Loss, t: int, state: State) -> Tensor:
    """∂L_t/∂s_t (S,): of the whole state only the top layer's h is seen by the loss."""
    given = _joined(state).detach().requires_grad_()
    (found,) = torch.autograd.grad(loss(_apart(given, state)[0][-1], t), given)
    return found


def _joined(state: State) -> Tensor:
    return torch.cat([part.flatten() for part in state])


def _apart(joined: Tensor, like: State) -> State:
    pieces = torch.split(joined, [part.numel() for part in like])
    return tuple(piece.view_as(part) for piece, part in zip(pieces, like, strict=True))
