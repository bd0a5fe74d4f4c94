"""How much the loss depends on each moment's state: where gradients vanish or explode."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.structure import Structure


class GradientNorm(Analysis):
    """`gradient_norm/P/l` (time,): the 2-norm of dL/dh_t over the units of a layer."""

    name = "gradient_norm"
    title = "Gradient through time"
    needs = frozenset({"gradients"})

    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        found = []
        for part in structure.parts:
            for layer in range(part.layers):
                gradient = arrays.get(f"gradient/{address(part.name, layer, 'h')}")
                if gradient is not None:
                    norms = np.linalg.norm(gradient.values.astype(np.float64), axis=1)
                    name = f"gradient_norm/{part.name}/{layer}"
                    found.append(NamedArray(name, (part.axis,), norms))
        return tuple(found)
