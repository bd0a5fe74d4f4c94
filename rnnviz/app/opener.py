"""Opens whatever the user points at: a corpus, a recipe or a recorded run; by menu, drop or
argument.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from rnnviz.app.jobs import Job
from rnnviz.app.opening import ANY, kind_of
from rnnviz.contracts import config
from rnnviz.contracts.errors import UserError

FILTER = "Texts, tables, recipes (*.txt *.tsv *.conllu *.toml *.md *);;All files (*)"


class Opener(QObject):
    """Finds out what a path is and says so; runs are read beside the window."""

    corpus_chosen = Signal(str, str)
    config_chosen = Signal(object)
    run_read = Signal(object)
    failed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("opener")
        self._window = window
        self.current_task: Callable[[], str] = lambda: ANY

    def ask_file(self) -> None:
        """File ▸ Open."""
        title = "Open a text, a table of sentences or a recipe"
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, "", FILTER)
        if chosen:
            self.open(chosen)

    def ask_folder(self) -> None:
        """File ▸ Open folder."""
        title = "Open a folder of texts, or a run"
        chosen = QFileDialog.getExistingDirectory(self._window, title)
        if chosen:
            self.open(chosen)

    def open(self, name: str) -> None:
        """Open a path, or a corpus that ships (`sample:…`)."""
        try:
            self._open(name)
        except UserError as error:
            self.failed.emit(str(error))

    def _open(self, name: str) -> None:
        if name.startswith("sample:"):
            self.corpus_chosen.emit(name, name.removeprefix("sample:").split("/")[0])
            return
        path = Path(name).expanduser()
        kind = kind_of(path, self.current_task())
        if kind == "run":
            self._read_run(path)
        elif kind == "recipe":
            self.config_chosen.emit(config.load(path))
        else:
            self.corpus_chosen.emit(str(path), kind)

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped, once the drop itself is over."""
        QTimer.singleShot(0, self, partial(self.open, dropped_path(data)))

    def _read_run(self, path: Path) -> None:
        job = Job(partial(_read, path), "open_run", self)
        job.done.connect(self.run_read)
        job.failed.connect(self._on_failed)
        job.start()

    def _on_failed(self, error: Exception) -> None:
        known = isinstance(error, UserError)
        self.failed.emit(str(error) if known else f"The run could not be opened: {error}.")


def dropped_path(data: QMimeData) -> str:
    """The first local path of a drop, "" when there is none."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return paths[0] if paths else ""


def _read(path: Path) -> dict[str, Any]:
    from rnnviz.engine.run_store import Run
    from rnnviz.engine.scene import scene

    run = Run.open(path)
    shown = scene(run)
    newest = [shown.snapshot] if shown.snapshot is not None else []
    return {
        "config": None if run.from_script else run.config,
        "path": path,
        "history": shown.history,
        "samples": shown.samples,
        "snapshots": [*shown.past, *newest],
        "corpus": shown.corpus,
        "evaluations": shown.evaluations,
    }
