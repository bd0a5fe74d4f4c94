"""Painting keeps to its share of the time, and what is seen together shows one moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.app.pacing import FRESH, LULL, MOST_CREDIT, SHARE, Pace

TICK = 0.001


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class Screen:
    """Views that are painted as the pace allows, each at its cost; snapshots come by the clock."""

    def __init__(self, costs: list[float], every: float) -> None:
        self.clock = Clock()
        self.pace = Pace(self.clock)
        self.costs, self.every = costs, every
        self.shown, self.drawn_at = [0] * len(costs), [0.0] * len(costs)
        self.newest, self.painted = 0, 0.0

    def run(self, seconds: float) -> list[int]:
        """How many snapshots the oldest view is behind the newest view, at every tick."""
        end, arrival, apart = self.clock.now + seconds, self.clock.now, []
        while self.clock.now < end:
            if self.clock.now >= arrival:
                self.newest, arrival = self.newest + 1, arrival + self.every
                self.pace.snapshot_arrived(sum(self.costs))
            self._paint_one()
            apart.append(max(self.shown) - min(self.shown))
            self.clock.now += TICK
        return apart

    def _paint_one(self) -> None:
        stale = [view for view, shown in enumerate(self.shown) if shown < self.newest]
        if stale and self.pace.allows():
            view = min(stale, key=lambda each: self.drawn_at[each])
            self.clock.now += self.costs[view]
            self.pace.spend(self.costs[view])
            self.painted += self.costs[view]
            self.shown[view], self.drawn_at[view] = self.newest, self.clock.now


@given(st.lists(st.floats(0.001, 0.02), min_size=1, max_size=30), st.floats(0.1, 0.4))
def test_painting_keeps_to_its_share(costs: list[float], every: float) -> None:
    screen = Screen(costs, every)
    screen.run(20)
    assert 0 < screen.painted <= 20 * SHARE + MOST_CREDIT + max(costs)
    assert min(screen.shown) > 1


@given(st.lists(st.floats(0.001, 0.012), min_size=2, max_size=5), st.floats(0.1, 0.3))
def test_views_that_a_round_pays_for_show_one_moment(costs: list[float], every: float) -> None:
    screen = Screen(costs, every)
    screen.run(2)
    apart = screen.run(20)
    behind = sum(each > 0 for each in apart) / len(apart)
    assert behind <= 0.05  # only while a round is being painted
    # Rounds follow one another as soon as they are paid for, with the next snapshot.
    rounds = 20 / (sum(costs) / SHARE + every + FRESH)
    assert screen.painted >= (rounds - 2) * sum(costs)


def test_a_round_waits_until_all_views_can_be_paid_for() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.spend(MOST_CREDIT - 0.010)
    pace.snapshot_arrived(0.030)
    assert not pace.allows()
    clock.now += 0.021 / SHARE
    pace.snapshot_arrived(0.030)
    assert pace.allows()
    clock.now += FRESH + 0.01
    assert not pace.allows()


def test_more_views_than_a_round_pays_for_take_turns() -> None:
    screen = Screen([0.010] * 30, every := 0.2)
    screen.run(20)
    whole_turn = 30 * 0.010 / SHARE
    assert min(screen.shown) >= screen.newest - 1.5 * whole_turn / every


def test_when_nothing_new_comes_everything_is_painted() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.spend(10.0)
    pace.snapshot_arrived(0.01)
    assert not pace.allows()
    clock.now += LULL + 0.01
    assert pace.allows()
