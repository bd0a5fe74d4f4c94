"""Memory: where the heads of a neural Turing machine stand over time, and what the slots hold."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, ColourScale, Heatmap, Panel, Picture
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import numbered_last, time_axis
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import Values, table
from rnnviz.tracks.scales import signed
from rnnviz.tracks.tokens import token_track

WRITE = ColourScale("ink", 0.0, 1.0, "write weight")
READ = ColourScale("ink", 0.0, 1.0, "read weight")


class Memory(View):
    """Both heads' weights over the slots at every time, and the memory after the selected one."""

    name = "memory"
    title = "Memory"
    sentence = "Where the heads write and read over time, and what stands in every slot of memory."
    needs = frozenset({"attention", "next"})
    depends = frozenset({"snapshot", "selection", "hover", "window"})
    options = (
        Option("content", "Content", True, help="All slots after the selected time."),
        Option(
            "change", "Erase and add", False, help="What the write head takes away and puts in."
        ),
    )
    menu_order = 62

    def missing(self, scene: Scene) -> str:
        """Says which network has a memory to look into."""
        invitation = "Train a neural Turing machine: its memory and its heads will be drawn here."
        snapshot = scene.snapshot
        if snapshot is None or snapshot.structure.model != "neural_turing_machine":
            return invitation
        return (
            ""
            if table(snapshot, "memory/read") is not None
            else absent(scene, "memory", invitation)
        )

    def draw(self, scene: Scene) -> Picture:
        """Tokens over write weights over read weights, the content below."""
        snapshot = scene.snapshot
        assert snapshot is not None
        tracks = [token_track(scene, snapshot)]
        for name, title, scale in (("write", "written to", WRITE), ("read", "read from", READ)):
            weights = table(snapshot, f"memory/{name}")
            tracks += [] if weights is None else [_weights(snapshot, weights, name, title, scale)]
        if scene.option(self, "change"):
            tracks += [_change(snapshot, name) for name in ("erase", "add")]
        shown = [track for track in tracks if track is not None]
        rows = [(track,) for track in numbered_last(shown)]
        time = _time(scene, snapshot)
        content = _content(snapshot, time) if scene.option(self, "content") else None
        rows += [(content,)] if content is not None else []
        return Picture(self.title, tuple(rows), subtitle(scene, f"after t = {time}"), stacked=True)


def _time(scene: Scene, snapshot: Snapshot) -> int:
    last = len(snapshot.tokens.input) - 1
    chosen = scene.selection.time
    return min(max(last // 2 if chosen is None else chosen, 0), last)


def _weights(
    snapshot: Snapshot, weights: Values, name: str, title: str, scale: ColourScale
) -> Panel:
    """Slots from top to bottom, time to the right; a column sums to 1."""
    slots = Axis("slot", low=-0.5, high=weights.shape[1] - 0.5, inverted=True)
    return Panel(
        f"memory/{name}",
        time_axis(snapshot, "time", len(weights)),
        slots,
        (Heatmap(weights.T, scale, label=name),),
        title=title,
        note="columns sum to 1",
        height=1.4,
        colour_bar=scale,
    )


def _change(snapshot: Snapshot, name: str) -> Panel | None:
    values = table(snapshot, f"memory/{name}")
    if values is None:
        return None
    scale = ColourScale("unit", 0.0, 1.0, name) if name == "erase" else signed(values, name)
    return Panel(
        f"memory/{name}",
        time_axis(snapshot, "time", len(values)),
        Axis("number", low=-0.5, high=values.shape[1] - 0.5, inverted=True),
        (Heatmap(values.T, scale, label=name),),
        title=name,
        height=0.9,
        colour_bar=scale,
    )


def _content(snapshot: Snapshot, time: int) -> Panel | None:
    """The slots side by side, as under the weights turned: slot to the right, its numbers down."""
    found = snapshot.get("memory")
    if found is None or time >= len(found.values):
        return None
    values = np.asarray(found.values[time], dtype=np.float64)  # (slot, unit)
    scale = signed(np.asarray(found.values, dtype=np.float64), "content")
    return Panel(
        "memory/content",
        Axis("slot", low=-0.5, high=len(values) - 0.5),
        Axis("number", low=-0.5, high=values.shape[1] - 0.5, inverted=True),
        (Heatmap(values.T, scale, label="content"),),
        title=f"memory after t = {time}",
        height=1.2,
        colour_bar=scale,
    )
