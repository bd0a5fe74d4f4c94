"""Names that a network writes, many side by side: each row has its own class and its own end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Autoregressive, Batch
from rnnviz.contracts.task import evaluating
from rnnviz.corpora.vocabulary import BEGIN, END, PADDING, Words

_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Wish:
    """At most `most` letters, drawn at `temperature`; 0 takes the likeliest."""

    most: int
    temperature: float
    seed: int = 0


def write(
    model: Autoregressive, labels: Tensor, begun: Sequence[int], letters: Words, wish: Wish
) -> list[list[int]]:
    """For each class of labels (B,) the letter ids of a name that begins with `begun`; UserError on
    NaN.
    """
    end, generator = letters.id(END), torch.Generator().manual_seed(wish.seed)
    with evaluating(model) as device:
        last = torch.full((len(labels),), letters.id(BEGIN), device=device)
        state = model.start(Batch(last[:, None], last[:, None], context=labels.to(device)))
        columns: list[Tensor] = []
        ended = torch.zeros(len(labels), dtype=torch.bool)
        while len(columns) < wish.most and not ended.all():
            logits, state = model.advance(last, state)
            given = begun[len(columns)] if len(columns) < len(begun) else None
            chosen = _next(logits.cpu(), given, letters, wish.temperature, generator)
            columns.append(chosen)
            ended |= chosen == end
            last = chosen.to(device)
    rows: list[list[int]] = torch.stack(columns, 1).tolist()
    return [row[: row.index(end)] if end in row else row for row in rows]


def _next(
    logits: Tensor,
    given: int | None,
    letters: Words,
    temperature: float,
    generator: torch.Generator,
) -> Tensor:
    """(B,) the letter that is given, else one drawn for each row of logits (B, V)."""
    if not logits.isfinite().all():
        raise UserError(
            "The network's output is not a number: rewind the training or lower its learning rate."
        )
    if given is not None:
        return torch.full((len(logits),), given)
    logits[:, [letters.id(PADDING), letters.id(BEGIN), letters.unknown]] = _NEVER
    if temperature <= 0:
        return logits.argmax(1)
    chances = (logits.double() / temperature).softmax(1)
    return torch.multinomial(chances, 1, generator=generator)[:, 0]
