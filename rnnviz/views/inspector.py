"""Inspector: the formula of what is selected, with its numbers and where they come from."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import (
    AnyPanel,
    Axis,
    Line,
    Panel,
    Picture,
    Span,
    Table,
    TextLine,
    TextPanel,
)
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Equation
from rnnviz.contracts.view import Scene, View
from rnnviz.style.notation import write
from rnnviz.tracks.axes import time_axis
from rnnviz.tracks.caption import absent, place, subtitle, token_at, true_name
from rnnviz.tracks.focus import Focus, Values, focus, looking, table
from rnnviz.tracks.numbers import Moment
from rnnviz.tracks.scales import quantity_of, rung

STRONGEST, LIKELIEST = 6, 5


class Inspector(View):
    """One unit at one time: formulas, numbers, its strongest inputs, its course along the probe."""

    name = "inspector"
    title = "Inspector"
    sentence = "The selected quantity's formula with its actual numbers, in the chosen notation."
    needs = frozenset({"states", "gates", "preactivations", "next", "parameters"})
    depends = frozenset({"snapshot", "selection", "hover"})
    menu_order = 15

    def missing(self, scene: Scene) -> str:
        """Waits for the first look inside."""
        if focus(scene) is None:
            invitation = (
                "Click any unit or node: its formula will stand here with its numbers in it."
            )
            return absent(scene, "state", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Formulas, then the unit along the probe, then what feeds it."""
        snapshot, at = looking(scene)
        moment = Moment(snapshot, at)
        rows: list[tuple[AnyPanel, ...]] = [(_formulas(scene, moment),), (_course(snapshot, at),)]
        incoming = _incoming(moment, _block(scene, at))
        rows += [(incoming,)] if incoming is not None else []
        text = subtitle(scene, place(snapshot, at, unit=True, time=True))
        return Picture(self.title, tuple(rows), text)


def _block(scene: Scene, at: Focus) -> str:
    """The selected quantity where it has weights of its own, else the first that has."""
    blocks = at.part.cell.blocks
    return scene.selection.quantity if scene.selection.quantity in blocks else "".join(blocks[:1])


# ---- formulas


def _formulas(scene: Scene, moment: Moment) -> TextPanel:
    snapshot, at = moment.snapshot, moment.at
    lines: list[TextLine] = [_heading(snapshot, at)]
    for equation in _ordered(at.part.cell.equations, scene.selection.quantity):
        lines += _equation(scene, moment, equation)
    lines += _expectation(snapshot, at)
    return TextPanel("formulas", tuple(lines))


def _heading(snapshot: Snapshot, at: Focus) -> TextLine:
    token = token_at(snapshot, at.part, at.time)
    spans = (
        Span(f"t = {at.time}  "),
        Span(f"“{token}”", "code"),
        Span(f"  layer {at.layer + 1}  unit {at.unit}"),
    )
    return TextLine(spans, "heading")


def _ordered(equations: tuple[Equation, ...], quantity: str) -> list[Equation]:
    """The selected quantity's formula first."""
    return sorted(equations, key=lambda equation: equation.result != quantity)


def _equation(scene: Scene, moment: Moment, equation: Equation) -> list[TextLine]:
    chosen = equation.result == scene.selection.quantity
    found = quantity_of(moment.at.part.cell, equation.result)
    title = f"   {found.title}" if found is not None else ""
    selects = {**moment.at.selects, "quantity": equation.result}
    words = Span(title, "strong" if chosen else "muted")
    symbols = f"${write(equation.symbols, scene.notation)}$"
    return [
        TextLine((Span(symbols, "math"), words), "body", selects),
        TextLine((Span(moment.fill(equation), "accent"),), "body", selects),
    ]


def _expectation(snapshot: Snapshot, at: Focus) -> list[TextLine]:
    """What the whole network expects next at this position, or answers."""
    chances, ids = table(snapshot, "next/probability"), table(snapshot, "next/token")
    if at.part.axis != "time" or chances is None or ids is None or at.time >= len(chances):
        return []
    if not np.isfinite(chances[at.time]).all():
        return []
    foretells = true_name(snapshot) == "true next"
    spans = [Span("expects next  " if foretells else "answers  ", "muted")]
    for chance, token in list(zip(chances[at.time], ids[at.time], strict=False))[:LIKELIEST]:
        index = int(token)
        name = snapshot.vocabulary[index] if index < len(snapshot.vocabulary) else str(index)
        spans += [Span(name, "code"), Span(f" {chance:.2f}   ", "muted")]
    return [TextLine(tuple(spans))]


# ---- the unit along the probe


def _course(snapshot: Snapshot, at: Focus) -> Panel:
    """h, c and the gates of the unit over time, each in its own colour."""
    lines = []
    for quantity in (*at.part.cell.states, *at.part.cell.gates):
        values = table(snapshot, at.address(quantity))
        if values is None or at.unit >= values.shape[1]:
            continue
        colour = f"state:{quantity}" if quantity in at.part.cell.states else f"gate:{quantity}"
        column = values[:, at.unit]
        times = np.arange(len(column), dtype=float)
        wide = 1.8 if quantity == "h" else 1.1
        lines.append(Line(times, column, quantity, colour, wide))
    reach = rung(np.concatenate([line.y for line in lines]))
    return Panel(
        "course",
        time_axis(snapshot, at.part.axis, at.length, visible=True),
        Axis(low=-reach * 1.03, high=reach * 1.03, ticks=_thirds(reach)),
        tuple(lines),
        title="this unit along the probe",
        selects={**at.selects, "unit": at.unit},
        legend=True,
        pixels=170,
    )


def _thirds(reach: float) -> tuple[tuple[float, str], ...]:
    return ((-reach, f"−{reach:g}"), (0.0, "0"), (reach, f"{reach:g}"))


# ---- what feeds it


def _incoming(moment: Moment, block: str) -> Table | None:
    """The recurrent weights that contribute most here: w · h one step earlier."""
    weights, row = _recurrent(moment), moment.row(block)
    before = _states_before(moment)
    if weights is None or row is None or row >= len(weights) or before.size != weights.shape[1]:
        return None
    products = weights[row] * before
    strongest = np.argsort(-np.abs(products), kind="stable")[:STRONGEST]
    rows = tuple(
        (f"unit {unit}", float(weights[row, unit]), float(before[unit]), float(products[unit]))
        for unit in strongest
    )
    columns = ("from", "weight", "h before", "weight · h")
    return Table(
        "incoming", columns, rows, title=f"strongest recurrent inputs of {block}",
        pixels=60 + 22 * len(rows),
        selects=tuple({"unit": int(unit)} for unit in strongest),
    )  # fmt: skip


def _recurrent(moment: Moment) -> Values | None:
    at = moment.at
    for info in moment.snapshot.structure.parameters:
        here = info.part == at.part.name and info.layer == at.layer
        if here and info.role == "hidden_hidden":
            return table(moment.snapshot, f"parameter/{info.name}")
    return None


def _states_before(moment: Moment) -> Values:
    exact = table(moment.snapshot, moment.at.address("h-"))
    if exact is not None and moment.at.time < len(exact):
        return np.asarray(exact[moment.at.time])
    states = table(moment.snapshot, moment.at.address("h"))
    if states is None:
        return np.zeros(0)
    inside = 0 <= moment.before < len(states)
    return states[moment.before] if inside else np.zeros(states.shape[1])
