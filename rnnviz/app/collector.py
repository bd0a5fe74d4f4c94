"""What the interpreter has to be told when a network trains beside a window.

Garbage is collected in the window's thread and only there: Python collects cycles in whichever
thread happens to allocate, which is nearly always the training thread, and a widget destroyed there
takes the process down.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

SECONDS = 1.0
# While the window paints, training waits for the interpreter after each of its operations; with
# Python's own 5 ms that costs it some 2 %.
SWITCH_SECONDS = 0.0005
# The oldest generation holds torch and Qt themselves and takes long to walk: a rare look will do.
ALL_EVERY = 60


class Collector(QObject):
    """Takes over collection while it lives; `close` gives it back."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("collector")
        self._count = 0
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._old_interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
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
        sys.setswitchinterval(self._old_interval)
        gc.collect()
        if self._was_enabled:
            gc.enable()
