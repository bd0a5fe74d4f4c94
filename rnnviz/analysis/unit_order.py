"""In which order to draw units: the busiest first, or those that act alike side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.structure import Structure

MOST_TIMES = 128
"""Longer probes are thinned to about this many moments before units are compared."""


class UnitOrder(Analysis):
    """`unit_order/P/l/activity` and `.../similarity` (unit,): the unit at each place."""

    name = "unit_order"
    title = "Order of units"
    needs = frozenset({"states"})

    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        found = []
        for part, layer in structure.every_layer():
            states = arrays.get(address(part.name, layer, "h"))
            if states is not None:
                h = states.values.astype(np.float64)  # (time, unit)
                name = f"unit_order/{part.name}/{layer}"
                found.append(NamedArray(f"{name}/activity", ("unit",), by_activity(h)))
                found.append(NamedArray(f"{name}/similarity", ("unit",), by_similarity(h)))
        return tuple(found)


def by_activity(h: NDArray[np.float64]) -> NDArray[np.intp]:
    """Units of h (time, unit) by falling mean |h|; equal ones keep their order."""
    return np.argsort(-np.abs(h).mean(axis=0), kind="stable")


def by_similarity(h: NDArray[np.float64]) -> NDArray[np.intp]:
    """Units of h (time, unit) round the circle that their courses make in the two main directions.

    Each unit's course is centred and scaled to length 1 and projected on the first two principal
    components: the angle there puts correlated units side by side (Friendly 2002, corrgrams). The
    circle is cut at its widest gap.
    """
    h = h[:: -(-len(h) // MOST_TIMES)]
    courses = h - h.mean(axis=0)
    courses /= np.maximum(np.linalg.norm(courses, axis=0), 1e-12)
    if not np.isfinite(courses).all():  # training has blown up: nothing is alike
        return np.arange(h.shape[1])
    _, vectors = np.linalg.eigh(courses @ courses.T)  # (time, time), the largest last
    main = vectors[:, : -min(2, len(h)) - 1 : -1]
    # An eigenvector's sign is arbitrary; fixing it keeps the order from flipping between looks.
    main *= np.sign(main[np.abs(main).argmax(axis=0), np.arange(main.shape[1])])
    places = courses.T @ main  # (unit, 2)
    return _round_the_circle(np.arctan2(places[:, -1], places[:, 0]))


def _round_the_circle(angles: NDArray[np.float64]) -> NDArray[np.intp]:
    order = np.argsort(angles, kind="stable")
    around = angles[order]
    gaps = np.diff(around, append=around[0] + 2 * np.pi)  # behind each
    return np.roll(order, -int(gaps.argmax()) - 1)
