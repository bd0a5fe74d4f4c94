"""Gates: when they open and close, and which units keep them shut or open."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Line, Panel, Picture, Points
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import numbered_last, time_axis, value_axis
from rnnviz.tracks.borders import chunk_of, with_borders
from rnnviz.tracks.caption import absent, place, subtitle
from rnnviz.tracks.focus import Focus, focus, looking, table
from rnnviz.tracks.heat import heading, heat_track
from rnnviz.tracks.order import SORT
from rnnviz.tracks.tokens import token_track

QUARTERS = ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
SIGNED_HALVES = ((-1.0, "−1"), (0.0, "0"), (1.0, "1"))


class Gates(View):
    """Images of each gate, the selected unit's gates as lines, and Karpathy's saturation plot."""

    name = "gates"
    title = "Gates"
    sentence = (
        "The gates over time, and the share of time each unit's gates are below 0.1 or above 0.9."
    )
    needs = frozenset({"states", "gates"})
    depends = frozenset({"snapshot", "selection", "window", "corpus"})
    options = (
        SORT,
        Option("images", "Images", True, help="Units × time for each gate."),
        Option("saturation", "Saturation", True, help="Below 0.1 against above 0.9, per unit."),
    )
    menu_order = 40

    def missing(self, scene: Scene) -> str:
        """Says which cells have gates when this one has none."""
        at = focus(scene)
        if at is None or scene.snapshot is None:
            invitation = "Train an LSTM or a GRU: its gates will be drawn over time here."
            return absent(scene, "state", invitation)
        if not at.part.cell.gates:
            title = at.part.cell.title
            return (
                f"This network's cell ({title}) has no gates; an LSTM or a GRU will fill this view."
            )
        if not _recorded(scene.snapshot, at):
            return absent(scene, "gate", "")
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Images over lines over the saturation plots."""
        snapshot, at = looking(scene)
        gates = _recorded(snapshot, at)
        tracks: list[Panel | None] = [token_track(scene, snapshot, at.part.axis)]
        for gate in gates if scene.option(self, "images") else ():
            title, sort = heading(at.part, gate), scene.choice(self, "sort")
            tracks.append(heat_track(snapshot, at.part, at.layer, gate, sort, title=title))
        tracks.append(_lines(snapshot, at, gates))
        shown = [track for track in tracks if track is not None]
        rows: list[tuple[Panel, ...]] = [
            (track,) for track in numbered_last(with_borders(shown, chunk_of(scene)))
        ]
        if scene.option(self, "saturation"):
            true_gates = [gate for gate in gates if gate in at.part.cell.gates]
            plots = [_saturation(snapshot, at, gate) for gate in true_gates]
            found = tuple(plot for plot in plots if plot is not None)
            rows += [found] if found else []
        text = subtitle(scene, place(snapshot, at, unit=True))
        return Picture(self.title, tuple(rows), text, stacked=True)


def _recorded(snapshot: Snapshot, at: Focus) -> list[str]:
    """The gates and the candidate that they let through, in the cell's order."""
    inner = [q.name for q in at.part.cell.quantities if q.kind in ("gate", "candidate")]
    return [name for name in inner if table(snapshot, at.address(name)) is not None]


def _lines(snapshot: Snapshot, at: Focus, gates: list[str]) -> Panel:
    lines = []
    for gate in gates:
        values = table(snapshot, at.address(gate))
        assert values is not None
        column = values[:, min(at.unit, values.shape[1] - 1)]
        times = np.arange(len(column), dtype=float)
        lines.append(Line(times, column, gate, colour=f"gate:{gate}", width=1.6))
    return Panel(
        "lines",
        time_axis(snapshot, at.part.axis, at.length),
        value_axis(-1.03, 1.03, ticks=SIGNED_HALVES),
        tuple(lines),
        title=f"unit {at.unit}",
        note="gates and candidate",
        selects={**at.selects, "unit": at.unit},
        legend=True,
        height=1.2,
    )


def _saturation(snapshot: Snapshot, at: Focus, gate: str) -> Panel | None:
    """A dot per unit; all lie under the diagonal, because both shares together cannot exceed 1."""
    shares = table(snapshot, f"saturation/{at.address(gate)}")
    if shares is None:
        return None
    shut, wide = shares[:, 0], shares[:, 1]
    units = tuple(range(len(shares)))
    dots = Points(shut, wide, gate, f"gate:{gate}", 5.0, "unit", units)
    edge = Line(np.array([0.0, 1.0]), np.array([1.0, 0.0]), "", "muted", legend=False)
    return Panel(
        f"saturation/{gate}",
        _share("share of time below 0.1"),
        _share("above 0.9"),
        (edge, dots),
        title=heading(at.part, gate),
        selects={**at.selects, "quantity": gate},
        equal=True,
        height=2.2,
    )


def _share(label: str) -> Axis:
    return Axis(label, low=-0.04, high=1.04, ticks=QUARTERS)
