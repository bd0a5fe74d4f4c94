"""Which step of the run is looked at: the newest, or an earlier one read from the record. Training
goes on meanwhile.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.app.hub import SelectionHub
from rnnviz.app.run_model import RunModel
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.timeline import Contents

if TYPE_CHECKING:
    from rnnviz.engine.reader import Reader

# An answer is looked for this often while one is awaited: far less than a picture takes.
AWAIT_MS = 2
SPEEDS = {"2/s": 2.0, "5/s": 5.0, "10/s": 10.0, "20/s": 20.0}


class TimeTravel(QObject):
    """The step is the selection's: None follows the newest.

    arrived  another snapshot is to be shown: draw it at once
    moved    the step, the record's contents or playing changed
    failed   why there is nothing to see at a step
    """

    arrived = Signal()
    moved = Signal()
    failed = Signal(str)

    def __init__(
        self,
        run: RunModel,
        hub: SelectionHub,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("time_travel")
        self._run, self._hub = run, hub
        self._needs: frozenset[str] = frozenset()
        self._reader: Reader | None = None
        self._shown: Snapshot | None = None
        self._contents = Contents()
        self._asked = self._dropped = 0
        self._later: int | None = None
        self._rests_until = 0.0
        self._step: int | None = None
        self._await = QTimer(self)
        self._await.setObjectName("await_snapshot")
        self._await.setInterval(AWAIT_MS)
        self._await.timeout.connect(self._look)
        self._play = QTimer(self)
        self._play.setObjectName("play_record")
        self._play.timeout.connect(self._advance)
        self.speed = "5/s"
        hub.selected.connect(self._on_selected)
        run.opened.connect(self._on_opened)

    # ---- what is shown

    @property
    def step(self) -> int | None:
        """The step looked at, None for the newest."""
        return self._step

    @property
    def last(self) -> int:
        """The newest step of the run."""
        return self._run.step

    @property
    def contents(self) -> Contents:
        """What the record holds, as far as it is known."""
        return self._contents

    @property
    def snapshot(self) -> Snapshot | None:
        """What the views show: the newest snapshot, or the one of the step looked at."""
        if self._step is None or self._shown is None:
            return self._run.snapshot
        return self._shown

    @property
    def playing(self) -> bool:
        """Whether the record is being played."""
        return self._play.isActive()

    @property
    def awaits(self) -> bool:
        """Whether a snapshot was asked for that has not come yet."""
        return self._await.isActive()

    # ---- going somewhere

    def go(self, step: int | None) -> None:
        """To a step of the record; None, or a step at the very end, follows the newest again."""
        if step is not None:
            step = max(0, step)
            step = None if step >= self.last else step
        self._hub.select({"step": step})

    def live(self) -> None:
        """Follow the newest."""
        self.stop()
        self.go(None)

    def first(self) -> None:
        """The first snapshot."""
        self.stop()
        stops = self._stops()
        self.go(stops[0] if stops else None)

    def move(self, by: int) -> None:
        """So many snapshots forward (or back)."""
        self.stop()
        self._move(by)

    def _move(self, by: int) -> None:
        stops = self._stops()
        if self._step is None:
            place = len(stops) + by
        elif by > 0:
            place = bisect_right(stops, self._step) + by - 1
        else:
            place = bisect_left(stops, self._step) + by
        if stops:
            self.go(stops[max(0, place)] if place < len(stops) else None)

    def _stops(self) -> tuple[int, ...]:
        return self._contents.stops

    # ---- playing

    def toggle_play(self) -> None:
        """Play from here (from the beginning where the newest is shown), or rest."""
        if self.playing:
            self.stop()
            return
        if self._step is None:
            self.first()
        if self._stops():
            self.set_speed(self.speed)
            self._play.start()
            self.moved.emit()

    def set_speed(self, speed: str) -> None:
        """How many snapshots a second are played, one of `SPEEDS`."""
        self.speed = speed
        self._play.setInterval(round(1000 / SPEEDS[speed]))

    def stop(self) -> None:
        """Rest where it is."""
        if self.playing:
            self._play.stop()
            self.moved.emit()

    def _advance(self) -> None:
        # One that has not come yet is waited for: a slow disk plays slowly and skips nothing.
        if not self._await.isActive():
            self._move(1)
            if self._step is None:
                self.stop()

    # ---- reading

    def poll(self) -> None:
        """Notice what was recorded meanwhile."""
        contents = self._reader.contents if self._reader is not None else Contents()
        if contents != self._contents:
            self._contents = contents
            self.moved.emit()

    def need(self, needs: frozenset[str]) -> None:
        """What the visible views must find in a snapshot."""
        if needs != self._needs:
            self._needs = needs
            if self._step is not None:
                self._ask(self._step)

    def close(self) -> None:
        """Read no more."""
        self._play.stop()
        self._await.stop()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _on_opened(self) -> None:
        """Another run: its record is read from now on."""
        self.close()
        self._shown, self._step, self._contents = None, None, Contents()
        if self._run.path is not None:
            from rnnviz.engine.reader import Reader

            self._reader = Reader(self._run.path)
        self.moved.emit()

    def _on_selected(self, selection: Selection) -> None:
        if selection.step == self._step:
            return
        self._step = selection.step
        if self._step is None:
            self._shown, self._dropped, self._later = None, self._asked, None
            self._await.stop()
            self.arrived.emit()
        else:
            self._ask(self._step)
        self.moved.emit()

    def rest(self, seconds: float) -> None:
        """Show nothing new for so long: training has a right to the processor too."""
        self._rests_until = time.monotonic() + seconds

    def _ask(self, step: int) -> None:
        if time.monotonic() < self._rests_until:
            self._later = step
            self._await.start()
        elif self._reader is not None:
            self._later = None
            from rnnviz.engine.reader import Wish

            self._asked += 1
            self._reader.ask(Wish(step, self._asked, self._needs))
            self._await.start()

    def _look(self) -> None:
        if time.monotonic() < self._rests_until:
            return
        if self._later is not None:
            self._ask(self._later)
        answer = self._reader.take() if self._reader is not None else None
        if answer is None or answer.wish.generation <= self._dropped:
            return
        if answer.wish.generation == self._asked:
            self._await.stop()
        if answer.snapshot is None:
            self.failed.emit(answer.problem)
        elif answer.snapshot is not self._shown:
            self._shown = answer.snapshot
            self.arrived.emit()
        self.moved.emit()
