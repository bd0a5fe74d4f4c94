"""Networks that read their own last output: taught with the targets in its place, all steps at
once where the cell allows it; otherwise one step after the other.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.cell import State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Output, Sizes, Tap, TeacherForced
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.tap import IDENTITY


class OutputFeedback(TeacherForced):
    """Base: x_t and y_{t-1} -> h_t -> logits. What is given back is softmax(o_{t-1}), or the
    numbers themselves; while it is taught, the target as a unit vector, and nothing where none
    is asked. A network that answers once, at the end, gets nothing back.
    """

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        self.outputs, self.numbers = sizes.outputs, sizes.output_kind == "values"
        self.feeds = not sizes.answers_once
        self.dropout = config.dropout
        self.embedding = step_input(config, sizes)
        self.readout = nn.Linear(config.hidden_size, sizes.outputs)

    @abstractmethod
    def rest(self, rows: int) -> State:
        """What is carried besides the last output, before the first step."""

    @abstractmethod
    def step(self, x: Tensor, y: Tensor, state: State, tap: Tap, time: int) -> tuple[Tensor, State]:
        """One step: x (B, E) and the output before y (B, K) -> h (B, H) and what is carried."""

    @abstractmethod
    def steps(
        self, x: Tensor, y: Tensor, state: State, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        """All steps at once: x (B, T, E), y (B, T, K) -> h (B, T, H) and what is carried."""

    def forward(self, batch: Batch, state: Any = None) -> Output:
        if self.training and self.forced_share >= 1:
            return self.forced(batch, state)
        return self._freely(batch, IDENTITY, state, self.forced_share if self.training else 0.0)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        return self._freely(batch, tap, state, 0.0)

    def forced(self, batch: Batch, state: Any = None) -> Output:
        x = self.embedding(batch.inputs)
        *carried, before = self._carried(batch, state)
        true = self._true(batch, x.dtype)  # (B, T, K)
        y = torch.cat((before[:, None], true[:, :-1]), 1)
        h, now = self.steps(x, y, tuple(carried), batch.lengths)
        return Output(self._read(h), _detached((*now, true[:, -1])))

    def start(self, batch: Batch) -> Any:
        rows = len(batch.inputs)
        return (*self.rest(rows), self.readout.weight.new_zeros(rows, self.outputs))

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        *carried, y = state
        h, now = self.step(self.embedding(tokens), y, tuple(carried), IDENTITY, 0)
        logits = self._read(h)
        return logits, (*now, self._given_back(logits))

    def _freely(self, batch: Batch, tap: Tap, state: Any, share: float) -> Output:
        """One step after the other, the target given back at `share` of the steps."""
        x = self.embedding(batch.inputs)
        *carried, y = self._carried(batch, state)
        now, written = tuple(carried), []
        for time, x_t in enumerate(x.unbind(1)):
            h, now = self.step(x_t, y, now, _until_the_end(tap, batch, time), time)
            written.append(self._read(h))
            y = self._given_back(written[-1])
            if share > 0:
                y = self._mixed(y, batch, time, share)
        return Output(torch.stack(written, 1), _detached((*now, y)))

    def _mixed(self, y: Tensor, batch: Batch, time: int, share: float) -> Tensor:
        """The target instead of y (B, K) in about `share` of the rows (scheduled sampling)."""
        true = self._true(batch, y.dtype)[:, time]
        chosen = torch.rand(len(y), 1, device=y.device) < share
        return torch.where(chosen & batch.asked[:, time, None], true, y)

    def _carried(self, batch: Batch, state: Any) -> tuple[Tensor, ...]:
        found: tuple[Tensor, ...] = state if batch.continues and state else self.start(batch)
        return found

    def _true(self, batch: Batch, dtype: torch.dtype) -> Tensor:
        """(B, T, K) targets as what is given back, zeros where nothing is asked."""
        if not self.feeds:
            return self.readout.weight.new_zeros((*batch.targets.shape[:2], self.outputs))
        if self.numbers:
            return batch.targets.nan_to_num(0.0)
        asked = batch.targets != NOTHING_ASKED
        ids = batch.targets.masked_fill(~asked, 0)
        return F.one_hot(ids, self.outputs).to(dtype) * asked[:, :, None]

    def _given_back(self, logits: Tensor) -> Tensor:
        said = logits if self.numbers else logits.softmax(-1)
        return said if self.feeds else torch.zeros_like(said)

    def _read(self, h: Tensor) -> Tensor:
        logits: Tensor = self.readout(F.dropout(h, self.dropout, self.training))
        return logits

    def fed_back(self, asked: tuple[int, ...], into: list[str], parameter: str) -> list[Edge]:
        """Edges of the unrolled graph from each output to the state one step later."""
        steps = [t for t in asked if t + 1 < len(into)] if self.feeds else []
        return [Edge(f"output@{t}", into[t + 1], parameter, 1) for t in steps]


def _until_the_end(tap: Tap, batch: Batch, time: int) -> Tap:
    """Silent after the end of row 0, which is the one that is looked at."""
    ended = batch.lengths is not None and time >= int(batch.lengths[0])
    return IDENTITY if ended else tap


def _detached(state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(part.detach() for part in state)
