"""What a comparison shows: the runs, the step and time window they share, and who points where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.app.hub import SelectionHub
from rnnviz.app.jobs import Job
from rnnviz.contracts.comparison import Compared, Side, colours, distinct_names
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.timeline import Contents
from rnnviz.contracts.view import Scene

if TYPE_CHECKING:
    from rnnviz.engine.reader import Reader
    from rnnviz.engine.rival import Rival

POLL_MS = 25
REFRESH_MS = 1500


class Comparison(QObject):
    """Follows up to four runs in their folders. `changed` names what is new: snapshot, history."""

    changed = Signal(object)

    def __init__(self, runs: Mapping[Path, RunConfig | None], parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("comparison")
        from rnnviz.engine.reader import Reader
        from rnnviz.engine.rival import Rival

        self.rivals: list[Rival] = [Rival(path, config) for path, config in runs.items()]
        self._readers: list[Reader] = [Reader(path) for path in runs]
        self._shown: list[Snapshot | None] = [None] * len(runs)
        self._contents = [Contents()] * len(runs)
        self._needs: frozenset[str] = frozenset()
        self._asked = 0
        self.hub = SelectionHub(self)
        self.step: int | None = None
        self.notation = "goodfellow"
        self._job: Job | None = None
        self._poll = self._timer("poll_readers", POLL_MS, self._take)
        self._refresh = self._timer("refresh_runs", REFRESH_MS, self.refresh)

    def _timer(self, name: str, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setObjectName(name)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def start(self) -> None:
        """Begin to follow the runs."""
        self._poll.start()
        self._refresh.start()
        self.refresh()

    def close(self, timeout: float = 2.0) -> None:
        """Follow them no more."""
        self._poll.stop()
        self._refresh.stop()
        for reader in self._readers:
            reader.close()
        if self._job is not None:
            self._job.wait(timeout)

    @property
    def paths(self) -> list[Path]:
        """Their folders."""
        return [rival.path for rival in self.rivals]

    # ---- what is seen

    def compared(self) -> Compared:
        """The runs as they are now, at the step looked at."""
        names = distinct_names([rival.name for rival in self.rivals], self.paths)
        words = colours(len(self.rivals))
        parts = zip(names, words, self.rivals, self._shown, strict=True)
        return tuple(Side(n, w, r.config, self._scene(r, s), r.options) for n, w, r, s in parts)

    def _scene(self, rival: Rival, shown: Snapshot | None) -> Scene:
        return replace(
            rival.scene,
            snapshot=shown or rival.newest,
            selection=self.hub.selection,
            window=self.hub.window,
            notation=self.notation,
        )

    @property
    def longest(self) -> Rival:
        """The run with the most steps, over which the timeline goes."""
        lengths = [len(rival.scene.history or ()) for rival in self.rivals]
        return self.rivals[lengths.index(max(lengths))]

    def contents(self) -> Contents:
        """What there is to stop at: the steps of all runs."""
        steps = {step for contents in self._contents for step in contents.stops}
        return Contents(tuple(sorted(steps)), tuple(sorted(steps)))

    # ---- where it stands

    def go(self, step: int | None) -> None:
        """All runs at this step, or as near to it as they were recorded; None for the newest."""
        last = self.longest.scene.history and self.longest.scene.history.last()
        self.step = None if step is None or (last and step >= last.step) else max(0, step)
        self._ask()
        self.changed.emit({"step"})

    def need(self, needs: frozenset[str]) -> None:
        """What the view must find in the snapshots."""
        if needs != self._needs:
            self._needs = needs
            self._ask()

    def select(self, selection: Selection) -> None:
        """Point somewhere."""
        self.hub.selection = selection

    def _ask(self) -> None:
        from rnnviz.engine.reader import Wish

        self._asked += 1
        for reader, contents in zip(self._readers, self._contents, strict=True):
            if contents.stops:
                step = contents.stops[-1] if self.step is None else self.step
                reader.ask(Wish(step, self._asked, self._needs))

    # ---- news

    def refresh(self) -> None:
        """Read what the runs have written meanwhile, beside the window."""
        if self._job is None:
            self._job = Job(self._read, "refresh_runs", self)
            self._job.done.connect(self._on_read)
            self._job.failed.connect(self._on_read)
            self._job.start()

    def _read(self) -> bool:
        news = [rival.refresh() for rival in self.rivals]
        return any(news)

    def _on_read(self, news: object) -> None:
        self._job = None
        if news is True:
            self.changed.emit({"history"})

    def _take(self) -> None:
        news = False
        found = [reader.contents for reader in self._readers]
        if found != self._contents:
            self._contents = found
            self._ask()
        for place, reader in enumerate(self._readers):
            answer = reader.take()
            if answer is not None and answer.snapshot is not None:
                news = news or answer.snapshot is not self._shown[place]
                self._shown[place] = answer.snapshot
        if news:
            self.changed.emit({"snapshot"})
