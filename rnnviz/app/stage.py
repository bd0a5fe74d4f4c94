"""What the views see and when they are drawn: the run as it is now, or at the step looked at."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.app.hub import SelectionHub
from rnnviz.app.run_model import RunModel
from rnnviz.app.settings import Settings
from rnnviz.app.time_travel import TimeTravel
from rnnviz.app.view_host import ViewHost
from rnnviz.app.workspace import Workspace
from rnnviz.contracts.view import Scene

TICK_MS = 25
# Between two slices of painting the window answers to the user.
BREATH_MS = 3
# What stands around the views is renewed every so many ticks.
CALM = 8
# While a network trains here, pictures of the past get one part of the time in so many and one.
RESTS = 3.0


class Stage(QObject):
    """Takes news from the run to the workspace; `calm` comes five times a second for the rest."""

    calm = Signal()

    def __init__(
        self,
        run: RunModel,
        travel: TimeTravel,
        hub: SelectionHub,
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self._run, self._travel, self._hub, self._settings = run, travel, hub, settings
        self._workspace: Workspace | None = None
        self._ticks = 0
        self._tick = QTimer(self)
        self._tick.setObjectName("tick")
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    def open(self, workspace: Workspace) -> None:
        """Begin drawing the views of `workspace`."""
        self._workspace = workspace
        self._run.changed.connect(self._on_news)
        self._travel.arrived.connect(self._on_arrived)
        self._tick.start()

    def close(self) -> None:
        """Draw no more."""
        self._tick.stop()
        self._travel.close()

    def scene(self, host: ViewHost) -> Scene:
        """Everything a view may draw, as it is now."""
        hub, run = self._hub, self._run
        return Scene(
            snapshot=self._travel.snapshot,
            history=run.history,
            selection=hub.current if "hover" in host.view.depends else hub.selection,
            samples=tuple(run.samples),
            corpus=run.corpus,
            structure=run.structure,
            past=tuple(run.past),
            evaluations=tuple(run.evaluations),
            options=host.options,
            window=hub.window,
            width=host.width(),
            height=host.height(),
            notation=self._settings.notation,
            goal=run.goal,
        )

    def _on_news(self, news: set[str]) -> None:
        assert self._workspace is not None
        if self._travel.step is not None:
            # The newest snapshot is not what is looked at.
            news = news - {"snapshot", "past"}
        self._workspace.tell(news)

    def _on_arrived(self) -> None:
        assert self._workspace is not None
        begun = time.perf_counter()
        self._workspace.tell({"snapshot", "step"})
        self._workspace.draw_now()
        if self._run.state == "training":
            self._travel.rest(RESTS * (time.perf_counter() - begun))

    def _on_tick(self) -> None:
        self._run.poll()
        self._travel.poll()
        self._draw()
        self._ticks += 1
        if self._ticks % CALM == 0:
            self.calm.emit()

    def _draw(self) -> None:
        assert self._workspace is not None
        if self._workspace.draw_some():
            QTimer.singleShot(BREATH_MS, self, self._draw)
