"""What is new in a run directory since the last time one asked: it may be written meanwhile, by
whomever. Reads only, and knows no threads.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.events import Event
from rnnviz.contracts.history import History
from rnnviz.contracts.snapshot import NEEDS, Snapshot
from rnnviz.engine import scene
from rnnviz.engine.layout import EVALUATIONS, FACTS, SAMPLES, SNAPSHOTS, STEPS
from rnnviz.engine.run_store import Run

# Snapshots between two questions; of more only the newest are taken.
MOST_AT_ONCE = 20

Signature = tuple[int, int, int]


class Follower:
    """Follows the run in `path`. `open` comes first; UserError where there is none to follow.

    snapshot  the newest one with all its arrays that nobody has taken yet
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.snapshot: Snapshot | None = None
        self._held: frozenset[str] = frozenset()

    def open(self) -> list[Event]:
        """Everything up to now that the record holds; what it lacks is left to `complete`."""
        self._run = Run.open(self.path)
        self._facts = self._signature(FACTS)
        self._steps_size = 0
        self._known = self._signatures()
        self._snapshots = set(self._run.playback.snapshot_steps())
        history = self._history()
        self.snapshot = self._first_snapshot()
        structure, corpus, past = self._run.structure, self._run.corpus, self._run.past
        return [
            events.Opened(self.config, structure, corpus),
            self._read(history, past=past, samples=True, evaluations=True),
        ]

    def complete(self, needs: frozenset[str] = frozenset(NEEDS)) -> None:
        """Look at the newest checkpoint where the recorded snapshot lacks some of `needs`: building
        the network takes longer than reading everything else, so nobody waits for it.
        """
        if not needs <= self._held:
            self._held |= needs
            with suppress(UserError):
                # Without a whole checkpoint nothing can be looked at anew; the record is shown.
                self.snapshot = scene.look(self._run, needs=self._held)

    def news(self) -> list[Event]:
        """What has come since; UserError where the run cannot be read (any more)."""
        if self._signature(FACTS) != self._facts:
            # Gone, or another run stands in its place.
            return self.open()
        before, self._known = self._known, self._signatures()
        changed = {name for name in self._known if self._known[name] != before[name]}
        found: list[Event] = []
        if STEPS in changed or SAMPLES in changed or EVALUATIONS in changed:
            history = self._history() if STEPS in changed else None
            found.append(self._read(history, (), SAMPLES in changed, EVALUATIONS in changed))
        return found + (self._looked() if SNAPSHOTS in changed else [])

    @property
    def config(self) -> RunConfig | None:
        """As the run was configured; None where somebody's script trains."""
        return None if self._run.from_script else self._run.config

    @property
    def is_written(self) -> bool:
        """True while some process writes the run."""
        return self._run.is_live

    def _history(self) -> History:
        if self._known[STEPS][1] < self._steps_size:
            # Cut off: what was read of it before cannot be gone on from.
            self._run = Run.open(self.path)
        self._steps_size = self._known[STEPS][1]
        return self._run.playback.history().frozen()

    def _read(
        self,
        history: History | None,
        past: tuple[Snapshot, ...],
        samples: bool,
        evaluations: bool,
    ) -> Event:
        record = self._run.playback
        return events.Read(
            history,
            record.samples() if samples else None,
            record.evaluations() if evaluations else None,
            past,
        )

    def _first_snapshot(self) -> Snapshot | None:
        recorded = self._run.last_snapshot()
        self._held = frozenset(NEEDS) if self._run.from_script else frozenset()
        if recorded is not None:
            self._held |= recorded.needs
        return recorded

    def _looked(self) -> list[Event]:
        """The new snapshots: all belong to the past, the newest whole one is shown."""
        steps = self._run.playback.snapshot_steps()
        new, self._snapshots = sorted(set(steps) - self._snapshots), set(steps)
        found = [snapshot for step in new[-MOST_AT_ONCE:] if (snapshot := self._snapshot(step))]
        whole = [snapshot for snapshot in found if snapshot.needs]
        if whole:
            self.snapshot, self._held = whole[-1], frozenset(NEEDS)
        return [events.Read(None, None, None, tuple(map(_light, found)))] if found else []

    def _snapshot(self, step: int) -> Snapshot | None:
        with suppress(KeyError, UserError):
            return self._run.playback.snapshot(step)
        return None

    def _signatures(self) -> dict[str, Signature]:
        return {name: self._signature(name) for name in (STEPS, SAMPLES, EVALUATIONS, SNAPSHOTS)}

    def _signature(self, name: str) -> Signature:
        try:
            found = os.stat(self.path / name)
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_size, found.st_ino


def _light(snapshot: Snapshot) -> Snapshot:
    """What pictures over training need of it."""
    return replace(snapshot, arrays={})
