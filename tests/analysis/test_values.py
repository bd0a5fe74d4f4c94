"""The numbers of the analyses against their definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from rnnviz.analysis.gradient_norm import GradientNorm
from rnnviz.analysis.parameter_norm import ParameterNorm
from rnnviz.analysis.saturation import Saturation
from rnnviz.analysis.unit_order import UnitOrder, by_activity, by_similarity
from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray
from tests.analysis.arrays import everything, structure

OF = structure()
Floats = NDArray[np.float64]
courses = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.floats(-1, 1)
)


def results(analysis: Analysis, found: dict[str, NamedArray]) -> dict[str, NamedArray]:
    return {array.name: array for array in analysis.compute(found, OF)}


@given(arrays(np.float64, (5, 4), elements=st.floats(0, 1)))
def test_saturation(gate: Floats) -> None:
    found = {"decoder/1/f": NamedArray("decoder/1/f", ("time", "unit"), gate)}
    shares = results(Saturation(), found)["saturation/decoder/1/f"]
    assert shares.dims == ("unit", "slot")
    low, high = shares.values[:, 0], shares.values[:, 1]
    assert (low + high <= 1 + 1e-6).all()
    values = gate.astype(np.float32)
    assert np.allclose(low, [(unit < 0.1).sum() / 5 for unit in values.T])
    assert np.allclose(high, [(unit > 0.9).sum() / 5 for unit in values.T])


def test_saturation_of_gates_only() -> None:
    found = results(Saturation(), everything(OF))
    assert {name.rsplit("/", 1)[1] for name in found} == {"i", "f", "o"}
    assert len(found) == 2 * 2 * 3


def test_gradient_norm_runs_over_the_parts_own_axis() -> None:
    found = everything(OF)
    norms = results(GradientNorm(), found)
    assert norms["gradient_norm/encoder/1"].dims == ("source_time",)
    gradient = found["gradient/decoder/0/h"].values
    expected = [np.sqrt((row.astype(float) ** 2).sum()) for row in gradient]
    assert np.allclose(norms["gradient_norm/decoder/0"].values, expected, rtol=1e-6)


def test_gradient_norm_survives_what_would_underflow_when_squared() -> None:
    tiny = NamedArray("gradient/decoder/0/h", ("time", "unit"), np.full((2, 4), 1e-30))
    norms = results(GradientNorm(), {tiny.name: tiny})["gradient_norm/decoder/0"]
    assert np.allclose(norms.values, 2e-30, rtol=1e-5, atol=0)


def test_parameter_norms() -> None:
    found = everything(OF)
    norms = results(ParameterNorm(), found)
    size = float(np.sqrt((found["parameter/w"].values.astype(float) ** 2).sum()))
    assert norms["parameter_norm/w"].dims == ()
    assert np.isclose(norms["parameter_norm/w"].values, size)
    assert np.isclose(norms["parameter_norm/gradient/w"].values, 3 * size)


@given(courses)
def test_orders_are_permutations(h: Floats) -> None:
    for order in (by_activity(h), by_similarity(h)):
        assert sorted(order) == list(range(h.shape[1]))


@given(courses)
def test_activity_falls(h: Floats) -> None:
    activity = np.abs(h).mean(axis=0)[by_activity(h)]
    assert (np.diff(activity) <= 0).all()


def test_similar_units_become_neighbours() -> None:
    """Waves of shuffled phase come out in the order of their phases, up to start and sense."""
    random = np.random.default_rng(1)
    shuffled = random.permutation(24)
    phases = 2 * np.pi * shuffled / 24
    h = np.sin(0.3 * np.arange(200)[:, None] + phases) + random.normal(0, 0.01, (200, 24))
    steps = np.diff(shuffled[by_similarity(h)]) % 24
    assert set(steps) in ({1}, {23})


def test_groups_stay_together() -> None:
    random = np.random.default_rng(2)
    sources = random.normal(size=(60, 3))
    member = random.permutation(np.repeat(np.arange(3), 7))
    h = sources[:, member] + random.normal(0, 0.05, (60, 21))
    changes = (np.diff(member[by_similarity(h)]) != 0).sum()
    assert changes == 2


def test_every_layer_gets_both_orders() -> None:
    found = results(UnitOrder(), everything(OF))
    assert set(found) == {
        f"unit_order/{part}/{layer}/{kind}"
        for part in ("encoder", "decoder")
        for layer in (0, 1)
        for kind in ("activity", "similarity")
    }
    assert all(array.values.dtype.kind == "i" for array in found.values())
