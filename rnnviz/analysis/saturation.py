"""How often each unit's gates are nearly shut or nearly open (Karpathy et al. 2015)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.structure import Structure

LOW, HIGH = 0.1, 0.9


class Saturation(Analysis):
    """`saturation/P/l/gate` (unit, slot): share of time below 0.1 (slot 0), above 0.9 (1)."""

    name = "saturation"
    title = "Gate saturation"
    needs = frozenset({"gates"})

    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        names = [
            address(part.name, layer, gate)
            for part, layer in structure.every_layer()
            for gate in part.cell.gates
        ]
        return tuple(_saturation(arrays[name]) for name in names if name in arrays)


def _saturation(gate: NamedArray) -> NamedArray:
    values = gate.values.astype(np.float32)  # (time, unit)
    fractions = np.stack([(values < LOW).mean(0), (values > HIGH).mean(0)], axis=-1)
    return NamedArray(f"saturation/{gate.name}", ("unit", "slot"), fractions)
