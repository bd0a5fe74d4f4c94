"""Arrays as an observer hands them to analyses, made of random numbers."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts import discovery
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.structure import ParameterInfo, Part, Structure


def structure(cell: str = "lstm", layers: int = 2, units: int = 4) -> Structure:
    info = discovery.find("cells", cell, Cell).info
    parts = (
        Part("encoder", "encoder", info, layers, units, "source_time"),
        Part("decoder", "decoder", info, layers, units),
    )
    recurrent = tuple(
        ParameterInfo(f"{part.name}.weight_hh_l{layer}", "hidden_hidden",
                      (len(info.blocks) * units, units), part.name, layer)
        for part in parts for layer in range(layers)
    )  # fmt: skip
    return Structure("m", "M", parts, (ParameterInfo("w", "readout", (2, 3)), *recurrent))


def everything(of: Structure, time: int = 6, seed: int = 0) -> dict[str, NamedArray]:
    """All arrays an analysis may read, each quantity within its range."""
    random = np.random.default_rng(seed)
    found = []
    for part in of.parts:
        for layer in range(part.layers):
            for quantity in part.cell.quantities:
                low = -1.0 if quantity.low is None else quantity.low
                values = random.uniform(low, quantity.high or 1.0, (time, part.hidden_size))
                name, dims = address(part.name, layer, quantity.name), (part.axis, "unit")
                found += [NamedArray(name, dims, values)]
                found += [NamedArray(f"gradient/{name}", dims, random.normal(size=values.shape))]
    for parameter in of.parameters:
        values = random.normal(size=parameter.shape)
        found += [NamedArray(f"parameter/{parameter.name}", ("row", "column"), values)]
        found += [
            NamedArray(f"parameter_gradient/{parameter.name}", ("row", "column"), -3 * values)
        ]
    return {array.name: array for array in found}
