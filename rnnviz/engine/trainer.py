"""One optimizer step after another, synchronous and without threads: the window, the command line
and the tests all call the same `step`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite, nan
from typing import Any

import torch
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.model import Batch, Model, TeacherForced
from rnnviz.contracts.task import Task, evaluating
from rnnviz.engine import carried, forcing, optimizers
from rnnviz.engine.clipping import clip_
from rnnviz.engine.randomness import seeded
from rnnviz.engine.stopwatch import Stopwatch
from rnnviz.engine.team import ALONE, Team

# The held-out part of a huge corpus would stop training for minutes; so many batches judge well.
VALIDATION_BATCHES = 200


class NotFinite(Exception):
    """The loss or the gradient became NaN or infinite; the weights are those before this step."""

    def __init__(self, step: int, what: str) -> None:
        super().__init__(f"The {what} is no longer a finite number at step {step:,}.")
        self.step = step
        self.what = what


@dataclass(frozen=True, slots=True, eq=False)
class TrainerState:
    """Everything needed to continue exactly; all tensors are copies on the CPU."""

    step: int
    tokens: int
    seconds: float
    learning_rate: float
    clip_threshold: float
    model: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    carried: Any


class Trainer:
    """Trains `model` on `task`.

    Reproducible bit for bit on one thread: batches are a function of the step, and so is the random
    generator that dropout draws from. With a `team` each process computes its share of the rows,
    and all arrive at the same weights.
    """

    def __init__(self, config: RunConfig, task: Task, model: Model, team: Team = ALONE) -> None:
        self.config = config.training
        self._team = team
        self.task = task
        self.model = model
        self.done = 0
        self.tokens = 0
        self.clip_threshold = self.config.clip_threshold
        self.watch = Stopwatch()
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        self._optimizer = optimizers.make(self.config, self._parameters)
        self._device = self._parameters[0].device
        self._drops = config.model.dropout > 0
        self._carried: Any = None
        self._network = team.network(model)

    @property
    def learning_rate(self) -> float:
        """In force for the next step; may be set at any time between steps."""
        return float(self._optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = value

    def step(self) -> StepRow:
        """One update of the weights; `NotFinite` leaves them as they were."""
        self.watch.start()
        self._team.order("step", self.learning_rate, self.clip_threshold)
        self._decay()
        drawn = self.task.train_share(self.done, self._team.share)
        count = count_tokens(drawn)
        (total,) = self._team.total(count)
        self._optimizer.zero_grad()
        with self._randomness():
            loss, state = self._forward(drawn.to(self._device))
        numbers = self._clip(self._team.backward(loss, count / max(total, 1)))
        self._optimizer.step()
        self._carried = state
        self.done += 1
        self.tokens += int(total)
        return self._row(*numbers)

    def validate(self, between: Callable[[], None] = lambda: None) -> float:
        """Mean nats per token over the held-out part, NaN where there is none.

        Reads at most `VALIDATION_BATCHES` from the start; calls `between` after each.
        """
        self._team.order("validate")
        nats, tokens = 0.0, 0
        try:
            for loss, count in self._validated():
                nats, tokens = nats + loss * count, tokens + count
                between()
        finally:
            # Even where `between` raises: the other processes wait for this one.
            nats, total = self._team.total(nats, tokens)
        return nats / total if total else nan

    def evaluate(self) -> Evaluation | None:
        """What else the held-out part says of the network as it is now."""
        found = forcing.with_both_losses(self.task, self.model, self.task.evaluate(self.model))
        return None if found is None else replace(found, step=self.done)

    def state(self) -> TrainerState:
        """A copy of everything that changes while training."""
        self._team.order("state")
        return TrainerState(
            self.done,
            self.tokens,
            self.watch.seconds,
            self.learning_rate,
            self.clip_threshold,
            {name: _copy(value) for name, value in self.model.state_dict().items()},
            optimizers.memory(self._optimizer),
            self._team.joined(carried.mapped(_copy, self._carried)),
        )

    def load_state(self, state: TrainerState) -> None:
        """Continue from `state` exactly as if training had never stopped there."""
        state = self._team.dealt(state)
        self.done, self.tokens = state.step, state.tokens
        self.watch = Stopwatch(state.seconds)
        self.model.load_state_dict(state.model)
        optimizers.remember(self._optimizer, state.optimizer)
        self.learning_rate, self.clip_threshold = state.learning_rate, state.clip_threshold
        self._carried = carried.mapped(lambda part: part.to(self._device, copy=True), state.carried)

    def _decay(self) -> None:
        epoch, into = divmod(self.done, self.task.batches_per_epoch)
        if self.done and into == 0 and epoch >= self.config.decay_after:
            self.learning_rate *= self.config.decay

    def _randomness(self) -> AbstractContextManager[None]:
        if not self._drops and not 0 < self._forced_share < 1:
            return nullcontext()
        # Rows of different processes must not drop the same units.
        return seeded(self.config.seed * 1_000_003 + self.done + self._team.share.index * 7_368_787)

    @property
    def _forced_share(self) -> float:
        """Of the next step; where scheduled, it falls evenly over the run (Bengio et al. 2015)."""
        shares = {"always": 1.0, "never": 0.0}
        return shares.get(self.config.teacher_forcing, max(1 - self.done / self.config.steps, 0.0))

    def _forward(self, batch: Batch) -> tuple[Tensor, Any]:
        self.model.train()
        if isinstance(self.model, TeacherForced):
            self.model.forced_share = self._forced_share
        output = self._network(batch, self._continued(batch, self._carried))
        return self.task.loss(output, batch), carried.detached(output.state)

    def _validated(self) -> Iterator[tuple[float, int]]:
        """Loss and positions of each held-out batch, as far as its rows are this process's."""
        state, batches = None, self.task.validation_share(self._team.share)
        for drawn in islice(batches, VALIDATION_BATCHES):
            batch, count = drawn.to(self._device), count_tokens(drawn)
            with evaluating(self.model):
                output = self.model(batch, self._continued(batch, state))
                state = output.state
                loss = float(self.task.loss(output, batch)) if count else 0.0
            yield loss, count

    def _continued(self, batch: Batch, state: Any) -> Any:
        return state if batch.continues else None

    def _clip(self, loss: Tensor) -> tuple[float, float, float]:
        gradients = [p.grad for p in self._parameters if p.grad is not None]
        norms = clip_(gradients, self.config.clip, self.clip_threshold)
        # One transfer for all three numbers: on a GPU each would wait for the device.
        value, norm, clipped = torch.stack((loss.detach(), *norms)).tolist()
        for what, number in (("loss", value), ("gradient", norm)):
            if not isfinite(number):
                raise NotFinite(self.done + 1, what)
        return value, norm, clipped

    def _row(self, loss: float, norm: float, clipped: float) -> StepRow:
        return StepRow(
            step=self.done,
            epoch=self.done / self.task.batches_per_epoch,
            loss=loss,
            norm=norm,
            norm_clipped=clipped,
            clip=nan if self.config.clip == "none" else self.clip_threshold,
            learning_rate=self.learning_rate,
            seconds=self.watch.seconds,
            tokens=self.tokens,
        )


def count_tokens(batch: Batch) -> int:
    """Positions that count in the loss."""
    return int(batch.asked.sum())


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True)
