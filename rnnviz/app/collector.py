"""Garbage is collected in the window's thread and only there.

Python collects cycles in whichever thread happens to allocate; with a training thread that is
nearly
always the training thread, and a widget destroyed there takes the process down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

SECONDS = 1.0
# The oldest generation holds torch and Qt themselves and takes long to walk; it is looked at
# rarely.
ALL_EVERY = 60


class Collector(QObject):
    """Takes over collection while it lives; `close` gives it back."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("collector")
        self._count = 0
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 * SECONDS))
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        self._count += 1
        gc.collect(2 if self._count % ALL_EVERY == 0 else 1)

    def close(self) -> None:
        """Collection goes on as before."""
        self._timer.stop()
        gc.collect()
        if self._was_enabled:
            gc.enable()
