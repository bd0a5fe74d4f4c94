"""Eigenvalues of the matrices that carry a state on, gate by gate: what a step does to it again and
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.structure import ParameterInfo, Structure

Floats = NDArray[np.float64]

MOST_UNITS = 512
"""Of larger matrices none are computed: the work grows with the cube, a quarter second here."""

_ROLES = ("hidden_hidden", "skip")


class Eigenvalues(Analysis):
    """`eigenvalues/P/l/B` (unit, column): real and imaginary part, the longest first, of block B of
    the recurrent matrix; `eigenvalues/P/l/B/norm` (): its largest singular value.

    B is a name of `CellInfo.blocks`, or `skip` for a connection that skips steps.
    """

    name = "eigenvalues"
    title = "Eigenvalues"
    needs = frozenset({"parameters", "eigenvalues"})

    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        found: list[NamedArray] = []
        for info in structure.parameters:
            kept = arrays.get(f"parameter/{info.name}")
            if kept is not None and info.role in _ROLES and info.part:
                weights = kept.values.astype(np.float64)
                for block, matrix in _blocks(weights, info, structure):
                    found += _described(f"eigenvalues/{block}", matrix)
        return tuple(found)


def spectrum(matrix: Floats) -> Floats:
    """Eigenvalues of (n, n) as rows (real, imaginary), by falling length; pairs of conjugates stand
    together, the upper one first.
    """
    values = np.linalg.eigvals(matrix)
    order = np.lexsort((-values.imag, values.real, -np.abs(values).round(12)))
    return np.stack((values.real, values.imag), axis=1)[order]


def _blocks(
    weights: Floats, info: ParameterInfo, structure: Structure
) -> Iterator[tuple[str, Floats]]:
    """Address and matrix (H, H) of each block; none of a matrix that is not made of squares."""
    rows, columns = weights.shape
    cell = structure.part(info.part).cell
    names = ("skip",) if info.role == "skip" else cell.blocks
    fits = rows == len(names) * columns and columns <= MOST_UNITS
    if fits and np.isfinite(weights).all():
        for name, matrix in zip(names, np.split(weights, len(names)), strict=True):
            yield address(info.part, info.layer, name), matrix


def _described(name: str, matrix: Floats) -> Iterator[NamedArray]:
    yield NamedArray(name, ("unit", "column"), spectrum(matrix))
    yield NamedArray(f"{name}/norm", (), np.asarray(np.linalg.norm(matrix, 2)))
