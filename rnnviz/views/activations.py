"""Activations: the functions that a cell's sums go through, and where its units are on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.picture import Axis, Line, Panel, Picture, Points
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Quantity
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import value_axis
from rnnviz.tracks.caption import absent, place, subtitle
from rnnviz.tracks.focus import Focus, Values, focus, looking, table
from rnnviz.tracks.heat import heading

FAR = 6.0
"""Sums further out are drawn at the edge."""

FLAT = 0.1
"""A unit is saturated where the slope is less than this share of the function's steepest."""

ACROSS = 2
VALUES = ((-1.0, "−1"), (0.0, "0"), (0.25, "¼"), (1.0, "1"))
SUMS = ((-6.0, "−6"), (-3.0, "−3"), (0.0, "0"), (3.0, "3"), (6.0, "6"))


@dataclass(frozen=True, slots=True)
class Function:
    """φ, its slope φ', and the sum that a value came from where φ can be undone."""

    name: str
    of: Callable[[Values], Values]
    slope: Callable[[Values], Values]
    undone: Callable[[Values], Values]
    steepest: float


def _sigmoid(x: Values) -> Values:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


SIGMOID = Function(
    "σ", _sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
    lambda y: np.asarray(2 * np.arctanh(np.clip(2 * y - 1, -1 + 1e-12, 1 - 1e-12))), 0.25,
)  # fmt: skip
TANH = Function(
    "tanh", lambda x: np.asarray(np.tanh(x)), lambda x: np.asarray(1 - np.tanh(x) ** 2),
    lambda y: np.asarray(np.arctanh(np.clip(y, -1 + 1e-12, 1 - 1e-12))), 1.0,
)  # fmt: skip
RELU = Function(
    "ReLU", lambda x: np.asarray(np.maximum(x, 0)), lambda x: np.asarray((x > 0) * 1.0),
    lambda y: y, 1.0,
)  # fmt: skip
OF_RANGE: dict[tuple[float | None, float | None], Function] = {
    (0.0, 1.0): SIGMOID,
    (-1.0, 1.0): TANH,
    (0.0, None): RELU,
}


class Activations(View):
    """A plot for each quantity that is a squashed sum: the curve, its slope, a dot per unit."""

    name = "activations"
    title = "Activation functions"
    sentence = (
        "σ and tanh with their slopes and a dot for every unit: where the slope is flat, no "
        "gradient comes back."
    )
    needs = frozenset({"states", "gates", "preactivations"})
    depends = frozenset({"snapshot", "selection", "hover"})
    options = (Option("slopes", "Slopes", True, help="The derivative of each function, dashed."),)
    group = "Gradients"
    menu_order = 42

    def missing(self, scene: Scene) -> str:
        """Says what has to be looked at, or that this cell squashes nothing."""
        at = focus(scene)
        if at is None or scene.snapshot is None:
            invitation = "Start training: where the units are on σ and tanh will be drawn here."
            return absent(scene, "state", invitation)
        if not _sums(scene.snapshot, at):
            title = at.part.cell.title
            return absent(scene, "gate", "") or f"No sums of this cell ({title}) were recorded."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Two plots in a row."""
        snapshot, at = looking(scene)
        slopes = bool(scene.option(self, "slopes"))
        plots = [_panel(at, *found, slopes) for found in _sums(snapshot, at)]
        rows = tuple(tuple(plots[i : i + ACROSS]) for i in range(0, len(plots), ACROSS))
        return Picture(self.title, rows, subtitle(scene, place(snapshot, at, unit=True, time=True)))


def _sums(snapshot: Snapshot, at: Focus) -> list[tuple[Quantity, Function, Values]]:
    """Each squashed quantity with its function and its sums (time, unit)."""
    found = []
    for quantity in at.part.cell.quantities:
        function = OF_RANGE.get((_number(quantity.low), _number(quantity.high)))
        sums = None if function is None else _of(snapshot, at, quantity, function)
        if function is not None and sums is not None:
            found.append((quantity, function, sums))
    return found


def _of(snapshot: Snapshot, at: Focus, quantity: Quantity, function: Function) -> Values | None:
    if quantity.kind in ("gate", "candidate"):
        values = table(snapshot, at.address(quantity.name))
        return None if values is None else function.undone(values)
    # A state is a squashed sum only in cells that call the sum by a name of its own.
    sums = [q.name for q in at.part.cell.quantities if q.kind == "preactivation"]
    direct = quantity.kind == "state" and len(sums) == 1
    return table(snapshot, at.address(sums[0])) if direct else None


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def saturated(sums: Values, function: Function) -> float:
    """Share of the sums where the function is nearly flat, NaN without any."""
    known = sums[np.isfinite(sums)]
    flat = function.slope(known) < FLAT * function.steepest
    return float(flat.mean()) if len(known) else float("nan")


def _panel(at: Focus, quantity: Quantity, function: Function, sums: Values, slopes: bool) -> Panel:
    now = sums[min(at.time, len(sums) - 1)]
    x = np.linspace(-FAR, FAR, 241)
    colour = f"gate:{quantity.name}" if quantity.kind != "state" else "accent"
    curve = Line(x, function.of(x), function.name, "muted", 1.2)
    slope = (Line(x, function.slope(x), f"{function.name}′", "muted", 1.0, "dashed"),)
    share = (saturated(now, function), saturated(sums, function))
    return Panel(
        f"function/{quantity.name}",
        Axis("sum before the function", low=-FAR - 0.2, high=FAR + 0.2, ticks=SUMS),
        value_axis(*_range(function), ticks=VALUES),
        (*(slope if slopes else ()), curve, *_dots(now, function, at.unit, colour)),
        title=heading(at.part, quantity.name),
        note=f"flat: {share[0]:.0%} now, {share[1]:.0%} in all",
        selects={**at.selects, "quantity": quantity.name},
        legend=True,
        height=1.3,
    )  # fmt: skip


def _range(function: Function) -> tuple[float, float]:
    return {"tanh": (-1.08, 1.08), "ReLU": (-0.3, FAR + 0.2)}.get(function.name, (-0.06, 1.06))


def _dots(now: Values, function: Function, unit: int, colour: str) -> tuple[Points, ...]:
    """All units, and the selected one larger."""
    places = np.clip(now, -FAR, FAR)
    units = tuple(range(len(places)))
    dots = Points(places, function.of(places), "units", colour, 5.0, "unit", units)
    one = min(unit, len(places) - 1)
    chosen = places[one : one + 1]
    return dots, Points(chosen, function.of(chosen), f"unit {one}", "text", 8.0, "unit", (one,))
