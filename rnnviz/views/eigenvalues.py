"""Eigenvalues: whether the recurrent matrices let a state fade or grow, step for step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.arrays import address
from rnnviz.contracts.picture import Axis, Line, Mark, Panel, Picture, Points, Rule
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import round_up, value_axis
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import Values, named, table
from rnnviz.tracks.scales import quantity_of

HALVES = ((-1.0, "−1"), (0.0, "0"), (1.0, "1"))
_ROUND = np.linspace(0.0, 2 * np.pi, 181)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """A square of the chosen layer's recurrent weights: its block, and its eigenvalues (H, 2)."""

    part: Part
    layer: int
    block: str
    values: Values

    @property
    def address(self) -> str:
        return f"eigenvalues/{address(self.part.name, self.layer, self.block)}"

    @property
    def gated(self) -> bool:
        """Whether it is one of several."""
        return len(self.part.cell.blocks) > 1

    @property
    def colour(self) -> str:
        return f"gate:{self.block}" if self.gated and self.block != "skip" else "series:0"


class Eigenvalues(View):
    """A dot per eigenvalue of W_hh beside the unit circle, and the longest of them over training.

    A gated cell has a matrix for each of its gates.
    """

    name = "eigenvalues"
    title = "Eigenvalues"
    sentence = (
        "The eigenvalues of the recurrent matrices: inside the unit circle a state fades, outside "
        "it grows."
    )
    needs = frozenset({"parameters", "eigenvalues"})
    depends = frozenset({"snapshot", "past", "selection", "step"})
    options = (
        Option("before", "Before", True, help="Pale: where they were at the earliest look."),
    )
    group = "Gradients"
    menu_order = 52

    def missing(self, scene: Scene) -> str:
        """Says which networks have such a matrix."""
        if scene.snapshot is None:
            return "Start training or open a run: the eigenvalues of W_hh will be drawn here."
        if _chosen(scene, _nearest(scene, scene.snapshot)):
            return ""
        if not _squares(scene.snapshot):
            return "No state of this network is carried on by a square matrix of its own."
        return absent(scene, "eigenvalues", "")

    def draw(self, scene: Scene) -> Picture:
        """The complex planes side by side, and under them, or beside a single one, their course."""
        assert scene.snapshot is not None
        snapshot = _nearest(scene, scene.snapshot)
        matrices = _chosen(scene, snapshot)
        looks = _looks(scene, snapshot)
        before = looks[0] if scene.option(self, "before") and len(looks) > 1 else None
        reach = _reach(matrices, before)
        planes = tuple(_plane(m, before, snapshot, reach) for m in matrices)
        course = _course(matrices, looks, scene.selection.step)
        below = () if course is None else (course,)
        rows = (planes, below) if len(planes) > 1 and below else ((*planes, *below),)
        where = named(snapshot, matrices[0].part, matrices[0].layer)
        text = subtitle(scene, where, _when(scene.snapshot, snapshot))
        return Picture(self.title, rows, text)


def _nearest(scene: Scene, snapshot: Snapshot) -> Snapshot:
    """The look itself, or the one nearest to it that has eigenvalues: not every look has."""
    looks = _looks(scene, snapshot)
    return min(looks, key=lambda look: abs(look.step - snapshot.step), default=snapshot)


def _when(asked: Snapshot, found: Snapshot) -> str:
    return "" if asked.step == found.step else f"eigenvalues of step {found.step:,}"


def _squares(snapshot: Snapshot) -> bool:
    """Whether the network has any recurrent matrix at all."""
    return any(info.role == "hidden_hidden" and info.part for info in snapshot.structure.parameters)


def _chosen(scene: Scene, snapshot: Snapshot) -> list[_Matrix]:
    """The matrices of the selected layer, else of the top one of the first part that has any."""
    found = {at: list(_of_layer(snapshot, *at)) for at in snapshot.structure.every_layer()}
    full = [at for at, matrices in found.items() if matrices]
    parts = [at for at in full if at[0].name == scene.selection.part] or full[:1]
    layers = [at for at in full if parts and at[0] == parts[0][0]]
    wanted = [at for at in layers if at[1] == scene.selection.layer] or layers[-1:]
    return found[wanted[0]] if wanted else []


def _of_layer(snapshot: Snapshot, part: Part, layer: int) -> Iterator[_Matrix]:
    for block in (*part.cell.blocks, "skip"):
        values = table(snapshot, f"eigenvalues/{address(part.name, layer, block)}")
        if values is not None and values.shape[1] == 2 and np.isfinite(values).all():
            yield _Matrix(part, layer, block, values)


def _looks(scene: Scene, snapshot: Snapshot) -> list[Snapshot]:
    """All looks with eigenvalues, oldest first, one per step."""
    known = {look.step: look for look in (*scene.past, snapshot)}
    return [known[step] for step in sorted(known) if _has(known[step])]


