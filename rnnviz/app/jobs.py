"""Short work beside the window (loading PyTorch, opening a run): done in a thread, asked for by
a timer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal


class Job(QObject):
    """Runs `work` once in a thread; `done` carries its result, `failed` its exception, both in
    the window's thread.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Callable[[], Any], name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(f"job_{name}")
        self._work = work
        self._result: Any = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._timer.start()

    def wait(self, timeout: float) -> bool:
        """Wait a bounded time for the end, telling nobody; True when it ended."""
        if self._thread.is_alive():
            self._timer.stop()
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:
            self._error = error

    def _look(self) -> None:
        if self._thread.is_alive():
            return
        self._timer.stop()
        if self._error is not None:
            self.failed.emit(self._error)
        else:
            self.done.emit(self._result)
        self.deleteLater()
