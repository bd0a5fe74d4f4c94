"""How much painting there may be while a network trains: looking must not slow learning down.

Painting earns credit at a fixed share of the time. A snapshot is painted right after it arrived,
by as many
views as the credit lasts for; the others wait for the next one rather than paint one that has aged.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 0.09
MOST_CREDIT = 0.060  # s
FRESH = 0.070  # s
# After this long without a new snapshot none is coming soon: everything may be painted.
LULL = 0.5  # s


class Pace:
    """`clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._credit = MOST_CREDIT
        self._counted_at = clock()
        self._arrived_at = clock()

    def snapshot_arrived(self) -> None:
        """A new snapshot is there."""
        self._arrived_at = self._clock()

    def spend(self, seconds: float) -> None:
        """So long has been painted."""
        self._count()
        self._credit -= seconds

    def allows(self, of_snapshot: bool) -> bool:
        """Whether a live picture may be painted now; `of_snapshot`: one that shows a snapshot."""
        age = self._clock() - self._arrived_at
        if age > LULL:
            return True
        self._count()
        return self._credit > 0 and (age < FRESH or not of_snapshot)

    def _count(self) -> None:
        now = self._clock()
        self._credit = min(MOST_CREDIT, self._credit + SHARE * (now - self._counted_at))
        self._counted_at = now
