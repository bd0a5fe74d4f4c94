"""The budget spaces looks by what they cost, on a clock that the tests move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine.observer import Budget


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def spent(budget: Budget, clock: Clock, costs: list[float], seconds: float) -> tuple[int, float]:
    """Looks whenever one is due for so many seconds, the costs in turn: number of looks, time."""
    begin, looks, total = clock.now, 0, 0.0
    while clock.now < begin + seconds:
        if budget.due():
            cost = costs[looks % len(costs)]
            clock.now += cost
            budget.spend(cost)
            looks, total = looks + 1, total + cost
        clock.now += 0.001
    return looks, total


def test_the_first_look_is_due_at_once() -> None:
    assert Budget(5, 6).due()


@given(cost=st.floats(0.001, 0.5), percent=st.floats(1, 50), rate=st.floats(0.5, 60))
def test_both_limits_hold(cost: float, percent: float, rate: float) -> None:
    clock = Clock()
    budget = Budget(percent, rate, clock)
    looks, total = spent(budget, clock, [cost], 20)
    spacing = max(cost * 100 / percent, 1 / rate)
    assert looks <= 20 / spacing + 2
    assert total <= (20 + spacing) * percent / 100 + cost
    assert looks >= 20 / (spacing + 0.002) - 1


def test_cheap_looks_come_at_the_asked_rate() -> None:
    clock = Clock()
    budget = Budget(5, 6, clock)
    looks, _ = spent(budget, clock, [0.002], 10)
    assert looks == pytest.approx(60, abs=2)
    assert budget.rate == pytest.approx(6, rel=0.05)
    assert budget.share == pytest.approx(0.012, rel=0.05)


def test_dear_looks_keep_within_the_share() -> None:
    clock = Clock()
    budget = Budget(5, 6, clock)
    _, total = spent(budget, clock, [0.1], 40)
    assert total / 40 == pytest.approx(0.05, rel=0.1)
    assert budget.share == pytest.approx(0.05, rel=0.05)


def test_one_slow_look_does_not_blind() -> None:
    clock = Clock()
    budget = Budget(5, 6, clock)
    looks, _ = spent(budget, clock, [0.002] * 10 + [2.0] + [0.002] * 1000, 20)
    assert looks > 90


def test_limits_can_change_meanwhile() -> None:
    clock = Clock()
    budget = Budget(5, 60, clock)
    budget.spend(0.1)
    clock.now += 1.0
    assert not budget.due()
    budget.budget_percent = 20
    assert budget.due()
    budget.snapshots_per_second = 0.1
    assert not budget.due()


def test_nothing_spent_nothing_shown() -> None:
    budget = Budget(5, 6)
    assert (budget.share, budget.rate) == (0, 0)
    budget.spend(0.1)
    assert (budget.share, budget.rate) == (0, 0)
