"""What is held out is about as much as was asked for, and has no twin among what is trained on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.corpora.held_out import split
from rnnviz.corpora.sentences import Buckets

KEYS = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40)


@given(KEYS, st.floats(0, 0.5), st.integers(0, 99))
def test_every_example_once_and_twins_together(keys: list[str], share: float, seed: int) -> None:
    found = split(keys, share, seed)
    assert sorted([*found.train, *found.held_out]) == list(range(len(keys)))
    assert {keys[i] for i in found.train}.isdisjoint({keys[i] for i in found.held_out})
    assert found.duplicates == len(keys) - len(set(keys))
    assert len(found.train)


@given(st.integers(2, 200), st.floats(0.01, 0.5))
def test_about_as_many_as_asked(count: int, share: float) -> None:
    found = split(range(count), share, 0)
    assert len(found.held_out) == min(int(np.ceil(count * share - 1e-9)), count - 1)


def test_twins_may_stand_on_both_sides_when_asked() -> None:
    found = split(["same"] * 10, 0.3, 1, apart=False)
    assert (len(found.train), len(found.held_out), found.duplicates) == (7, 3, 9)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60), st.integers(1, 9), st.integers(0, 99))
def test_buckets_hold_everything_once_an_epoch(lengths: list[int], size: int, seed: int) -> None:
    which = np.arange(len(lengths)) + 100
    buckets = Buckets(which, [np.array(lengths)], size, seed)
    for epoch in (0, 1):
        batches = [buckets.at(epoch * len(buckets) + i) for i in range(len(buckets))]
        assert sorted(np.concatenate(batches).tolist()) == which.tolist()
    padded = sum(len(b) * max(lengths[i - 100] for i in b) for b in buckets.in_order())
    assert buckets.padding() == pytest.approx(1 - sum(lengths) / padded)
