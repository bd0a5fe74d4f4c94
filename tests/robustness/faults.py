"""The n-th operation of a save fails, for every n and every reason: full disk, I/O error, no right,
a disk that became read-only, half a write.
"""

from __future__ import annotations

import errno
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count as counting
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.contracts import events
from rnnviz.contracts.snapshot import NEEDS, Sample
from rnnviz.engine import presence, snapshot_files
from rnnviz.engine.course import Course
from rnnviz.engine.observer import Observer
from rnnviz.engine.run_folder import RunFolder, Unsaved, create
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session, build
from tests.robustness.common import changed, tiny
from tests.robustness.operations import Operations, watched

# A write that takes half and says so is no error: the rest is written by the next one.
SHORT = -1
REASONS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, SHORT)


class Faulty(Operations):
    """One operation fails, a write after a third of its data."""

    def __init__(self, due: Callable[[int], bool], reason: int) -> None:
        super().__init__(due)
        self.reason = reason
        self.failed = ""

    def happen(self, name: str) -> None:
        if self.reason != SHORT:
            self.failed = name
            raise OSError(self.reason, os.strerror(self.reason))

    def torn(self, file: Any, data: Any) -> int:
        if self.reason == SHORT:
            self.failed = "write"
            return int(file.write(data[: len(data) // 2]))
        file.write(data[: len(data) // 3])
        self.happen("write")
        raise AssertionError


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many faults: every operation of a save in turn, again and again as the run grows."""
    # Beats are tried again all the time, their failing is nobody's loss; thinning belongs to every
    # save.
    with changed(presence, BEAT_SECONDS=10**6), changed(snapshot_files, MOST_SNAPSHOTS=4):
        return _survive(folder, count, random.Random(seed))


def _survive(folder: Path, count: int, dice: random.Random) -> dict[str, Any]:
    session = build(tiny(folder, look__checkpoints=3))
    saving = _Saving(folder / "run", session)
    for _ in range(5):
        saving.save()
    failures: list[str] = []
    failed = Counter[str]()
    most = told = 0
    for at, reason in saving.places(dice, few=count < 200):
        try:
            name, said = saving.save_with_fault(at, reason)
        except Exception as error:
            failures.append(f"operation {at}, {reason}: {type(error).__name__}: {error}")
            name, said = "failure", 1
        if name:
            failed[name] += 1
            told += said
            most = max(most, at + 1)
        if failed.total() >= count or len(failures) >= 10:
            break
    saving.close()
    failures += _training_goes_on(folder / "training", session)
    return {
        "faults": failed.total(),
        "operations_of_a_save": most,
        "of_which": dict(failed),
        "told": told,
        "failures": failures,
    }


class _Saving:
    """Everything a run saves, again and again into one directory."""

    def __init__(self, path: Path, session: Session) -> None:
        self._session = session
        self._folder: RunFolder = create(path, session)
        self._path = path
        self._rows: list[float] = []
        self._ended = False
        probe = session.task.probe(session.task.default_probe, session.model)
        observer = Observer(session.model, session.task)
        self._snapshot = observer.look(probe, frozenset(NEEDS), 0, 0)

    def places(self, dice: random.Random, few: bool) -> Iterator[tuple[int, int]]:
        """(operation, reason) for each operation of a save, until one is asked for that a save has
        no more, for each reason, for ever; some at random where `few` are wanted.

        By turns the saves are all into one run, and each the first of a run of its own.
        """
        while few:
            yield dice.randrange(40), dice.choice(REASONS)
        for turn in counting():
            for reason in REASONS:
                for at in counting():
                    if turn % 2:
                        self.renew()
                    yield at, reason
                    if self._ended:
                        break

    def renew(self) -> None:
        """Begin a run of its own."""
        self._folder.close()
        self._folder = create(self._path, self._session, overwrite=True)
        self._rows = []

    def save(self) -> int:
        """One of everything; how many of them said that they failed."""
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

    def save_with_fault(self, at: int, reason: int) -> tuple[str, bool]:
        """The operation that failed, "" where a save has no such one, and whether that was told."""
        before = Run.open(self._path).state
        with watched(Faulty(lambda count: count == at, reason)) as faulty:
            told = self.save()
        self._ended = faulty.count <= at
        self._check(before.step, self._session.trainer.done, bool(told))
        if faulty.failed and not told and reason != SHORT and faulty.failed not in FORGIVEN:
            raise AssertionError(f"a failed {faulty.failed} was kept silent")
        if told:
            if self.save():
                raise AssertionError("the next save failed too")
            self._check(self._session.trainer.done, self._session.trainer.done, False)
        return faulty.failed, bool(told)

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


# Deleting what was given up: what is left of it is tidied up later, and nobody misses anything.
FORGIVEN = ("unlink", "rmdir")


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
        # Every operation fails, not only one.
        with watched(Faulty(lambda _, fails=fails: fails, errno.ENOSPC)):
            course.advance()
            course.flush()
    course.save()
    course.close()
    losses = [row.loss for e in said if isinstance(e, events.Rows) for row in e.rows]
    warned = [e for e in said if isinstance(e, events.Warned) and e.unsaved]
    kept = Run.open(path)
    good = len(losses) == 30 and np.array_equal(kept.history.column("loss"), losses)
    return [] if good and warned and kept.state.step == 30 else ["training did not go on"]
