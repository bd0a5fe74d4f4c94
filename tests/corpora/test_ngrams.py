"""Counting, against dictionaries; and on a text whose entropy is known."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.corpora.ngrams import NAMES, baselines, of_rows
from rnnviz.corpora.rows import cut

TEXT = st.lists(st.integers(0, 3), min_size=1, max_size=30)


def by_hand(train: list[int], held_out: list[int], order: int, vocabulary: int) -> float:
    """Witten and Bell, with dictionaries."""
    grams = Counter(tuple(train[i : i + n]) for n in range(1, 4) for i in range(len(train) - n + 1))

    def chance(token: int, context: tuple[int, ...]) -> float:
        lower = chance(token, context[1:]) if context else 1 / vocabulary
        followers = {g[-1]: c for g, c in grams.items() if g[:-1] == context}
        total, kinds = sum(followers.values()), len(followers)
        if not total:
            return lower
        return (followers.get(token, 0) + kinds * lower) / (total + kinds)

    losses = [
        -math.log(chance(held_out[i], tuple(held_out[i - order + 1 : i])))
        for i in range(2, len(held_out))
    ]
    return sum(losses) / len(losses)


@given(TEXT, st.lists(st.integers(0, 3), min_size=3, max_size=20))
def test_equals_counting_by_hand(train: list[int], held_out: list[int]) -> None:
    found = baselines([np.array(train)], [np.array(held_out)], 4)
    assert [b.name for b in found] == list(NAMES)
    for order, baseline in enumerate(found, start=1):
        assert baseline.value == pytest.approx(by_hand(train, held_out, order, 4))


def test_a_text_that_repeats_is_known_by_its_bigrams() -> None:
    tokens = np.array([0, 1, 2] * 4000)
    unigrams, bigrams, trigrams = (b.value for b in of_rows(cut(tokens, 4, 10, 0.1), 3))
    assert unigrams == pytest.approx(math.log(3), abs=1e-3)
    assert bigrams < 0.002
    assert trigrams < 0.002


def test_nothing_held_out_nothing_to_compare() -> None:
    assert of_rows(cut(np.array([0, 1] * 100), 2, 10, 0.0), 2) == ()
