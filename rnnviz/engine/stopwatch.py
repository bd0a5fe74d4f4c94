"""Wall time with pauses left out."""

from __future__ import annotations

import time


class Stopwatch:
    """Counts seconds while running; begins stopped."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._counted = seconds
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """Counted so far."""
        running = 0.0 if self._since is None else time.perf_counter() - self._since
        return self._counted + running

    def start(self) -> None:
        """Count on; nothing changes when it is running."""
        if self._since is None:
            self._since = time.perf_counter()

    def stop(self) -> None:
        """Stand still until the next `start`."""
        self._counted, self._since = self.seconds, None
