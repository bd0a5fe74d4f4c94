"""The loss track: how surprised the network was by each true next token."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Bars, Line, Mark, Panel
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.tracks.axes import round_up, time_axis, value_axis
from rnnviz.tracks.focus import series

MOST_BARS = 400


def loss_track(snapshot: Snapshot, height: float = 0.8) -> Panel | None:
    """−ln P(true next token) in nats at each position; a line where bars would be hairs."""
    values = series(snapshot, "loss")
    if values is None:
        return None
    times = np.arange(len(values), dtype=float)
    mark: Mark = Bars(times, values, "loss", colour="warning", width=0.7)
    if len(values) > MOST_BARS:
        mark = Line(times, values, "loss", colour="warning")
    finite = values[np.isfinite(values)]
    top = round_up(float(finite.max()) if finite.size else 1.0)
    return Panel(
        "loss",
        time_axis(snapshot, "time", len(values)),
        value_axis(0.0, top, ticks=((0.0, "0"), (top, f"{top:g}"))),
        (mark,),
        title="loss",
        note="nats",
        height=height,
    )
