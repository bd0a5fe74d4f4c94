"""All that has to do with more than one run: the list of runs, comparisons, series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rnnviz.app.going_on import can_branch, can_resume
from rnnviz.app.run_browser import RunBrowser
from rnnviz.app.run_control import new_run_path
from rnnviz.app.series import Series
from rnnviz.app.settings import runs_path
from rnnviz.contracts.config import RunConfig

if TYPE_CHECKING:
    from rnnviz.app.compare_window import CompareWindow
    from rnnviz.app.window import MainWindow


HOW_TO_BRANCH = (
    "Change options at the left or go to an earlier step, then choose Run ▸ Branch from here."
)


class Runs(QObject):
    """Owned by the main window; its other windows look like that one and close with it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("runs")
        self._window = window
        self.browser: RunBrowser | None = None
        self.comparisons: list[CompareWindow] = []
        self.series = Series(window.run, window.control, self)
        self.series.begun.connect(self._show)
        self._to_resume: Path | None = None
        self._to_branch: Path | None = None
        window.run.changed.connect(self._on_news)

    def browse(self) -> None:
        """Show the list; the open run is selected in it."""
        if self.browser is None:
            self.browser = RunBrowser(runs_path(), self._window)
            self.browser.open_wanted.connect(self._window.opener.open)
            self.browser.compare_wanted.connect(self.compare)
            self.browser.resume_wanted.connect(self.resume)
            self.browser.branch_wanted.connect(self.branch)
        self.browser.show()
        self.browser.activateWindow()
        if self._window.run.path is not None:
            self.browser.choose([self._window.run.path])

    def compare(self, paths: Sequence[Path]) -> None:
        """Two to four runs in a window of their own."""
        self._show(dict.fromkeys(paths))

    def resume(self, name: str) -> None:
        """Open a run and train it on where it stopped."""
        self._to_resume = Path(name)
        self._window.opener.open(name)

    def branch(self, name: str) -> None:
        """Open a run and say how another one begins from it."""
        self._to_branch = Path(name)
        self._window.opener.open(name)

    def _on_news(self, news: set[str]) -> None:
        run = self._window.run
        if run.path == self._to_resume and can_resume(run):
            self._to_resume = None
            # Not from within the run's own news: another one takes over.
            QTimer.singleShot(0, self, self._window.control.resume)
        if run.path == self._to_branch and can_branch(run):
            self._to_branch = None
            QTimer.singleShot(0, self, partial(self._window.banner.tell, HOW_TO_BRANCH))

    def train(self, title: str, variants: Mapping[str, RunConfig]) -> None:
        """A series: its variants are trained in turn, and compared meanwhile."""
        folder = new_run_path(next(iter(variants.values())).model_copy(update={"title": title}))
        self.series.start(folder, variants)

    def dress(self) -> None:
        """Take the theme, type and letters of the main window."""
        for comparison in self.comparisons:
            self._dress(comparison)

    def close(self) -> None:
        """Close all of them."""
        if self.browser is not None:
            self.browser.close()
        for comparison in list(self.comparisons):
            comparison.close()

    def _show(self, runs: Mapping[Path, RunConfig | None]) -> None:
        from rnnviz.app.compare_window import CompareWindow

        made = CompareWindow(runs)
        self.comparisons.append(made)
        made.closed.connect(self._forget)
        self._dress(made)
        made.show()

    def _dress(self, comparison: CompareWindow) -> None:
        settings = self._window.settings
        theme = self._window.appearance.theme
        comparison.style_as(theme, settings.notation)

    def _forget(self) -> None:
        self.comparisons = [each for each in self.comparisons if each is not self.sender()]
