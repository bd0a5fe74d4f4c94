"""The reading side of a record: scalars, samples, marks and snapshots of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.layout import (
    CHECKPOINTS,
    EVALUATIONS,
    EVENTS,
    SAMPLES,
    SNAPSHOTS,
    STEPS,
    checkpoint_steps,
)
from rnnviz.engine.line_log import read_lines
from rnnviz.engine.snapshot_files import SnapshotReader
from rnnviz.engine.step_log import StepReader

T = TypeVar("T")

MOST_RATES = 200

_SAMPLE: TypeAdapter[Sample] = TypeAdapter(Sample)
_MARK: TypeAdapter[Mark] = TypeAdapter(Mark)


class Playback:
    """Reads the record in `folder`; every method raises UserError where it cannot be read at all.

    What is damaged costs itself: a row, a line, a snapshot. One thread may use it at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._steps = StepReader(folder / STEPS)
        self._snapshots = SnapshotReader(folder / SNAPSHOTS)

    def history(self) -> History:
        """Every recorded step. Called again it reads on, and returns the same object, grown; a
        new one where the run was begun anew.
        """
        try:
            history = self._steps.read()
        except OSError as error:
            raise _unreadable(self._folder / STEPS, error) from None
        if not len(history) and self._steps.damaged:
            raise UserError(f"Cannot read the record of this run, {self._folder / STEPS}: damaged.")
        return history

    def samples(self) -> tuple[Sample, ...]:
        """All samples, oldest first."""
        return tuple(self._lines(SAMPLES, _SAMPLE))

    def marks(self) -> tuple[Mark, ...]:
        """What happened at single steps, by step: samples, checkpoints that can be gone back to,
        changes of the learning rate, and what the run itself wrote down.
        """
        saved = checkpoint_steps(self._folder / CHECKPOINTS)
        found = [
            *self.events(),
            *(Mark(step, "checkpoint") for step in saved),
            *(Mark(sample.step, "sample", sample.text) for sample in self.samples()),
            *_rates(self.history()),
        ]
        return tuple(sorted(found, key=lambda mark: mark.step))

    def events(self) -> list[Mark]:
        """The marks that the run itself wrote down, in the order it did."""
        return self._lines(EVENTS, _MARK)

    def evaluations(self) -> tuple[Evaluation, ...]:
        """All evaluations, oldest first."""
        found = (_evaluation(line) for line in self._read(EVALUATIONS))
        return tuple(each for each in found if each is not None)

    def snapshot_steps(self, full: bool = False) -> tuple[int, ...]:
        """Steps with a snapshot; with `full` only those that still have their large arrays."""
        return self._snapshots.steps(full)

    def snapshot(self, step: int, full: bool = True) -> Snapshot:
        """The snapshot of that step with all it still has; without its large arrays where `full`
        is False. KeyError when there is none, UserError when it is damaged.
        """
        return self._snapshots.read(step, full)

    def past(self, most: int = 200) -> tuple[Snapshot, ...]:
        """At most `most` snapshots without their large arrays, evenly chosen, oldest first;
        damaged ones are left out.
        """
        steps = self.snapshot_steps()
        chosen = np.unique(
            np.linspace(0, len(steps) - 1, min(most, len(steps))).round().astype(int)
        )
        found = (self._light(steps[index]) for index in chosen)
        return tuple(snapshot for snapshot in found if snapshot is not None)

    def _light(self, step: int) -> Snapshot | None:
        try:
            return self._snapshots.read(step, full=False)
        except (KeyError, UserError):
            return None

    def _lines(self, name: str, kind: TypeAdapter[T]) -> list[T]:
        return [each for line in self._read(name) if (each := _valid(kind, line)) is not None]

    def _read(self, name: str) -> list[dict[str, Any]]:
        try:
            return read_lines(self._folder / name)
        except OSError as error:
            raise _unreadable(self._folder / name, error) from None


def _valid(kind: TypeAdapter[T], line: dict[str, Any]) -> T | None:
    """What a line says; None where it is damaged."""
    try:
        return kind.validate_python(line)
    except ValidationError:
        return None


def _evaluation(line: dict[str, Any]) -> Evaluation | None:
    """What a line says; None where it is damaged."""
    try:
        return Evaluation.from_data(line)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _rates(history: History) -> list[Mark]:
    """A mark where the learning rate differs from the one a step before; at most `MOST_RATES`,
    evenly chosen: a schedule may change it at every step.
    """
    rates, steps = history.column("learning_rate"), history.column("step")
    changed = np.flatnonzero(np.diff(rates) != 0) + 1
    return [
        Mark(int(steps[i]), "learning_rate", f"learning rate {rates[i - 1]:g} to {rates[i]:g}")
        for i in changed[:: -(-len(changed) // MOST_RATES) or 1]
        if np.isfinite(rates[i - 1 : i + 1]).all()
    ]


def _unreadable(path: Path, error: OSError) -> UserError:
    reason = error.strerror or error
    return UserError(f"Cannot read the record of this run, {path}: {reason}.")
