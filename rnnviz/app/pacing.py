"""How much painting there may be while a network trains: looking must not slow learning down.

Painting earns credit at a fixed share of the time. When a snapshot arrives and the credit pays for
all views in sight, a round begins: all are painted from this one snapshot, curves with them. Until
then they wait together, rather than that each shows another moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 0.08
# More views than this pays for take turns from round to round.
MOST_CREDIT = 0.060  # s
# A round ends with the freshness of its snapshot.
FRESH = 0.085  # s
# After this long without a new snapshot none is coming soon: everything may be painted.
LULL = 1.0  # s


class Pace:
    """`clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._credit = MOST_CREDIT
        self._counted_at = self._arrived_at = clock()
        self._open_until = clock()

    def snapshot_arrived(self, cost: float) -> None:
        """A new snapshot is there; to paint all that waits would take `cost` seconds."""
        self._count()
        self._arrived_at = self._clock()
        if self._credit >= min(cost, MOST_CREDIT):
            self._open_until = self._arrived_at + FRESH

    def spend(self, seconds: float) -> None:
        """So long has been painted."""
        self._count()
        self._credit -= seconds

    def allows(self) -> bool:
        """Whether a live picture may be painted now."""
        now = self._clock()
        if now - self._arrived_at > LULL:
            return True
        self._count()
        return now < self._open_until and self._credit > 0

    def _count(self) -> None:
        now = self._clock()
        self._credit = min(MOST_CREDIT, self._credit + SHARE * (now - self._counted_at))
        self._counted_at = now
