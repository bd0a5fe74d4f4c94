"""Painting keeps to its share of the time, and fresh snapshots are painted fresh."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.app.pacing import FRESH, LULL, MOST_CREDIT, SHARE, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@given(cost=st.floats(0.001, 0.02), every=st.floats(0.1, 0.4))
def test_painting_keeps_to_its_share(cost: float, every: float) -> None:
    clock = Clock()
    pace = Pace(clock)
    end, arrival, painted = clock.now + 20, clock.now, 0.0
    while clock.now < end:
        if clock.now >= arrival:
            pace.snapshot_arrived()
            arrival += every
        if pace.allows(of_snapshot=True):
            clock.now += cost
            pace.spend(cost)
            painted += cost
        clock.now += 0.001
    assert painted <= 20 * SHARE + MOST_CREDIT + cost
    assert painted > 0


def test_an_aged_snapshot_waits_for_the_next_one_and_curves_do_not() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.snapshot_arrived()
    clock.now += FRESH + 0.01
    assert not pace.allows(of_snapshot=True)
    assert pace.allows(of_snapshot=False)
    pace.snapshot_arrived()
    assert pace.allows(of_snapshot=True)


def test_when_nothing_new_comes_everything_is_painted() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.snapshot_arrived()
    pace.spend(10.0)
    assert not pace.allows(of_snapshot=True)
    clock.now += LULL + 0.01
    assert pace.allows(of_snapshot=True)
