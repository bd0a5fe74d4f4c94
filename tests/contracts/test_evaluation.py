"""Evaluations survive being written down."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.evaluation import Evaluation, Example, Figure

TEXT = st.text(max_size=8)
NUMBER = st.floats(width=32)
FIGURES = st.builds(Figure, TEXT, NUMBER, TEXT, st.just("lower"), NUMBER, TEXT)
EXAMPLES = st.builds(Example, TEXT, TEXT, TEXT, st.booleans())


@given(st.lists(FIGURES, max_size=3), st.lists(EXAMPLES, max_size=3), st.integers(0, 10**9))
def test_json_and_back(figures: list[Figure], examples: list[Example], step: int) -> None:
    table = NamedArray("confusion", ("row", "column"), np.arange(6).reshape(2, 3))
    made = Evaluation(tuple(figures), {"confusion": table}, ("a", "b"), tuple(examples), step)
    found = Evaluation.from_data(json.loads(json.dumps(made.to_data())))
    assert repr(found.figures) == repr(made.figures)  # NaN is not equal to itself
    assert (found.labels, found.examples, found.step) == (made.labels, made.examples, made.step)
    assert np.array_equal(found.arrays["confusion"].values, table.values)
    assert found.arrays["confusion"].dims == table.dims


def test_the_first_figure_is_the_metric() -> None:
    assert Evaluation((Figure("accuracy", 0.5), Figure("balanced", 0.25))).metric == 0.5
    assert math.isnan(Evaluation(()).metric)


@pytest.mark.parametrize("data", [{}, {"figures": 3}, {"step": "x"}, {"figures": [], "arrays": 1}])
def test_what_is_none_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        Evaluation.from_data(data)
