"""SIGKILL at random moments of training, saving and thinning; each run that is left behind is then
resumed and compared with the one that nobody killed.
"""

from __future__ import annotations

import mmap
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.history import COLUMNS, History
from rnnviz.engine import checkpoints, run_folder, snapshot_files
from rnnviz.engine.course import Course
from rnnviz.engine.family import run_info
from rnnviz.engine.origin import Resume
from rnnviz.engine.run_folder import RunFolder
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import build
from rnnviz.engine.trainer import Trainer
from tests.robustness.common import ended, forked, tiny, train
from tests.robustness.operations import Operations, watch

# The clock decides these.
EXACT = [name for name in COLUMNS if name != "seconds"]
KILLS_PER_RUN = 4
STEPS = 20_000
STEPS_AFTER = 30

# Kills by the clock come within so many seconds; the others at one of so many operations on the
# disk, and by the clock where that many are not done.
LONGEST = 2.0
OPERATIONS = {"saving": 150, "thinning": 40}
PATIENCE = 20.0
MOMENTS = ("training", *OPERATIONS)


@dataclass(frozen=True, slots=True)
class Death:
    """When a training was killed, and when (steps,) each of its steps had been done; 0: never."""

    at: float
    done: np.ndarray

    def lost(self, recorded: int) -> float:
        """Seconds for which the first step that is not recorded had been done."""
        later = self.done[recorded + 1] if recorded + 1 < len(self.done) else 0.0
        return max(0.0, self.at - later) if later else 0.0


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many kills, each survived by a run that goes on; what was lost and what failed."""
    dice = random.Random(seed)
    shared = mmap.mmap(-1, 8 * (STEPS + 1))
    reference = _Reference(folder)
    failures: list[str] = []
    lost, fell, deepest, resumed = [0.0], Counter[str](), 0, 0
    out = folder / "run"
    kill = 0
    while kill < count:
        moment = MOMENTS[kill % len(MOMENTS)]
        death = _killed(folder, out, shared, moment, dice)
        if not (out / "run.json").exists():
            # Killed while it began: the folder is free for another run, and this one counts not.
            run_folder.require_free(out)
            fell["before it began"] += 1
            continue
        kill += 1
        fell[moment] += 1
        try:
            found = _check(out, reference)
            lost.append(death.lost(found))
            deepest = max(deepest, found)
            if lost[-1] > 2:
                raise AssertionError(f"lost {lost[-1]:.1f} s of scalars")
            _goes_on(folder, out, reference)
            resumed += 1
        except Exception as error:
            failures.append(f"kill {kill} while {moment}: {type(error).__name__}: {error}")
        if kill % KILLS_PER_RUN == 0:
            shutil.rmtree(out)
    return {
        "kills": count,
        "killed_while": dict(fell),
        "resumed_bit_for_bit": resumed,
        "longest_run_steps": deepest,
        "most_seconds_of_scalars_lost": round(max(lost), 2),
        "failures": failures[:10],
    }


class _Reference:
    """The uninterrupted run, as far as it was needed."""

    def __init__(self, folder: Path) -> None:
        self._course = Course(build(_config(folder)), self._heard)
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


def _config(folder: Path, steps: int = STEPS) -> RunConfig:
    return tiny(folder, training__steps=steps)


# ---- killing


def _killed(folder: Path, out: Path, shared: mmap.mmap, moment: str, dice: random.Random) -> Death:
    """Train in another process until it dies."""
    done = np.frombuffer(shared, np.float64)
    done[:] = 0.0
    prepared = partial(_deadly, moment, dice.randrange(OPERATIONS.get(moment, 1)))
    child = forked(lambda: _train_until_killed(folder, out, done, prepared))
    limit = dice.uniform(0.0, LONGEST) if moment == "training" else PATIENCE
    until = time.monotonic() + limit
    while time.monotonic() < until and not _is_over(child):
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    at = time.monotonic()
    if ended(child) != -signal.SIGKILL:
        raise AssertionError("the training did not live until it was killed")
    return Death(at, done.copy())


def _train_until_killed(
    folder: Path, out: Path, done: np.ndarray, prepared: Callable[[], None]
) -> None:
    _timed(done)
    prepared()
    # Thinned soon, not only after hours.
    snapshot_files.MOST_SNAPSHOTS = 8
    origin = Resume(Run.open(out)) if (out / "run.json").exists() else None
    said = train(_config(folder), out, origin)
    raise AssertionError(f"it ended by itself: {said[-3:]}")


def _is_over(child: int) -> bool:
    """Whether it has died; it stays for `ended` to be asked."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child, options) is not None


def _timed(done: np.ndarray) -> None:
    """Write down when each step is done, where the one who kills can see it."""
    step = Trainer.step

    def stepped(self: Trainer) -> Any:
        row = step(self)
        done[row.step] = time.monotonic()
        return row

    Trainer.step = stepped  # type: ignore[method-assign]


class _Death(Operations):
    """The process ends at one operation, in the middle of it where it is a write."""

    def happen(self, name: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def torn(self, file: Any, data: Any) -> int:
        file.write(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def _deadly(moment: str, operation: int) -> None:
    """From now on die at that operation of saving or of thinning."""
    inside = [0]
    counted = [0]

    def due(_: int) -> bool:
        counted[0] += bool(inside[0])
        return bool(inside[0]) and counted[0] > operation

    def within(act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(*arguments: Any, **named: Any) -> Any:
            inside[0] += 1
            try:
                return act(*arguments, **named)
            finally:
                inside[0] -= 1

        return acting

    if moment == "saving":
        for name in ("checkpoint", "add_steps", "add_sample", "add_snapshot"):
            setattr(RunFolder, name, within(getattr(RunFolder, name)))
    elif moment == "thinning":
        checkpoints.thin = within(checkpoints.thin)
        writer: Any = snapshot_files.SnapshotWriter
        writer._thin = within(writer._thin)
    if moment in OPERATIONS:
        watch(_Death(due))


# ---- what is left


def _check(out: Path, reference: _Reference) -> int:
    """Everything opens and is what an uninterrupted run has; the last recorded step."""
    run = Run.open(out)
    assert not run.is_live, "it seems to be written"
    state = run_info(out).state
    assert state == "interrupted", f"it is listed as {state}"
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
    """A copy of the run, so that the next kill finds it as this one left it, is trained on."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(out, copy)
    steps = Run.open(copy).state.step + STEPS_AFTER
    code = ended(forked(lambda: _resumed(folder, copy, steps)))
    assert code == 0, f"going on ended with {code}"
    history = Run.open(copy).history
    assert len(history) == steps, f"{len(history)} of {steps} rows"
    # The last step is validated because it is the last.
    _compare(history, reference, steps - 1)
    assert Run.open(copy).state.step == steps, "the end was not saved"


def _resumed(folder: Path, out: Path, steps: int) -> None:
    said = train(_config(folder, steps), out, Resume(Run.open(out)))
    states = [event.state for event in said if hasattr(event, "state")]
    assert "finished" in states, said[-3:]
