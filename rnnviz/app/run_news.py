"""What is new of the run, told by the controls around the views: bars, banner, form and title."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rnnviz.app.config_field import spoken
from rnnviz.app.experiment import corpus_title
from rnnviz.app.going_on import can_resume
from rnnviz.app.run_model import RunModel
from rnnviz.contracts import fitting
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.events import Ready
from rnnviz.tracks.caption import whole_probe

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


def run_name(run: RunModel) -> str:
    """What the run is called; one without a title by its network and corpus, "" where none is."""
    if run.config is None:
        return run.snapshot.run if run.snapshot is not None else ""
    corpus = corpus_title(run.config.task.corpus)
    return run.config.title or f"{spoken(run.config.model.cell)} on {Path(corpus).stem}"


class RunNews(QObject):
    """Listens to the window's run and shows in its controls where it stands."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("run_news")
        self._window, self._run = window, window.run
        self._featured: tuple[str, ...] = ()
        window.run.changed.connect(self._on_news)
        window.stage.calm.connect(self._on_calm)
        window.run.prepared.connect(self._on_prepared)
        window.control.begun.connect(self._on_begun)

    def _on_calm(self) -> None:
        if self._run.state != "preparing":
            self._window.run_bar.show_run(self._run, self._window.control.stale)
        self._window.probe.show_run(self._run, self._window.travel.step is not None)
        self._window.timeline.refresh()
        self._window.control.tidy()

    def _on_news(self, news: set[str]) -> None:
        if "corpus" in news:
            self._window.experiment.show_corpus(self._run.corpus)
            self._window.experiment.show_structure(self._run.structure)
        if "state" in news:
            self._on_state()

    def _on_state(self) -> None:
        self._window.run_bar.show_run(self._run, self._window.control.stale)
        self._window.actions_by_name["resume"].setEnabled(can_resume(self._run))
        name = run_name(self._run)
        self._window.setWindowTitle(f"{name} – rnnviz" if name else "rnnviz")
        if self._run.message:
            self._say()

    def _say(self) -> None:
        """The run's message, with what can be done about it."""
        bad = self._run.state in ("failed", "paused", "lost")
        action, title = "", ""
        if self._run.can_rewind:
            action, title = "rewind", "Back to the last good state"
        elif self._run.remedy:
            action, title = "remedy", "Make it fit"
        kind, seconds = ("bad", 0) if bad else ("good", 12)
        self._window.banner.say(self._run.message, action, title, kind, seconds)

    def _on_prepared(self, ready: Ready) -> None:
        self._window.probe.show_text(
            (self._run.config and self._run.config.look.probe) or ready.default_probe
        )
        if self._run.config is not None:
            self._window.settings.remember_corpus(self._run.config.task.corpus)
            self._window.experiment.set_recent(self._window.settings.recent_corpora)
        self._window.look()

    def _feature(self, config: RunConfig) -> None:
        """Another kind of task or network than before: what shows it best comes to the front."""
        shows = fitting.shows(config.task.name, config.model.kind)
        if shows != self._featured:
            self._featured = shows
            self._window.workspace.feature(shows)

    def _on_begun(self, config: RunConfig | None) -> None:
        self._window.banner.hide()
        self._window.hub.clear()
        for host in self._window.workspace.hosts.values():
            host.revive()
            host.painter.follow()
        if config is not None:
            self._feature(config)
            self._window.experiment.show_config(config)
        if self._run.path is not None:
            self._window.settings.remember_run(self._run.path)
        if self._run.snapshot is not None:
            self._window.probe.show_text(whole_probe(self._run.snapshot))
        self._window.show_workspace()
