"""Running means are means; upper ends are round."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rnnviz.tracks.axes import round_up
from rnnviz.tracks.curves import ends, running_mean

values = arrays.arrays(np.float64, st.integers(1, 300), elements=st.floats(-1e6, 1e6))


@given(values, st.integers(1, 50))
def test_running_means_are_means_of_the_last_steps(y: np.ndarray, steps: int) -> None:
    means = running_mean(y, steps)
    wanted = [y[max(0, end - steps + 1) : end + 1].mean() for end in range(len(y))]
    np.testing.assert_allclose(means, wanted, atol=1e-6)


def test_a_lost_step_leaves_the_mean_of_the_others() -> None:
    means = running_mean(np.array([1.0, np.nan, 3.0]), 2)
    np.testing.assert_array_equal(means, [1.0, 1.0, 3.0])


@given(arrays.arrays(np.float64, st.integers(0, 40), elements=st.floats()))
def test_the_ends_of_a_curve_are_those_of_its_finite_values(y: np.ndarray) -> None:
    finite = y[np.isfinite(y)]
    wanted = {finite.min(), finite.max()} if finite.size else set()
    assert set(ends([y, np.empty(0)])) == wanted


@given(st.floats(1e-9, 1e9))
def test_upper_ends_are_round_and_not_far_off(value: float) -> None:
    assert value * 0.999 <= round_up(value) <= 2.01 * value
