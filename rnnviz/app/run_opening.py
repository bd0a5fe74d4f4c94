"""Opens recorded runs beside the window, and reads recipes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from rnnviz.app.jobs import Job
from rnnviz.app.run_control import RunControl
from rnnviz.app.run_model import RunModel
from rnnviz.contracts import config
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError


class RunOpening(QObject):
    """`opened` when a run from disk is shown, `failed` with a sentence when it cannot be."""

    opened = Signal(object, object)
    failed = Signal(str)

    def __init__(self, run: RunModel, control: RunControl, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("run_opening")
        self._run, self._control = run, control

    def read_recipe(self, path: Path) -> RunConfig:
        """The configuration in a TOML file; UserError when it is none."""
        return config.load(path)

    def open(self, path: Path) -> None:
        """Read the run in `path` beside the window, then show it."""
        job = Job(lambda: _read(path), "open_run", self)
        job.done.connect(self._on_read)
        job.failed.connect(self._on_failed)
        job.start()

    def _on_read(self, found: dict[str, Any]) -> None:
        self._control.release()
        self._run.show_recorded(**found)
        self.opened.emit(found["config"], found["path"])

    def _on_failed(self, error: Exception) -> None:
        told = (
            str(error) if isinstance(error, UserError) else f"The run could not be opened: {error}."
        )
        self.failed.emit(told)


def _read(path: Path) -> dict[str, Any]:
    from rnnviz.engine.run_store import Run
    from rnnviz.engine.scene import scene

    run = Run.open(path)
    shown = scene(run)
    newest = [shown.snapshot] if shown.snapshot is not None else []
    return {
        "config": run.config,
        "path": path,
        "history": shown.history,
        "samples": shown.samples,
        "snapshots": [*shown.past, *newest],
        "corpus": shown.corpus,
    }
