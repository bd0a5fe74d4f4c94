"""What the window knows of the run: emptied out of its source forty times a second, told to the
views. Whether the source trains here or reads what another process writes, nobody need know.

Nothing here blocks: the source's queues are read, never waited for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.contracts.source import Source
from rnnviz.contracts.structure import Structure

MOST_PAST = 200

EVERYTHING = frozenset({"snapshot", "history", "samples", "evaluations", "corpus", "past", "state"})


class RunModel(QObject):
    """The state of the open run. `changed` names what is new: snapshot, history, samples,
    corpus, state, past; probe, when the newest snapshot is the first answer to another question.
    `opened`: another run begins.
    """

    opened = Signal()
    changed = Signal(object)
    warned = Signal(str)
    prepared = Signal(object)
    progressed = Signal(str, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_model")
        self.source: Source | None = None
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
        self.remedy: Mapping[str, Any] = {}
        self.cost: events.LookCost | None = None
        self.remark = ""
        self.grown_at = time.monotonic()
        self._past_gap = 1

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        last = self.history.last()
        return last.step if last else 0

    @property
    def goal(self) -> int:
        """Steps in all, 0 where nobody said how many."""
        if self.ready is not None:
            return self.ready.goal
        return self.config.training.steps if self.config else 0

    @property
    def read_only(self) -> bool:
        """Whether it is only read here: nothing can be asked of it."""
        return self.state in ("recorded", "watched", "lost")

    @property
    def grows(self) -> bool:
        """Whether steps may still come by themselves."""
        return self.state in ("preparing", "training", "paused", "watched")

    def begin(self, source: Source, config: RunConfig | None, path: Path | None) -> None:
        """Follow a new source; the one before must have been released. A run of somebody's script
        has no configuration.
        """
        self._forget()
        self.source, self.config, self.path = source, config, path
        self.state = "preparing"
        source.start()
        self.opened.emit()
        self.changed.emit(EVERYTHING)
        self.poll()

    def take_over(self, source: Source, config: RunConfig) -> None:
        """Follow a source that trains on what is shown; the one before must have been released."""
        self.source, self.config = source, config
        self.state, self.message = "preparing", ""
        source.start()
        self.changed.emit({"state"})

    def send(self, command: events.Command) -> None:
        """Hand a command to the run, if there is one."""
        if self.source is not None:
            self.source.send(command)

    def release(self) -> Source | None:
        """Stop following the source: it is told to end, the caller may wait for it."""
        source, self.source = self.source, None
        if source is not None:
            source.send(events.Stop())
        return source

    def poll(self) -> None:
        """Take everything the source has put out since the last call."""
        if self.source is None:
            return
        news: set[str] = set()
        for event in self.source.poll():
            self._receive(event, news)
        snapshot = self.source.latest()
        if snapshot is not None:
            if self.snapshot is None or _asked(snapshot) != _asked(self.snapshot):
                news.add("probe")
            self._take(snapshot)
            news |= {"snapshot", "past"}
        if news:
            self.changed.emit(news)

    def _take(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._remember(snapshot)

    def _remember(self, snapshot: Snapshot) -> None:
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

    def _reopen(
        self,
        config: RunConfig | None,
        structure: Structure,
        corpus: CorpusSummary | None,
        news: set[str],
    ) -> None:
        source, state, anew = self.source, self.state, len(self.history) > 0
        self._forget()
        self.source, self.state, self.config = source, state, config
        self.structure, self.corpus = structure, corpus
        news |= EVERYTHING
        if anew:
            self.opened.emit()

    def _read(self, found: events.Read, news: set[str]) -> None:
        """What was read of a run on disk, by whomever it is written."""
        self.grown_at = time.monotonic()
        if found.history is not None:
            last = found.history.last()
            self._go_back(last.step if last else 0, news)
            self.history = found.history
            news.add("history")
        if found.samples is not None:
            self.samples = list(found.samples)
            news.add("samples")
        if found.evaluations is not None:
            self.evaluations = list(found.evaluations)
            news.add("evaluations")
        for snapshot in found.past:
            self._remember(snapshot)
            news.add("past")

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
            case events.Opened(config, structure, corpus):
                self._reopen(config, structure, corpus, news)
            case events.Read():
                self._read(event, news)
            case events.Changed():
                self.state, self.message = event.state, event.message
                self.can_rewind, self.remedy = event.can_rewind, event.remedy
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


def _asked(snapshot: Snapshot) -> tuple[object, ...]:
    """What it answers: a text, and a request for what open views need."""
    return snapshot.tokens.input, snapshot.generation
