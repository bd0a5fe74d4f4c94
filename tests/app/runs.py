"""Small runs on disk, trained without a window."""

from __future__ import annotations

import time
from pathlib import Path

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import NEEDS
from rnnviz.engine.runner import Runner
from tests import patience


def tiny_config(folder: Path) -> RunConfig:
    """Eight units on a few lines: a step takes about a millisecond."""
    text = folder / "tiny.txt"
    text.write_text("the cat sat on the mat, and the dog sat on the log.\n" * 60)
    return RunConfig(title="tiny").replaced(
        {
            "task.corpus": str(text),
            "model.hidden_size": 8,
            "model.layers": 2,
            "training.batch_size": 4,
            "training.sequence_length": 12,
            "training.steps": 60,
            "training.threads": 1,
            "training.validate_every": 20,
            "look.sample_every": 1000,
            "look.sample_length": 5,
            "look.budget_percent": 50.0,
        }
    )


def train(config: RunConfig, path: Path) -> None:
    """Train to the end, looking inside now and then."""
    runner = Runner(config, path)
    runner.start()
    runner.send(events.Look(frozenset(NEEDS), ""))
    runner.send(events.Train())
    until = time.monotonic() + patience.SECONDS
    state = ""
    while state not in ("finished", "failed") and time.monotonic() < until:
        time.sleep(0.01)
        for event in runner.poll():
            state = event.state if isinstance(event, events.Changed) else state
    runner.send(events.Stop())
    while not runner.join(0.05):
        assert time.monotonic() < until
