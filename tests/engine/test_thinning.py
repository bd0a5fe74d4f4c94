from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine.thinning import most_crowded, surplus

rising = st.lists(st.integers(0, 10_000), min_size=1, max_size=60, unique=True).map(sorted)


def thinned(steps: list[int], keep: int) -> list[int]:
    """As recording does it: one moment comes, one goes."""
    kept: list[int] = []
    for step in steps:
        kept.append(step)
        gone = surplus(kept, [1] * len(kept), keep)
        kept = [s for i, s in enumerate(kept) if i not in gone]
    return kept


@given(rising)
def test_first_and_last_stay(steps: list[int]) -> None:
    index = most_crowded(steps)
    assert index is None if len(steps) < 3 else 0 < index < len(steps) - 1


@given(st.integers(3, 40), st.integers(3, 400), st.integers(1, 50))
def test_even_moments_stay_evenly_spread(keep: int, count: int, stride: int) -> None:
    kept = thinned([stride * i for i in range(count)], keep)
    assert kept[0] == 0
    assert kept[-1] == stride * (count - 1)
    assert len(kept) == min(keep, count)
    gaps = [b - a for a, b in pairwise(kept)]
    ideal = (kept[-1] - kept[0]) / (len(kept) - 1)
    assert max(gaps) <= max(3 * ideal, stride)


@given(rising, st.integers(0, 500), st.data())
def test_budget_holds_unless_only_the_ends_are_left(
    steps: list[int], budget: int, data: st.DataObject
) -> None:
    count = len(steps)
    sizes = data.draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
    gone = surplus(steps, sizes, budget)
    left = [i for i in range(count) if i not in gone]
    assert len(set(gone)) == len(gone)
    assert sum(sizes[i] for i in left) <= budget or len(left) <= 2
    assert {0, count - 1} <= set(left)
