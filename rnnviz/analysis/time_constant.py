"""How long leaky units remember: the time constant of each (Goodfellow et al. 10.9.2)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.structure import Structure


class TimeConstant(Analysis):
    """`time_constant/P/l` (unit,): steps after which 1/e of a unit's old value is left."""

    name = "time_constant"
    title = "Time constants"
    needs = frozenset({"gates"})

    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        found = []
        for part, layer in structure.every_layer():
            kept = arrays.get(address(part.name, layer, "alpha"))
            if kept is not None:
                name = f"time_constant/{part.name}/{layer}"
                found.append(NamedArray(name, ("unit",), _constants(kept)))
        return tuple(found)


def _constants(kept: NamedArray) -> NDArray[np.float64]:
    """τ = −1 / ln α of each unit; α (time, unit) is the same at all times."""
    alpha = np.clip(kept.values[0].astype(np.float64), 1e-12, 1 - 1e-12)
    constants: NDArray[np.float64] = -1 / np.log(alpha)
    return constants
