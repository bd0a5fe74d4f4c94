"""A run that was killed can be opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session
from tests import patience
from tests.engine.child import child

Make = Callable[..., Session]


def test_killed_run_opens(session: Make, tmp_path: Path) -> None:
    long = session(training__steps=100_000, training__checkpoint_every=0.05)
    process = child(long, tmp_path)
    folder = tmp_path / "run" / "checkpoints"
    until = time.monotonic() + patience.SECONDS
    while time.monotonic() < until:
        if any(int(p.name[5:]) > 20 for p in folder.glob("step-*") if p.name[5:].isdigit()):
            break
        time.sleep(0.02)
    process.kill()
    process.communicate()
    run = Run.open(tmp_path / "run")
    assert run.state.step > 0
    assert len(run.history) > 0
    assert run.task.sample(run.model, "the", 5, 1.0, 1)
