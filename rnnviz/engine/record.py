"""What a run leaves behind step by step, in files that are only appended to or replaced whole:
every scalar of every step, samples, marks and thinned snapshots. Readable while it is written.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.layout import EVALUATIONS, EVENTS, SAMPLES, SNAPSHOTS, STEPS
from rnnviz.engine.line_log import LineWriter
from rnnviz.engine.snapshot_files import SnapshotWriter
from rnnviz.engine.step_log import StepWriter


class Record:
    """The writing side. Any thread may write. OSError where something could not be written: steps,
    samples and marks then wait for the next one, a snapshot is left out.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        # Two locks: training must not wait for a large snapshot to be written.
        self._lines_lock, self._snapshots_lock = threading.Lock(), threading.Lock()
        self._steps = StepWriter(folder / STEPS)
        self._samples = LineWriter(folder / SAMPLES)
        self._events = LineWriter(folder / EVENTS)
        self._evaluations = LineWriter(folder / EVALUATIONS)
        self._snapshots = SnapshotWriter(folder / SNAPSHOTS, budget)

    def add_steps(self, rows: Iterable[StepRow]) -> None:
        """Append scalars; a step that is there already takes back that one and all later ones."""
        with self._lines_lock:
            self._steps.append(rows)

    def add_sample(self, sample: Sample) -> None:
        """Append one sample."""
        with self._lines_lock:
            self._samples.append(asdict(sample))

    def add_mark(self, mark: Mark) -> None:
        """Append one mark for the timeline."""
        with self._lines_lock:
            self._events.append(asdict(mark))

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Append one evaluation."""
        with self._lines_lock:
            self._evaluations.append(evaluation.to_data())

    def add_snapshot(self, snapshot: Snapshot, full: bool = True) -> None:
        """Keep a snapshot, its large arrays only when `full`; others give way to the budget."""
        with self._snapshots_lock:
            self._snapshots.add(snapshot, full)

    def rewind(self, step: int) -> None:
        """Forget everything after `step`."""
        with self._lines_lock:
            for log in (self._steps, self._samples, self._events, self._evaluations):
                log.rewind(step)
        with self._snapshots_lock:
            self._snapshots.rewind(step)

    def sync(self) -> None:
        """Return when all steps are on the disk."""
        with self._lines_lock:
            self._steps.sync()

    def close(self) -> None:
        """Finish: all steps are on the disk afterwards."""
        self.sync()
