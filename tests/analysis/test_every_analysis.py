"""What every analysis promises. A new file in rnnviz/analysis is tested without being named."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.snapshot import NEEDS
from tests.analysis.arrays import everything, structure

KINDS = discovery.every("analysis", Analysis)
every_analysis = pytest.mark.parametrize("name", KINDS)


@every_analysis
def test_says_what_it_is(name: str) -> None:
    kind = KINDS[name]
    assert kind.name == name
    assert kind.title
    assert kind.needs <= frozenset(NEEDS)


@every_analysis
@pytest.mark.parametrize("cell", discovery.names("cells"))
@pytest.mark.parametrize("time", [1, 6, 300])
def test_results_carry_its_name_and_are_finite(name: str, cell: str, time: int) -> None:
    of = structure(cell)
    results = KINDS[name]().compute(everything(of, time), of)
    assert len({array.name for array in results}) == len(results)
    for array in results:
        assert array.name.startswith(f"{name}/")
        assert np.isfinite(array.values).all()


@every_analysis
def test_finds_something_in_some_network(name: str) -> None:
    networks = [structure(cell) for cell in discovery.names("cells")]
    assert any(KINDS[name]().compute(everything(of), of) for of in networks)


@every_analysis
def test_nothing_in_nothing_out(name: str) -> None:
    assert KINDS[name]().compute({}, structure()) == ()


@every_analysis
def test_equal_arrays_equal_results(name: str) -> None:
    of = structure()
    first, second = (KINDS[name]().compute(everything(of), of) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert a.name == b.name
        assert np.array_equal(a.values, b.values)


@every_analysis
def test_needs_no_torch(name: str) -> None:
    assert "torch" not in vars(sys.modules[f"rnnviz.analysis.{name}"])
