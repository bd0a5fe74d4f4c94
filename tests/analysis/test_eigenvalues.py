"""Eigenvalues against PyTorch's, closed forms and the law of random matrices."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rnnviz.analysis.eigenvalues import MOST_UNITS, Eigenvalues, spectrum
from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.structure import ParameterInfo
from tests.analysis.arrays import everything, structure


def complex_(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows[:, 0] + 1j * rows[:, 1])


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_they_are_the_roots_of_the_characteristic_polynomial(size: int) -> None:
    matrix = np.random.default_rng(size).normal(size=(size, size))
    ours, theirs = complex_(spectrum(matrix)), torch.linalg.eigvals(torch.from_numpy(matrix))
    nearest = np.abs(ours[:, None] - theirs.numpy()[None, :])
    assert max(nearest.min(0).max(), nearest.min(1).max()) < 1e-10
    assert ours.sum() == pytest.approx(np.trace(matrix), abs=1e-10)
    assert (np.diff(np.abs(ours)) < 1e-10).all()


def test_a_turn_by_an_angle_and_a_stretch() -> None:
    angle, stretch = 0.7, 1.3
    turn = stretch * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = stretch * np.exp(1j * np.array([angle, -angle]))
    assert complex_(spectrum(turn)) == pytest.approx(expected, abs=1e-12)


def test_random_weights_fill_a_disc() -> None:
    """Girko's law: PyTorch's start, uniform up to 1/√H, has variance 1/3H and so radius 1/√3."""
    size = 400
    bound = size**-0.5
    matrix = np.random.default_rng(1).uniform(-bound, bound, (size, size))
    assert np.abs(complex_(spectrum(matrix)))[0] == pytest.approx(3**-0.5, rel=0.08)


@pytest.mark.parametrize("cell", ["simple_rnn", "gru", "lstm"])
def test_each_block_of_each_layer_has_its_own(cell: str) -> None:
    of = structure(cell)
    arrays = everything(of)
    found = {array.name: array.values for array in Eigenvalues().compute(arrays, of)}
    for part, layer in of.every_layer():
        weights = arrays[f"parameter/{part.name}.weight_hh_l{layer}"].values.astype(float)
        for k, block in enumerate(part.cell.blocks):
            matrix = weights[4 * k : 4 * k + 4]
            name = f"eigenvalues/{part.name}/{layer}/{block}"
            assert np.allclose(found[name], spectrum(matrix), atol=1e-6)
            singular = np.linalg.svd(matrix, compute_uv=False)[0]
            assert found[f"{name}/norm"] == pytest.approx(singular, rel=1e-6)
            assert np.hypot(*found[name][0]) <= singular * (1 + 1e-6)


@pytest.mark.parametrize("shape", [(8, 3), (MOST_UNITS + 1, MOST_UNITS + 1)])
def test_what_is_no_square_or_too_large_has_none(shape: tuple[int, int]) -> None:
    of = structure("simple_rnn", layers=1)
    info = ParameterInfo("w", "hidden_hidden", shape, "decoder", 0)
    arrays = {"parameter/w": NamedArray("parameter/w", ("row", "column"), np.zeros(shape))}
    assert Eigenvalues().compute(arrays, type(of)("m", "M", of.parts, (info,))) == ()


@pytest.mark.parametrize("fill", [np.nan, np.inf])
def test_weights_that_are_no_numbers_have_none(fill: float) -> None:
    of = structure("simple_rnn")
    arrays = {
        name: NamedArray(name, array.dims, np.full(array.values.shape, fill))
        for name, array in everything(of).items()
    }
    assert Eigenvalues().compute(arrays, of) == ()
