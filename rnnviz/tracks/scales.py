"""One colour scale per kind of quantity: a colour means the same number in every view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.picture import ColourScale
from rnnviz.contracts.structure import CellInfo, Quantity

FLOOR = 1e-8
"""Gradient norms below this are drawn at it: log₁₀ of zero has no place on paper."""

USUAL = 0.95
"""Share of an unbounded quantity's values that its scale must hold."""

PROBABILITY = ColourScale("unit", 0.0, 1.0, "probability")
ATTENTION = ColourScale("ink", 0.0, 1.0, "attention α")
GRADIENT = ColourScale("magnitude", -6.0, 2.0, "log₁₀ ‖∂L/∂h‖")


def scale_of(cell: CellInfo, name: str, values: NDArray[np.floating]) -> ColourScale:
    """The scale of a cell's quantity; `values` only choose the rung where it is unbounded."""
    quantity = quantity_of(cell, name)
    if quantity is not None and quantity.kind == "gate":
        return ColourScale("unit", 0.0, 1.0, name)
    if quantity is not None and quantity.low is not None and quantity.high is not None:
        reach = max(abs(quantity.low), abs(quantity.high))
        return ColourScale("signed", -reach, reach, name)
    return unbounded(values, name)


def signed(values: NDArray[np.floating], label: str) -> ColourScale:
    """A symmetric scale around zero that reaches the next rung above the largest magnitude."""
    reach = rung(values)
    return ColourScale("signed", -reach, reach, label)


def unbounded(values: NDArray[np.floating], label: str) -> ColourScale:
    """A symmetric scale for nearly all values: a few units that run away must not wash out the
    rest.

    What lies beyond has the end's colour; the label then says so.
    """
    finite = np.abs(values[np.isfinite(values)])
    usual = np.quantile(finite, USUAL, method="lower") if finite.size else 0.0
    reach = rung(np.array([usual]))
    beyond = bool(finite.size and finite.max() > reach)
    return ColourScale("signed", -reach, reach, f"{label}, clipped" if beyond else label)


def rung(values: NDArray[np.floating], least: float = 1.0) -> float:
    """The smallest of …, 1, 2, 5, 10, 20, … that is not below `least` nor below any magnitude.

    Rungs are far apart, so a live range stays where it is while values drift.
    """
    finite = np.abs(values[np.isfinite(values)])
    largest = max(float(finite.max()) if finite.size else 0.0, least)
    decade = 10.0 ** np.floor(np.log10(largest))
    steps = [float(step * decade) for step in (1, 2, 5, 10)]
    return next((step for step in steps if step >= largest * (1 - 1e-9)), steps[-1])


def quantity_of(cell: CellInfo, name: str) -> Quantity | None:
    """The cell's quantity called `name`, or None."""
    return next((quantity for quantity in cell.quantities if quantity.name == name), None)


def log10(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """log₁₀ with everything below `FLOOR`, zero included, at the floor; not-a-number stays."""
    return np.asarray(np.log10(np.maximum(np.abs(values), FLOOR)), dtype=np.float64)


def decades(values: NDArray[np.floating], least: tuple[float, float]) -> tuple[float, float]:
    """Whole decades (of log₁₀ values) that hold all of them and at least `least`."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return least
    low, high = float(np.floor(finite.min())), float(np.ceil(finite.max()))
    return min(low, least[0]), max(high, least[1])
