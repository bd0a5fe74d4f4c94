"""The n-th operation of a save fails, for every n and every reason: full disk, I/O error, no right,
half a write.
"""

from __future__ import annotations

import builtins
import errno
import itertools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.contracts import events
from rnnviz.contracts.snapshot import NEEDS, Sample
from rnnviz.engine import presence
from rnnviz.engine.course import Course
from rnnviz.engine.observer import Observer
from rnnviz.engine.run_folder import RunFolder, Unsaved, create
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session, build
from tests.robustness.common import tiny

REASONS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
SHORT = -1


class Faulty:
    """Counts what is done to the disk, and lets one operation fail."""

    def __init__(self, at: int, reason: int) -> None:
        self.at, self.reason, self.count = at, reason, 0

    def due(self) -> bool:
        self.count += 1
        return self.count - 1 == self.at

    def fail(self) -> None:
        if self.due():
            code = errno.ENOSPC if self.reason == SHORT else self.reason
            raise OSError(code, os.strerror(code))

    def wrap(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(*arguments: Any, **named: Any) -> Any:
            self.fail()
            return act(*arguments, **named)

        return acting

    def wrap_new(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Making a folder that is there already fails in any case, and harms nobody."""
        failing = self.wrap(act)
        return lambda path, *mode: (act if os.path.isdir(path) else failing)(path, *mode)

    def open(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def opening(path: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if not set(mode) & set("wa+x"):
                return act(path, mode, *arguments, **named)
            self.fail()
            return _File(act(path, mode, *arguments, **named), self)

        return opening


class _File:
    """A file whose writes may fail, whole or half way."""

    def __init__(self, file: Any, faulty: Faulty) -> None:
        self._file, self._faulty = file, faulty

    def write(self, data: bytes) -> int:
        if self._faulty.due():
            if self._faulty.reason == SHORT:
                return int(self._file.write(data[: len(data) // 2]))
            self._file.write(data[: len(data) // 3])
            raise OSError(self._faulty.reason, os.strerror(self._faulty.reason))
        return int(self._file.write(data))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def failing(at: int, reason: int) -> Iterator[Faulty]:
    """Within it the `at`-th writing operation fails; -1: none does."""
    faulty = Faulty(at, reason)
    kept = builtins.open, os.replace, os.fsync, os.mkdir, os.rename
    builtins.open = faulty.open(builtins.open)  # type: ignore[assignment]
    os.replace, os.fsync = faulty.wrap(os.replace), faulty.wrap(os.fsync)
    os.mkdir, os.rename = faulty.wrap_new(os.mkdir), faulty.wrap(os.rename)
    try:
        yield faulty
    finally:
        builtins.open, os.replace, os.fsync, os.mkdir, os.rename = kept  # type: ignore[misc]


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """At least `count` faults, or one for each operation; what was lost."""
    dice = random.Random(seed)
    # Beats are tried again all the time; their failing is nobody's loss.
    presence.BEAT_SECONDS = 10**6
    session = build(tiny(folder, look__checkpoints=3))
    saving = _Saving(folder / "run", session)
    with failing(-1, errno.EIO) as faulty:
        saving.save()
    operations = faulty.count
    places = itertools.cycle(itertools.product(range(operations), (*REASONS, SHORT)))
    failures: list[str] = []
    told = 0
    for at, reason in itertools.islice(places, count):
        at = at if count >= operations * len(REASONS) else dice.randrange(operations)
        try:
            told += saving.save_with_fault(at, reason)
        except Exception as error:
            failures.append(f"operation {at}, {reason}: {type(error).__name__}: {error}")
    saving.close()
    failures += _training_goes_on(folder / "training", session)
    return {
        "faults": count,
        "operations_of_a_save": operations,
        "told": told,
        "failures": failures[:10],
    }


class _Saving:
    """Everything a run saves, again and again into one directory."""

    def __init__(self, path: Path, session: Session) -> None:
        self._session = session
        self._folder: RunFolder = create(path, session)
        self._path = path
        self._rows: list[float] = []
        probe = session.task.probe(session.task.default_probe, session.model)
        observer = Observer(session.model, session.task)
        self._snapshot = observer.look(probe, frozenset(NEEDS), 0, 0)

    def save(self) -> int:
        """One of everything; how many of the five said that they failed."""
        row = self._session.trainer.step()
        self._rows.append(row.loss)
        state = self._session.trainer.state()
        acts: tuple[Callable[[], None], ...] = (
            lambda: self._folder.add_steps([row]),
            lambda: self._folder.add_sample(Sample(row.step, "", "text", 1.0, 1)),
            lambda: self._folder.add_snapshot(replace(self._snapshot, step=row.step), True),
            lambda: self._folder.checkpoint(state),
        )
        return sum(map(_complains, acts))

    def save_with_fault(self, at: int, reason: int) -> int:
        before = Run.open(self._path).state
        with failing(at, reason) as faulty:
            told = self.save()
        self._check(before.step, self._session.trainer.done, bool(told))
        if faulty.count > at and not told and reason != SHORT:
            raise AssertionError("a fault was kept silent")
        if self.save():
            raise AssertionError("the next save failed too")
        self._check(self._session.trainer.done, self._session.trainer.done, False)
        return bool(told)

    def _check(self, least: int, most: int, lenient: bool) -> None:
        run = Run.open(self._path)
        if not least <= run.state.step <= most:
            raise AssertionError(f"the newest checkpoint is {run.state.step}, not {most}")
        losses = run.history.column("loss").tolist()
        whole = losses == self._rows or (lenient and losses == self._rows[:-1])
        if not whole:
            raise AssertionError(f"{len(losses)} of {len(self._rows)} rows")
        for step in run.playback.snapshot_steps():
            run.playback.snapshot(step)
        for step in run.checkpoint_steps():
            run.state_at(step)

    def close(self) -> None:
        self._folder.close()


def _complains(act: Callable[[], None]) -> bool:
    try:
        act()
    except Unsaved:
        return True
    return False


def _training_goes_on(path: Path, session: Session) -> list[str]:
    """A course that cannot write at all says so once and trains; later everything is there."""
    said: list[events.Event] = []
    course = Course(build(session.config), said.append)
    course.folder = create(path, course.session)
    losses: list[float] = []
    for step in range(1, 31):
        fails = 10 < step <= 20
        with failing(0, errno.ENOSPC) as faulty:
            # Every operation fails, not only the first.
            faulty.due = lambda fails=fails: fails  # type: ignore[method-assign]
            course.advance()
            course.flush()
    course.save()
    course.close()
    losses = [row.loss for e in said if isinstance(e, events.Rows) for row in e.rows]
    warned = [e for e in said if isinstance(e, events.Warned) and e.unsaved]
    kept = Run.open(path)
    good = len(losses) == 30 and np.array_equal(kept.history.column("loss"), losses)
    return [] if good and warned and kept.state.step == 30 else ["training did not go on"]
