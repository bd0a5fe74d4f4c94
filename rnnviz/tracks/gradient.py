"""The gradient track: how strongly the loss depends on the state at each time, layer by layer."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.arrays import address
from rnnviz.contracts.picture import Line, Panel
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.tracks.axes import log_axis, time_axis
from rnnviz.tracks.focus import Values, named, series, table
from rnnviz.tracks.scales import log10


def gradient_norms(snapshot: Snapshot, part: Part, layer: int) -> Values | None:
    """‖∂L/∂h_t‖₂ for each t, or None when no gradients were recorded."""
    kept = series(snapshot, f"gradient_norm/{part.name}/{layer}")
    if kept is not None:
        return kept
    gradients = table(snapshot, "gradient/" + address(part.name, layer, "h"))
    return None if gradients is None else np.linalg.norm(gradients, axis=1)


def layers_with_gradients(snapshot: Snapshot, axis: str) -> list[tuple[Part, int, Values]]:
    """Every layer along `axis` with its gradient norms."""
    found = []
    for part in snapshot.structure.parts:
        for layer in range(part.layers) if part.axis == axis else ():
            norms = gradient_norms(snapshot, part, layer)
            if norms is not None:
                found.append((part, layer, norms))
    return found


def gradient_track(snapshot: Snapshot, axis: str = "time", height: float = 1.2) -> Panel | None:
    """One line per layer over t on a logarithmic scale; None without gradients."""
    found = layers_with_gradients(snapshot, axis)
    if not found:
        return None
    lines = tuple(
        Line(
            np.arange(len(norms), dtype=float),
            log10(norms),
            named(snapshot, part, layer),
            colour=f"layer:{index}",
            width=1.6,
        )
        for index, (part, layer, norms) in enumerate(found)
    )
    length = max(len(norms) for _, _, norms in found)
    return Panel(
        f"gradient/{axis}",
        time_axis(snapshot, axis, length),
        log_axis(np.concatenate([line.y for line in lines]), ""),
        lines,
        title="‖∂L/∂h‖",
        note="log scale",
        legend=True,
        height=height,
    )
