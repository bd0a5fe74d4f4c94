"""Lets a network write whole sentences, one word of each row at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from rnnviz.contracts.model import Autoregressive, Batch, Model, Sizes
from rnnviz.contracts.task import draw, evaluating

Choice = Callable[[Tensor], Tensor]
"""(B, V) logits -> (B,) ids of the words to write."""

_NEVER = -1e9


def greedy(logits: Tensor) -> Tensor:
    """The likeliest word of each row."""
    return logits.argmax(1)


def drawn(temperature: float, seed: int) -> Choice:
    """One word by chance, for a single row; equal arguments draw the same words."""
    generator = torch.Generator().manual_seed(seed)

    def choose(logits: Tensor) -> Tensor:
        return torch.tensor([draw(logits[0], temperature, generator)], device=logits.device)

    return choose


def write(
    model: Model, given: Batch, sizes: Sizes, most: int, choose: Choice = greedy
) -> list[list[int]]:
    """Ids for each row of what is `given` (a source or a picture; its inputs and targets are not
    looked at), the end included where it came within `most`.
    """
    assert isinstance(model, Autoregressive)
    with evaluating(model) as device:
        last = torch.full((len(given.inputs),), sizes.begin, device=device)
        state = model.start(_moved(replace(given, inputs=last[:, None]), device))
        columns: list[Tensor] = []
        ended = torch.zeros_like(last, dtype=torch.bool)
        while len(columns) < most and not ended.all():
            logits, state = model.advance(last, state)
            logits[:, [sizes.padding, sizes.begin]] = _NEVER
            last = choose(logits)
            columns.append(last)
            ended |= last == sizes.end
    return [_up_to(sizes.end, row) for row in torch.stack(columns, 1).tolist()]


def _moved(given: Batch, device: torch.device) -> Batch:
    parts = (given.source, given.source_lengths, given.picture)
    source, lengths, picture = (part if part is None else part.to(device) for part in parts)
    return Batch(given.inputs, given.inputs, source=source, source_lengths=lengths, picture=picture)


def _up_to(end: int, ids: list[int]) -> list[int]:
    return ids[: ids.index(end) + 1] if end in ids else ids
