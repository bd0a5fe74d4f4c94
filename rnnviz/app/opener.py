"""Opens whatever the user points at: a corpus, a recipe or a recorded run; by menu, drop or
argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from rnnviz.app.jobs import Job
from rnnviz.app.opening import ANY, kind_of
from rnnviz.contracts import config
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.engine import recipes

if TYPE_CHECKING:
    from rnnviz.engine.watcher import Watcher

FILTER = "Texts, tables, recipes (*.txt *.tsv *.conllu *.toml *.md *);;All files (*)"


@dataclass(frozen=True)
class Series:
    """A configuration file with variants, to be trained one after another."""

    title: str
    variants: dict[str, RunConfig]


Found = RunConfig | Series | tuple[str, str]


class Opener(QObject):
    """Finds out what a path is and says so; runs are read beside the window."""

    corpus_chosen = Signal(str, str)
    config_chosen = Signal(object)
    series_chosen = Signal(str, object)
    run_opened = Signal(object)
    failed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("opener")
        self._window = window
        self.current_task: Callable[[], str] = lambda: ANY
        self._wish = 0

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
        """Open a path, or a corpus that ships (`sample:…`). A share that does not answer is waited
        for beside the window.
        """
        if name.startswith("sample:"):
            self.corpus_chosen.emit(name, name.removeprefix("sample:").split("/")[0])
            return
        self._wish += 1
        job = Job(partial(_found, Path(name).expanduser(), self.current_task()), "open", self)
        job.done.connect(partial(self._tell, self._wish))
        job.failed.connect(partial(self._on_failed, self._wish))
        job.start()

    def _tell(self, wish: int, found: Found | Watcher) -> None:
        if wish != self._wish:
            # Something else was opened meanwhile.
            return
        if isinstance(found, tuple):
            self.corpus_chosen.emit(*found)
        elif isinstance(found, Series):
            self.series_chosen.emit(found.title, found.variants)
        elif isinstance(found, RunConfig):
            self.config_chosen.emit(found)
        else:
            self.run_opened.emit(found)

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped, once the drop itself is over."""
        QTimer.singleShot(0, self, partial(self.open, dropped_path(data)))

    def _on_failed(self, wish: int, error: Exception) -> None:
        if wish != self._wish:
            return
        known = isinstance(error, UserError)
        self.failed.emit(str(error) if known else f"It could not be opened: {error}.")


def dropped_path(data: QMimeData) -> str:
    """The first local path of a drop, "" when there is none."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return paths[0] if paths else ""


def _found(path: Path, task: str) -> Found | Watcher:
    """What is at `path`: a recipe, a run, or a corpus and its task; `task` is the one at hand."""
    kind = kind_of(path, task)
    if kind == "recipe":
        variants = recipes.series(str(path))
        return Series(path.stem, variants) if variants else config.load(path)
    if kind != "run":
        return str(path), kind
    from rnnviz.engine.watcher import Watcher

    watcher = Watcher(path)
    watcher.open()
    return watcher
