"""When a recorded network is looked into."""

from __future__ import annotations

from rnnviz.engine.observer import Budget

LOOKS_PER_SECOND = 2.0
"""More would fill the disk sooner than they would show anything new."""


class Pace:
    """When to look: at multiples of `every`, within `budget` percent of the time."""

    def __init__(self, every: int, budget: float | None) -> None:
        self._every = every
        self._budget = None if budget is None else Budget(budget, LOOKS_PER_SECOND)

    def due(self, step: int) -> bool:
        on_time = self._budget is None or self._budget.due()
        return step % self._every == 0 and on_time

    def spend(self, seconds: float) -> None:
        if self._budget is not None:
            self._budget.spend(seconds)
