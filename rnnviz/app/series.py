"""Trains the variants of a series one after another in the window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.app.run_control import RunControl
from rnnviz.app.run_model import RunModel
from rnnviz.contracts.config import RunConfig


class Series(QObject):
    """Goes on to the next variant when one is finished; whoever begins another run ends it.

    begun  the runs of the series by their folders, before the first of them exists
    """

    begun = Signal(object)

    def __init__(self, run: RunModel, control: RunControl, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("series")
        self._run, self._control = run, control
        self._left: dict[Path, RunConfig] = {}
        self.current: Path | None = None
        run.opened.connect(self._on_opened)
        run.changed.connect(self._on_news)

    @property
    def left(self) -> int:
        """How many variants wait for their turn."""
        return len(self._left)

    def start(self, base: Path, variants: Mapping[str, RunConfig]) -> None:
        """Train all variants into folders beside one another whose names begin like `base`."""
        self._left = {base.with_name(f"{base.name}-{n}"): c for n, c in variants.items()}
        self.begun.emit(dict(self._left))
        self._next()

    def _next(self) -> None:
        if not self._left:
            self.current = None
            return
        self.current = next(iter(self._left))
        self._control.prepare(self._left.pop(self.current), train=True, path=self.current)

    def _on_opened(self) -> None:
        if self._run.path != self.current:
            self.current, self._left = None, {}

    def _on_news(self, news: set[str]) -> None:
        done = self._run.path == self.current and self._run.state == "finished"
        if "state" in news and self.current is not None and done:
            # Not from within the run's own news: the next one replaces it.
            QTimer.singleShot(0, self, self._advance)

    def _advance(self) -> None:
        if self._run.path == self.current and self._run.state == "finished":
            self._next()
