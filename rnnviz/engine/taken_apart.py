"""What a look hands over of backpropagation through time: terms, truncation and Jacobians of every
recurrent layer, within bounds of time and memory.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.cell import READ
from rnnviz.contracts.model import Model
from rnnviz.contracts.structure import Part
from rnnviz.engine.backpropagation import Terms, deltas, jacobians, norms
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import IDENTITY, Recorder

MOST_STEPS = 128
MOST_NUMBERS = 2**25
"""Of ∂L_t/∂a_k together, for the widest layer: 128 MiB."""

MOST_PRODUCTS = 4e9
"""Multiplications for the Jacobians of one state of one layer: some tenths of a second."""

ENDS = 3
"""Moments from which Jacobians are followed back."""


def obstacle(model: Model, steps: int) -> str:
    """Why nothing can be taken apart, or ""."""
    rows = [len(stack.weights(0)[1]) for stack in _stacks(model)]
    if not rows:
        return "This network has no matrix that carries a state on from step to step."
    most = min(MOST_STEPS, int((MOST_NUMBERS / max(rows)) ** 0.5))
    if steps > most:
        return (
            f"The probe has {steps:,} positions; the terms of this network's gradient are computed "
            f"for at most {most:,}: type a shorter probe."
        )
    return ""


def taken_apart(
    model: Model, seen: Recorder, losses: Tensor, trained: Tensor
) -> Iterator[NamedArray]:
    """Every array of `backpropagation/…` that `contracts.snapshot` names.

    losses   (T,) of the explicit pass that `seen` has recorded with its graph
    trained  their sum by the path that trains, to compare with
    """
    parts = {part.name: part for part in model.structure.parts}
    for stack in _stacks(model):
        part = parts[stack.part]
        for layer in range(stack.layers):
            terms = terms_of(stack, layer, seen, losses)
            gradient = _by_autograd(trained, stack.weights(layer)[1])
            yield from _double_sum(part, layer, terms, gradient)
            yield from _truncated(part, layer, terms)
            yield from _jacobians(part, layer, seen)


def _stacks(model: Model) -> Iterator[RecurrentLayers]:
    return (module for module in model.modules() if isinstance(module, RecurrentLayers))


# ---- the double sum


def terms_of(stack: RecurrentLayers, layer: int, seen: Recorder, losses: Tensor) -> Terms:
    """Of the gradient of this layer's W_hh."""
    found = deltas(losses, seen.over_time(stack.part, layer, "a_h"))
    return Terms(found * _used(stack, layer), seen.stacked(stack.part, layer, READ))


def _used(stack: RecurrentLayers, layer: int) -> Tensor:
    """(R,) 1 for each row of W_hh that reaches the sum, 0 where connections were removed."""
    _, w_hh, _, b_hh = stack.weights(layer)
    ones = tuple(torch.ones_like(state[layer]) for state in stack.zero_state(1))
    with torch.no_grad():
        given, none = (
            stack.cell.recur(ones, w, b_hh, IDENTITY.at("", 0, 0), stack.own(layer))
            for w in (torch.ones_like(w_hh), torch.zeros_like(w_hh))
        )
    return (given != none)[0].to(w_hh)


def _by_autograd(loss: Tensor, parameter: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(
        loss, parameter, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return found


def _double_sum(part: Part, layer: int, terms: Terms, gradient: Tensor) -> Iterator[NamedArray]:
    where, axes = address(part.name, layer, "W_hh"), ("time", part.axis)
    apart = torch.stack((gradient.norm(), (terms.total() - gradient).norm()))
    yield _array(f"backpropagation/term/{where}", axes, terms.norms())
    yield _array(f"backpropagation/share/{where}", axes, terms.shares())
    yield _array(f"backpropagation/sum/{where}", ("slot",), apart)


def _truncated(part: Part, layer: int, terms: Terms) -> Iterator[NamedArray]:
    """Only for layers that read along the losses: of others none is cut into chunks."""
    if part.axis == "time" and not part.reverse:
        chunks = chunk_lengths(len(terms.deltas))
        lengths = terms.lengths_left(chunks)
        table = torch.stack((torch.tensor(chunks).to(lengths), lengths), 1)
        name = f"backpropagation/truncated/{address(part.name, layer, 'W_hh')}"
        yield _array(name, ("slot", "column"), table)


def chunk_lengths(steps: int) -> list[int]:
    """All up to 32, then fewer and fewer, and the whole."""
    further = (round(32 * 1.1**k) for k in range(1, 100))
    return [*range(1, min(steps, 33)), *(n for n in further if n < steps), steps]


# ---- Jacobians


def _jacobians(part: Part, layer: int, seen: Recorder) -> Iterator[NamedArray]:
    """Nothing of a single moment, nor where not even one step can be afforded."""
    steps = len(seen.over_time(part.name, layer, "h"))
    for state in part.cell.states if _spans(part, steps) else ():
        rows = seen.over_time(part.name, layer, state)
        table = _followed(rows[::-1], part).flip(0, 1) if part.reverse else _followed(rows, part)
        name = f"backpropagation/jacobian/{address(part.name, layer, state)}"
        yield _array(name, (part.axis, part.axis), table)


def _followed(states: list[Tensor], part: Part) -> Tensor:
    """‖∂s_t/∂s_k‖ for a few ends t, in the order of reading: (T, T), NaN where none is computed."""
    table = torch.full((len(states), len(states)), torch.nan).to(states[0])
    for start, end in _spans(part, len(states)):
        table[end, start:end] = norms(jacobians(states[end], states[start:end]))
    return table


def _spans(part: Part, steps: int) -> list[tuple[int, int]]:
    return spans(steps, len(part.cell.blocks) * part.hidden_size**3)


def spans(steps: int, each: int) -> list[tuple[int, int]]:
    """(first, end) of what is followed where a step costs `each` multiplications: from ends spread
    over the sequence as far back as can be afforded.
    """
    reach = int(MOST_PRODUCTS / ENDS / each)
    ends = {round((steps - 1) * (k + 1) / ENDS) for k in range(ENDS)} - {0}
    return [(max(0, end - reach), end) for end in sorted(ends) if reach]


def _array(name: str, dims: tuple[str, ...], values: Tensor) -> NamedArray:
    return NamedArray(name, dims, values.detach().numpy())
