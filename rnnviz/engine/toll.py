"""What looking costs training, measured: steps that a look ran beside are compared with steps
that none did.

A look in a thread of its own takes processor time, but where a core is spare training hardly
slows down.
Only what training really loses counts against the budget.
"""

from __future__ import annotations

import statistics
from collections import deque

# Fewer steps say nothing yet; until then a look counts as if training stood still for it.
ENOUGH_STEPS = 10


class Toll:
    """Told of every step by the training thread; asked by the looking thread."""

    def __init__(self) -> None:
        self._alone: deque[float] = deque(maxlen=100)
        self._lost: deque[float] = deque(maxlen=20)
        self._beside = 0.0
        self._steps_beside = 0

    def step(self, seconds: float, beside_a_look: bool) -> None:
        """A training step took so long; a look was going on during some of it, or not."""
        if beside_a_look:
            self._beside += seconds
            self._steps_beside += 1
        else:
            self._alone.append(seconds)

    def look_ended(self) -> None:
        """The look that the last steps ran beside has ended."""
        if self._steps_beside and len(self._alone) >= ENOUGH_STEPS:
            usual = statistics.median(list(self._alone))
            self._lost.append(self._beside - self._steps_beside * usual)
        self._beside, self._steps_beside = 0.0, 0

    def of_a_look(self, seconds: float) -> float:
        """Seconds of training that one look costs; `seconds` is what the look itself worked.

        Never more than that: training has lost no more than the look has used, whatever else
        happened.
        """
        lost = list(self._lost)
        if not lost:
            return seconds
        return min(seconds, max(0.0, statistics.median(lost)))
