"""However a long curve is zoomed, what is drawn has its true extremes, and its gaps."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.tracks.pyramid import BASE, FACTOR, Pyramid


def curve(length: int, gaps: float, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.normal(size=length).cumsum() * 0.1 + random.normal(size=length)
    values[random.random(length) < gaps] = np.nan
    return values


@settings(max_examples=60, deadline=None)
@given(
    length=st.integers(1, 3 * BASE * FACTOR * FACTOR),
    gaps=st.sampled_from([0.0, 0.01, 0.9]),
    groups=st.integers(1, 400),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    seed=st.integers(0, 9),
)
def test_extremes_of_any_part_survive(
    length: int, gaps: float, groups: int, ends: tuple[float, float], seed: int
) -> None:
    values = curve(length, gaps, seed)
    first, last = sorted(round(end * length) for end in ends)
    last = max(last, first + 1)
    first, last = min(first, length - 1), min(last, length)
    chosen = Pyramid(values).extremes(first, last, groups)
    part = values[first:last]
    assert (np.diff(chosen) >= 0).all()
    assert first <= chosen.min()
    assert chosen.max() < last
    assert len(chosen) <= 2 * groups
    if np.isfinite(part).any():
        assert np.nanmin(values[chosen]) == np.nanmin(part)
        assert np.nanmax(values[chosen]) == np.nanmax(part)


def test_every_column_has_its_own_extremes() -> None:
    values = curve(1_000_000, 0.0, 1)
    pyramid = Pyramid(values)
    for first, last in ((0, 1_000_000), (123_457, 987_651), (500_000, 520_011)):
        groups = 1600
        chosen = pyramid.extremes(first, last, groups)
        # A run holds whole blocks, so it may be one and a half times as wide as was asked for.
        width = -(-3 * (last - first) // (2 * groups))
        for begin in range(first, last - 2 * width, 97 * width):
            part = values[begin : begin + 2 * width]
            there = values[chosen[(chosen >= begin - width) & (chosen < begin + 3 * width)]]
            assert there.min() <= part.min()
            assert there.max() >= part.max()


def test_a_long_gap_stays_a_gap() -> None:
    values = np.ones(100_000)
    values[40_000:60_000] = np.nan
    chosen = Pyramid(values).extremes(0, len(values), 200)
    missing = chosen[np.isnan(values[chosen])]
    assert missing.min() < 41_000
    assert missing.max() > 59_000
