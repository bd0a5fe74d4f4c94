"""Every recipe against a bare loop: the same network and batches, trained by a dozen lines of plain
PyTorch without observation or recording.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.train import THREADS, side_by_side
from rnnviz.cli.train import LOOK_PERCENT
from rnnviz.contracts.config import RunConfig, TrainingConfig
from rnnviz.contracts.model import TeacherForced
from rnnviz.engine import recipes
from rnnviz.engine.carried import detached
from rnnviz.engine.session import make_model, task_class, use_threads

ROUNDS = 3
# A block of one side in turn: so many seconds' worth of steps, or so many steps.
SECONDS, STEPS = 1.0, 10


class PlainLoop:
    """What `torch` alone does with a recipe's network and batches."""

    def __init__(self, config: RunConfig) -> None:
        use_threads(config.training.threads)
        self.config = config.training
        self.task = task_class(config).open(config)
        self.model = make_model(config, self.task.sizes).train()
        self.parameters = list(self.model.parameters())
        self.optimizer = optimizer(config.training, self.parameters)
        self.done, self.state = 0, None

    def step(self) -> float:
        """One update; the loss."""
        batch = self.task.train_batch(self.done)
        if isinstance(self.model, TeacherForced):
            self.model.forced_share = self._forced_share()
        output = self.model(batch, self.state if batch.continues else None)
        loss = self.task.loss(output, batch)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if self.config.clip == "norm":
            nn.utils.clip_grad_norm_(self.parameters, self.config.clip_threshold)
        elif self.config.clip == "value":
            nn.utils.clip_grad_value_(self.parameters, self.config.clip_threshold)
        self.optimizer.step()
        self.state, self.done = detached(output.state), self.done + 1
        return loss.item()

    def _forced_share(self) -> float:
        """How often targets are given back: one step after the other, or all at once."""
        shares = {"always": 1.0, "never": 0.0}
        return shares.get(self.config.teacher_forcing, 1 - self.done / self.config.steps)


def optimizer(config: TrainingConfig, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """PyTorch's own, with the recipe's numbers."""
    rate = config.learning_rate
    if config.optimizer == "adam":
        return torch.optim.Adam(parameters, rate)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, rate, alpha=config.smoothing)
    momentum = config.momentum if config.optimizer == "momentum" else 0.0
    return torch.optim.SGD(parameters, rate, momentum=momentum)


def every_recipe() -> dict[str, float]:
    """The ratio of each recipe, each in a process of its own."""
    return {recipe.name: _in_fresh_process(recipe.name) for recipe in recipes.every()}


def _in_fresh_process(name: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._recipes", name],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    ratio: float = json.loads(done.stdout.splitlines()[-1])
    return ratio


def ratio(name: str) -> float:
    """Our steps a second with recording, divided by the plain loop's."""
    changes: dict[str, Any] = {
        "training.threads": THREADS,
        "training.device": "cpu",
        "training.steps": 10**7,
        "training.validate_every": 10**7,
        "look.sample_every": 10**7,
        "look.budget_percent": LOOK_PERCENT,
    }
    config = recipes.configuration(name).replaced(changes)
    plain = PlainLoop(config)
    theirs, ours = side_by_side(config, plain.step, ROUNDS, _steps(plain))
    return round(theirs / ours, 3)


def _steps(plain: PlainLoop) -> int:
    """So that each block takes about `SECONDS`."""
    plain.step()
    begun = time.perf_counter()
    for _ in range(STEPS):
        plain.step()
    return max(STEPS, round(STEPS * SECONDS / (time.perf_counter() - begun)))


if __name__ == "__main__":
    print(json.dumps(ratio(sys.argv[1])))
