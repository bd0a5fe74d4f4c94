"""How large each parameter is as a whole, and how hard the probe's loss pulls at it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.structure import Structure


class ParameterNorm(Analysis):
    """`parameter_norm/NAME` and `parameter_norm/gradient/NAME`: 2-norms over all entries."""

    name = "parameter_norm"
    title = "Parameter norms"
    needs = frozenset({"parameters"})

    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        found = []
        for parameter in structure.parameters:
            for group, result in (("parameter", ""), ("parameter_gradient", "gradient/")):
                array = arrays.get(f"{group}/{parameter.name}")
                if array is not None:
                    norm = np.linalg.norm(array.values.astype(np.float64).ravel())
                    name = f"parameter_norm/{result}{parameter.name}"
                    found.append(NamedArray(name, (), np.asarray(norm)))
        return tuple(found)
