"""In which order a layer's units stand: by index, by activity, or similar ones side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Option
from rnnviz.tracks.focus import find

SORT = Option(
    "sort",
    "Units by",
    "similarity",
    ("index", "activity", "similarity"),
    "The order of the units from top to bottom.",
)


def unit_order(
    snapshot: Snapshot, part: Part, layer: int, units: int, sort: str
) -> NDArray[np.int64]:
    """A permutation of the units; the index order where the analysis has not run."""
    found = find(snapshot, f"unit_order/{part.name}/{layer}/{sort}")
    if found is None:
        return np.arange(units)
    order = np.asarray(found.values, dtype=np.int64).ravel()
    whole = len(order) == units and np.array_equal(np.sort(order), np.arange(units))
    return order if whole else np.arange(units)


def order_note(units: int, sort: str) -> str:
    """`128 units, by similarity`."""
    count = "1 unit" if units == 1 else f"{units:,} units"
    return count if sort == "index" or units == 1 else f"{count}, by {sort}"