def _has(look: Snapshot) -> bool:
    return any(name.startswith("eigenvalues/") for name in look.results)


def _reach(matrices: list[_Matrix], before: Snapshot | None) -> float:
    """One range for all planes, far enough for every dot; in rungs, so that it seldom moves."""
    earlier = [_earlier(matrix, before) for matrix in matrices]
    every = [matrix.values for matrix in matrices] + [e for e in earlier if e is not None]
    longest = max(float(np.hypot(*values.T).max()) for values in every)
    return max(1.25, float(np.ceil(4.2 * longest) / 4))


def _earlier(matrix: _Matrix, before: Snapshot | None) -> Values | None:
    """Its eigenvalues at an earlier look."""
    found = None if before is None else table(before, matrix.address)
    usable = found is not None and found.shape[1] == 2 and np.isfinite(found).all()
    return found if usable else None


def _plane(matrix: _Matrix, before: Snapshot | None, snapshot: Snapshot, reach: float) -> Panel:
    marks: list[Mark] = [Line(np.cos(_ROUND), np.sin(_ROUND), "unit circle", "muted", 1.2)]
    earlier = _earlier(matrix, before)
    if before is not None and earlier is not None:
        text = f"step {before.step:,}"
        marks.append(Points(earlier[:, 0], earlier[:, 1], text, "muted", 2.5))
    lengths = np.hypot(*matrix.values.T)
    for chosen, colour, text in (
        (lengths < 1, matrix.colour, f"step {snapshot.step:,}"),
        (lengths >= 1, "bad", "outside"),
    ):
        if chosen.any():
            x, y = matrix.values[chosen].T
            marks.append(Points(x, y, text, colour, 5.0))
    return Panel(
        f"plane/{matrix.address}", _axis("real part", reach), _axis("imaginary part", reach),
        tuple(marks), title=_title(matrix), note=_note(matrix, snapshot),
        selects={"part": matrix.part.name, "layer": matrix.layer}, equal=True, height=2.4,
    )  # fmt: skip


def _axis(label: str, reach: float) -> Axis:
    return Axis(label, low=-reach, high=reach, ticks=HALVES)


def _title(matrix: _Matrix) -> str:
    """`W_hh` of a cell without gates, else the gate's letter and name."""
    if matrix.block == "skip":
        return "S  over the skipped steps"
    found = quantity_of(matrix.part.cell, matrix.block)
    return f"{matrix.block}  {found.title}" if matrix.gated and found is not None else "W_hh"


def _note(matrix: _Matrix, snapshot: Snapshot) -> str:
    """The spectral radius; where there is room the largest singular value, which bounds it."""
    radius, norm = _radius(matrix.values), _norm(snapshot, matrix)
    return f"ρ = {radius:.2f}" if matrix.gated else f"ρ = {radius:.3f}, ‖W‖ = {norm:.3f}"


def _radius(values: Values) -> float:
    return float(np.hypot(values[0, 0], values[0, 1]))


def _norm(look: Snapshot, matrix: _Matrix) -> float:
    found = look.get(f"{matrix.address}/norm")
    return float("nan") if found is None or found.values.ndim else float(found.values)


def _course(matrices: list[_Matrix], looks: list[Snapshot], step: int | None) -> Panel | None:
    """Spectral radius of each matrix over training; for a single one its norm too."""
    if len(looks) < 2:
        return None
    steps = np.array([look.step for look in looks], float)
    lines = [
        Line(steps, _radii(looks, m), f"ρ {m.block}" if len(matrices) > 1 else "ρ", m.colour, 1.8)
        for m in matrices
    ]
    if len(matrices) == 1:
        norms = np.array([_norm(look, matrices[0]) for look in looks])
        lines.append(Line(steps, norms, "‖W‖", "muted", 1.4, "dashed"))
    marks: list[Mark] = [*lines, Rule("y", 1.0, "", "warning", "dotted")]
    if step is not None:
        marks.append(Rule("x", float(step), style="solid", colour="cursor"))
    top = max((float(np.nanmax(line.y)) for line in lines if np.isfinite(line.y).any()), default=1)
    return Panel(
        "course", Axis("step", dim="step", low=steps[0], high=steps[-1]),
        value_axis(0.0, round_up(max(1.2, 1.05 * top)), "length"), tuple(marks),
        title="over training", note="ρ: length of the longest eigenvalue", legend=True, height=1.2,
    )  # fmt: skip


def _radii(looks: list[Snapshot], matrix: _Matrix) -> Values:
    found = [table(look, matrix.address) for look in looks]
    return np.array([np.nan if values is None else _radius(values) for values in found])
