"""What looking costs is what training loses by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine.toll import Toll


def run(usual: float, lost: float, steps_beside: int, looks: int) -> Toll:
    toll = Toll()
    for _ in range(looks):
        for _ in range(12):
            toll.step(usual, beside_a_look=False)
        for _ in range(steps_beside):
            toll.step(usual + lost / steps_beside, beside_a_look=True)
        toll.look_ended()
    return toll


@given(
    usual=st.floats(1e-3, 1.0),
    lost=st.floats(0, 0.05),
    beside=st.integers(1, 5),
    looks=st.integers(1, 10),
)
def test_the_loss_is_found(usual: float, lost: float, beside: int, looks: int) -> None:
    assert run(usual, lost, beside, looks).of_a_look(0.05) == pytest.approx(lost, abs=1e-9)


def test_before_there_is_enough_to_compare_a_look_costs_itself() -> None:
    assert Toll().of_a_look(0.014) == 0.014
    assert run(0.02, 0.0, 1, looks=0).of_a_look(0.014) == 0.014


def test_a_slow_step_for_other_reasons_is_not_blamed_on_looking() -> None:
    assert run(0.02, 3.0, 1, looks=5).of_a_look(0.014) == 0.014


def test_faster_beside_a_look_is_no_gain() -> None:
    assert run(0.02, -0.01, 1, looks=5).of_a_look(0.014) == 0.0
