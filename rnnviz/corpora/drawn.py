"""Sequences that are drawn anew for every step and ask for something long after it was read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.model import Batch, Model
from rnnviz.contracts.task import Task, evaluating

EPOCH, VALIDATION, EXAMINED = 500, 4, 64
LAGS = (1, 2, 5, 10, 20, 47, 100)
"""Distances at which every such network is examined, besides the one it is trained for."""

_HELD_OUT = 10**9

Lags = dict[int, float]


class DrawnTask(Task):
    """Base of tasks in which the last position asks for what stood `distance` steps before.

    shortest  steps of the shortest sequence that makes sense
    """

    shortest: ClassVar[int] = 1

    @abstractmethod
    def drawn(self, random: np.random.Generator, rows: int, distance: int) -> Batch:
        """`rows` sequences of one length that ask for something at their last position."""

    @abstractmethod
    def right(self, said: NDArray[np.float32], batch: Batch) -> NDArray[np.bool_]:
        """(B,) whether the last outputs (B, V) are what is asked there."""

    @property
    def batches_per_epoch(self) -> int:
        """A number of steps: sequences never repeat."""
        return EPOCH

    def train_batch(self, step: int) -> Batch:
        """Sequences of one length, another at each step where lengths vary."""
        task, training = self._config.task, self._config.training
        random = np.random.default_rng((training.seed, step))
        varied = task.lengths == "varied"
        drawn = int(random.integers(self.shortest, task.distance + 1)) if varied else task.distance
        return self.drawn(random, training.batch_size, drawn)

    def validation_batches(self) -> Iterator[Batch]:
        """Sequences over the full distance that are not trained on."""
        for index in range(VALIDATION):
            yield self.examined(self._config.task.distance, index)

    def examined(self, distance: int, index: int = VALIDATION) -> Batch:
        """Held-out sequences over any distance, the same ones each time."""
        seed = (self._config.training.seed, _HELD_OUT + index, distance)
        return self.drawn(np.random.default_rng(seed), EXAMINED, distance)

    def said(self, model: Model, batch: Batch) -> NDArray[np.float32]:
        """(B, V) the outputs at the last position."""
        with evaluating(model) as device:
            logits = model(batch.to(device)).logits
        last: NDArray[np.float32] = logits[:, -1].float().cpu().numpy()
        return last

    def by_lag(self, model: Model) -> Lags:
        """The share that is right at each of `LAGS` and at the distance that is trained."""
        lags = sorted({lag for lag in LAGS if lag >= self.shortest} | {self._config.task.distance})
        batches = {lag: self.examined(lag) for lag in lags}
        return {
            lag: float(self.right(self.said(model, batch), batch).mean())
            for lag, batch in batches.items()
        }


def lag_arrays(found: Lags, guessing: float) -> dict[str, NamedArray]:
    """What the view of accuracy against lag reads: `lag/steps`, `lag/accuracy`, `lag/guessing`."""
    tables = {
        "lag/steps": list(map(float, found)),
        "lag/accuracy": list(found.values()),
        "lag/guessing": [guessing] * len(found),
    }
    return {name: NamedArray(name, ("slot",), np.array(v)) for name, v in tables.items()}
