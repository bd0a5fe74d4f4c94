"""Norms of ∂h_t/∂h_k over the distance t − k, and by how much they change with each step."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Line, Mark, Panel, Rule
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.tracks.axes import log_axis
from rnnviz.tracks.focus import Focus, Values, table

LEAST = 1e-30
"""Norms below this are rounding."""

COLOURS = {"h": "series:0", "c": "state:c"}


def distance_panel(snapshot: Snapshot, at: Focus) -> Panel | None:
    """A thin line from each t that was followed back, and the straight line that fits them all."""
    marks: list[Mark] = []
    seen: list[Values] = []
    for state in at.part.cell.states:
        curves = _curves(snapshot, at, state)
        colour = COLOURS.get(state, "series:1")
        marks += [Line(x, y, f"∂{state}", colour, 1.0, legend=False) for x, y in curves]
        slope = fitted(curves)
        if slope is not None:
            marks.append(_straight(curves, slope, state, colour))
        seen += [y for _, y in curves]
    if not seen:
        return None
    marks.append(Rule("y", 0.0, style="dotted", colour="muted"))
    furthest = max(float(np.max(mark.x)) for mark in marks if isinstance(mark, Line))
    return Panel(
        "distance", Axis("t − k", low=0.0, high=max(furthest, 1.0)),
        log_axis(np.concatenate(seen), "norm", least=(-2, 1)), tuple(marks),
        title=_title(at), note="largest singular value", selects=at.selects, legend=True,
        height=2.6,
    )  # fmt: skip


def _curves(snapshot: Snapshot, at: Focus, state: str) -> list[tuple[Values, Values]]:
    """Distance and log₁₀ of the norm, for each t that was followed, the nearest k first."""
    norms = table(snapshot, f"backpropagation/jacobian/{at.address(state)}")
    if norms is None:
        return []
    rows, columns = np.nonzero(norms > LEAST)
    apart = np.abs(rows - columns)
    found = []
    for t in np.unique(rows):
        mine = np.flatnonzero(rows == t)
        mine = mine[np.argsort(apart[mine])]
        found.append((apart[mine].astype(float), np.log10(norms[t, columns[mine]])))
    return found


def fitted(curves: list[tuple[Values, Values]]) -> tuple[float, float] | None:
    """Slope and height of the straight line through all points, by least squares; None where they
    are fewer than two distances.
    """
    if not curves:
        return None
    x, y = (np.concatenate(each) for each in zip(*curves, strict=True))
    if len(np.unique(x)) < 2:
        return None
    slope, height = np.polyfit(x, y, 1)
    return float(slope), float(height)


def _straight(
    curves: list[tuple[Values, Values]], line: tuple[float, float], state: str, colour: str
) -> Line:
    furthest = max(float(x.max()) for x, _ in curves)
    x = np.array([0.0, furthest])
    text = f"{state}: ×{10 ** line[0]:.2f} a step"
    return Line(x, line[0] * x + line[1], text, colour, 2.0, "dashed")


def _title(at: Focus) -> str:
    return " and ".join(f"∂{state}_t/∂{state}_k" for state in at.part.cell.states)
