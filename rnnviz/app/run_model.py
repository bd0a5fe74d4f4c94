"""What the window knows of the run: emptied out of the runner thirty times a second, told to the
views.

Nothing here blocks: the runner's queues are read, never waited for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.contracts.structure import Structure

if TYPE_CHECKING:
    from rnnviz.engine.runner import Runner

MOST_PAST = 200

EVERYTHING = frozenset({"snapshot", "history", "samples", "evaluations", "corpus", "past", "state"})


class RunModel(QObject):
    """The state of the open run. `changed` names what is new: snapshot, history, samples,
    corpus, state, past; probe, when the newest snapshot reads another text. `opened`: another run
    begins.
    """

    opened = Signal()
    changed = Signal(object)
    warned = Signal(str)
    prepared = Signal(object)
    progressed = Signal(str, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_model")
        self.runner: Runner | None = None
        self.path: Path | None = None
        self._forget()

    def _forget(self) -> None:
        self.config: RunConfig | None = None
        self.history = History()
        self.samples: list[Sample] = []
        self.evaluations: list[Evaluation] = []
        self.past: list[Snapshot] = []
        self.snapshot: Snapshot | None = None
        self.corpus: CorpusSummary | None = None
        self.structure: Structure | None = None
        self.ready: events.Ready | None = None
        self.state = "empty"
        self.message = ""
        self.can_rewind = False
        self.cost: events.LookCost | None = None
        self.remark = ""
        self.arrived_at = 0.0
        self._past_gap = 1

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        last = self.history.last()
        return last.step if last else 0

    def begin(self, runner: Runner, config: RunConfig, path: Path | None) -> None:
        """Follow a new runner. The one before must have been released."""
        self._forget()
        self.runner, self.config, self.path = runner, config, path
        self.state = "preparing"
        runner.start()
        self.opened.emit()
        self.changed.emit(EVERYTHING)

    def show_recorded(
        self,
        config: RunConfig | None,
        path: Path,
        history: History,
        samples: Iterable[Sample],
        snapshots: Iterable[Snapshot],
        corpus: CorpusSummary | None,
        evaluations: Iterable[Evaluation] = (),
    ) -> None:
        """Show a run from disk; nothing trains. One of a script has no configuration."""
        self._forget()
        self.runner, self.config, self.path = None, config, path
        self.history, self.samples = history, list(samples)
        self.evaluations = list(evaluations)
        for snapshot in snapshots:
            self._take(snapshot)
        self.structure = self.snapshot.structure if self.snapshot else None
        self.corpus, self.state = corpus, "recorded"
        self.opened.emit()
        self.changed.emit(EVERYTHING)

    def send(self, command: events.Command) -> None:
        """Hand a command to the run, if there is one."""
        if self.runner is not None:
            self.runner.send(command)

    def release(self) -> Runner | None:
        """Stop following the runner: it is told to end, the caller may wait for it."""
        runner, self.runner = self.runner, None
        if runner is not None:
            runner.send(events.Stop())
        return runner

    def poll(self) -> None:
        """Take everything the runner has put out since the last call."""
        if self.runner is None:
            return
        news: set[str] = set()
        for event in self.runner.poll():
            self._receive(event, news)
        snapshot = self.runner.latest()
        if snapshot is not None:
            if self.snapshot is None or snapshot.tokens.input != self.snapshot.tokens.input:
                news.add("probe")
            self._take(snapshot)
            news |= {"snapshot", "past"}
        if news:
            self.changed.emit(news)

    def _take(self, snapshot: Snapshot) -> None:
        self.snapshot, self.arrived_at = snapshot, time.monotonic()
        if not self.past or snapshot.step >= self.past[-1].step + self._past_gap:
            self.past.append(replace(snapshot, arrays={}, results=dict(snapshot.results)))
        if len(self.past) > MOST_PAST:
            # Every second one goes, so the kept ones stay evenly spread over the whole run.
            self.past = self.past[::2]
            self._past_gap = max(2 * self._past_gap, 1)

    def _go_back(self, step: int, news: set[str]) -> None:
        """After a rewind nothing later than `step` has happened."""
        last = self.history.last()
        if last is not None and step < last.step:
            self.history.rewind(step)
            self.samples = [sample for sample in self.samples if sample.step <= step]
            self.evaluations = [one for one in self.evaluations if one.step <= step]
            self.past = [snapshot for snapshot in self.past if snapshot.step <= step]
            news |= {"history", "samples", "evaluations", "past"}

    def _receive(self, event: events.Event, news: set[str]) -> None:
        match event:
            case events.Rows(rows):
                for row in rows:
                    self.history.append(row)
                news.add("history")
            case events.Sampled(sample):
                self.samples.append(sample)
                news.add("samples")
            case events.Evaluated(evaluation):
                self.evaluations.append(evaluation)
                news.add("evaluations")
            case events.Ready():
                self.ready, self.structure, self.corpus = event, event.structure, event.corpus
                news |= {"corpus", "state"}
                self.prepared.emit(event)
            case events.Changed():
                self.state, self.message = event.state, event.message
                self.can_rewind = event.can_rewind
                if event.state == "paused":
                    self._go_back(event.step, news)
                news.add("state")
            case events.Progressed(what, fraction):
                self.progressed.emit(what, fraction)
            case events.Warned(message):
                self.warned.emit(message)
            case events.Remarked(remark):
                self.remark = remark
            case events.LookCost():
                self.cost = event
                news.add("cost")
