"""What takes long to write: animations and runs for other tools. Written beside the window, one at
a time, with progress in the banner and a way to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.app.jobs import Job
from rnnviz.contracts.errors import Cancelled, UserError

Told = Callable[[str, int, int], None]

SHOWN_MS = 250


class LongExport(QObject):
    """Runs one piece of work that tells how far it is. `progressed` says so in words, `told` what
    was written, `failed` why not.
    """

    progressed = Signal(str)
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("long_export")
        self._job: Job | None = None
        self._stop = threading.Event()
        self._title, self._progress = "", ("", 0, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._show)

    def start(self, title: str, work: Callable[[Told], str]) -> None:
        """Begin, unless something is being written already."""
        if self._job is not None:
            self.failed.emit("Something is being written already: wait for it or cancel it first.")
            return
        self._stop.clear()
        self._title, self._progress = title, ("", 0, 0)
        self._job = Job(lambda: work(self._tell), "long_export", self)
        self._job.done.connect(self._on_done)
        self._job.failed.connect(self._on_failed)
        self._job.start()
        self._timer.start()
        self._show()

    def cancel(self) -> None:
        """Stop at the next frame or token; nothing is left on the disk."""
        self._stop.set()

    def close(self, timeout: float = 3.0) -> None:
        """Stop, and wait a bounded time until it has."""
        self.cancel()
        self._timer.stop()
        if self._job is not None:
            self._job.wait(timeout)

    def _tell(self, what: str, done: int, of: int) -> None:
        # Called in the writing thread; a tuple is replaced at once or not at all.
        self._progress = (what, done, of)
        if self._stop.is_set():
            raise Cancelled

    def _show(self) -> None:
        what, done, of = self._progress
        counted = f": {what} {done:,} of {of:,}" if of else " …"
        self.progressed.emit(f"{self._title}{counted}")

    def _ended(self) -> None:
        self._timer.stop()
        self._job = None

    def _on_done(self, message: str) -> None:
        self._ended()
        self.told.emit(message)

    def _on_failed(self, error: Exception) -> None:
        self._ended()
        if isinstance(error, Cancelled):
            self.told.emit(f"{self._title}: cancelled, nothing was written.")
        else:
            known = isinstance(error, UserError)
            self.failed.emit(str(error) if known else f"Could not export: {error}.")
