"""SIGKILL at random moments of training, saving, thinning and resuming."""

from __future__ import annotations

import mmap
import os
import random
import shutil
import signal
import struct
import time
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.contracts.history import COLUMNS, History
from rnnviz.engine import run_folder
from rnnviz.engine.family import run_info
from rnnviz.engine.origin import Resume
from rnnviz.engine.run_store import Run
from rnnviz.engine.trainer import Trainer
from tests.robustness.common import ended, forked, tiny, train

# The clock decides these.
EXACT = [name for name in COLUMNS if name != "seconds"]
KILLS_PER_RUN = 4
LONGEST = 2.5
STEPS = 20_000
STEPS_AFTER = 60


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many kills; what was lost and what failed."""
    dice = random.Random(seed)
    progress = mmap.mmap(-1, 8)
    reference = _Reference(folder)
    failures: list[str] = []
    lost, before, deepest = [0.0], 0, 0
    out = folder / "run"
    for kill in range(count):
        if kill % KILLS_PER_RUN == 0:
            shutil.rmtree(out, ignore_errors=True)
        seconds = _killed(folder, out, progress, dice)
        if not (out / "run.json").exists():
            # Killed while it began: the folder is free for another run.
            run_folder.require_free(out)
            before += 1
            continue
        try:
            found = _check(out, reference)
            lost.append(_lost(seconds, found))
            deepest = max(deepest, found)
            if lost[-1] > 2:
                raise AssertionError(f"lost {lost[-1]:.1f} s of scalars")
            if kill % KILLS_PER_RUN == KILLS_PER_RUN - 1:
                _goes_on(folder, out, reference)
        except Exception as error:
            failures.append(f"kill {kill}: {type(error).__name__}: {error}")
    return {
        "kills": count,
        "before_the_run_began": before,
        "longest_run_steps": deepest,
        "most_seconds_of_scalars_lost": round(max(lost), 2),
        "failures": failures[:10],
    }


class _Reference:
    """The uninterrupted run, as far as it was needed."""

    def __init__(self, folder: Path) -> None:
        from rnnviz.engine.course import Course
        from rnnviz.engine.session import build

        self._course = Course(build(tiny(folder, training__steps=STEPS)), self._heard)
        self._rows: list[list[float]] = []

    def _heard(self, event: Any) -> None:
        for row in getattr(event, "rows", ()):
            self._rows.append([getattr(row, name) for name in EXACT])

    def rows(self, count: int) -> np.ndarray:
        """(count, column) the first steps."""
        while self._course.step < count:
            self._course.advance()
        self._course.flush()
        return np.array(self._rows[:count]).reshape(count, len(EXACT))


def _killed(folder: Path, out: Path, progress: mmap.mmap, dice: random.Random) -> list[float]:
    """Train in another process and kill it; the time of death, then when each step was done."""
    times: list[tuple[float, int]] = []
    progress[:] = struct.pack("<q", 0)

    def training() -> None:
        counted(progress)
        origin = Resume(Run.open(out)) if (out / "run.json").exists() else None
        config = tiny(folder, training__steps=STEPS)
        said = train(config, out, origin)
        raise AssertionError(f"it ended by itself: {said[-3:]}")

    child = forked(training)
    until = time.monotonic() + dice.uniform(0.0, LONGEST)
    while time.monotonic() < until:
        times.append((time.monotonic(), struct.unpack("<q", progress[:])[0]))
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    died = time.monotonic()
    if ended(child) != -signal.SIGKILL:
        raise AssertionError("the training did not live until it was killed")
    return [died, *(value for pair in times for value in pair)]


def counted(progress: mmap.mmap) -> None:
    """Tell every step to the one who kills."""
    step = Trainer.step

    def stepped(self: Trainer) -> Any:
        row = step(self)
        progress[:] = struct.pack("<q", row.step)
        return row

    Trainer.step = stepped  # type: ignore[method-assign]


def _lost(seconds: list[float], recorded: int) -> float:
    """How long before the death the last recorded step was the newest one."""
    died, times, steps = seconds[0], seconds[1::2], seconds[2::2]
    later = [when for when, step in zip(times, steps, strict=True) if step > recorded]
    return died - later[0] if later else 0.0


def _check(out: Path, reference: _Reference) -> int:
    """Everything opens and is what an uninterrupted run has; the last recorded step."""
    run = Run.open(out)
    assert not run.is_live
    assert run_info(out).state == "interrupted"
    history = run.history
    _compare(history, reference, len(history))
    assert run.state.step <= len(history), "a checkpoint without its steps"
    assert run.model is not None
    for step in run.checkpoint_steps():
        assert run.state_at(step).step == step
    for step in run.playback.snapshot_steps():
        assert run.playback.snapshot(step).step == step
    assert len(run.samples) >= 0
    return len(history)


def _compare(history: History, reference: _Reference, count: int) -> None:
    rows = reference.rows(count)
    for index, name in enumerate(EXACT):
        mine, theirs = history.column(name)[:count], rows[:, index]
        other = np.flatnonzero(~((mine == theirs) | (np.isnan(mine) & np.isnan(theirs))))
        if len(other):
            at = int(other[0])
            raise AssertionError(f"{name} of row {at} is {mine[at]}, not {theirs[at]}")


def _goes_on(folder: Path, out: Path, reference: _Reference) -> None:
    saved = Run.open(out).state.step
    steps = saved + STEPS_AFTER

    def resumed() -> None:
        train(tiny(folder, training__steps=steps), out, Resume(Run.open(out)))

    assert ended(forked(resumed)) == 0
    history = Run.open(out).history
    assert len(history) == steps
    # The last step is validated because it is the last.
    _compare(history, reference, steps - 1)
