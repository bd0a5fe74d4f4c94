"""Keeps a long reading loop from starving a window that waits in another thread."""

from __future__ import annotations

import time

_WORK = 0.004
_REST = 0.0002


class Breath:
    """Pauses a loop for a moment now and then, at a cost of 5 % at most.

    A read from the system's cache releases Python's lock for too short a moment for another thread
    to take it, and each such moment starts that thread's waiting anew: it may wait for a second.
    """

    def __init__(self) -> None:
        self._rested = time.monotonic()

    def take(self) -> None:
        """Pause if the last pause is a few milliseconds ago."""
        if time.monotonic() - self._rested > _WORK:
            time.sleep(_REST)
            self._rested = time.monotonic()
