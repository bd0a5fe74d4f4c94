"""The score: everything that happens along time, stacked like staves, one token per column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rnnviz.contracts.picture import Panel, Picture
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import numbered_last
from rnnviz.tracks.borders import chunk_of, with_borders
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import Focus, focus, looking, parts_with
from rnnviz.tracks.gradient import gradient_track
from rnnviz.tracks.graph_layout import Drawing, level_of, only, within
from rnnviz.tracks.heat import heading, heat_track
from rnnviz.tracks.loss import loss_track
from rnnviz.tracks.order import SORT
from rnnviz.tracks.tokens import column_pixels, token_track
from rnnviz.tracks.unrolled import unrolled

STATES = frozenset({"state"})


class Score(View):
    """Tokens, graph, states, gates, loss and gradients of one probe over one token axis."""

    name = "score"
    title = "Score"
    sentence = (
        "Read a column from top to bottom: token, states, gates, loss and gradient of one step."
    )
    needs = frozenset({"states", "gates", "gradients", "next"})
    depends = frozenset({"snapshot", "selection", "window", "corpus"})
    options = (
        Option("layers", "Layers", "selected", ("selected", "all"), "Whose states to show."),
        Option("graph", "Graph", True, help="The unrolled graph under the tokens."),
        Option("gates", "Gates", True, help="The gates of the selected layer."),
        Option("gradients", "Gradients", True, help="‖∂L/∂h‖ of every layer."),
        SORT,
    )
    menu_order = 10

    def missing(self, scene: Scene) -> str:
        """Waits for the first look inside."""
        if focus(scene) is None:
            invitation = (
                "Start training or open a run: its states will stand here, one token per column."
            )
            return absent(scene, "state", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Source tracks first (for translation), then those of the output sequence."""
        snapshot, at = looking(scene)
        tracks = [track for track in self._tracks(scene, snapshot, at) if track is not None]
        rows = tuple((track,) for track in numbered_last(with_borders(tracks, chunk_of(scene))))
        return Picture(self.title, rows, subtitle(scene), stacked=True)

    def _tracks(self, scene: Scene, snapshot: Snapshot, at: Focus) -> Iterator[Panel | None]:
        axes = ("source_time", "time") if snapshot.tokens.source else ("time",)
        for axis in axes:
            yield token_track(scene, snapshot, axis)
            if scene.option(self, "graph"):
                yield _graph(scene, snapshot, axis)
            for part, layer in self._layers(scene, snapshot, at, axis):
                yield from self._layer(scene, snapshot, part, layer, (part, layer) == _key(at))
            if axis == "time":
                yield loss_track(snapshot)
            if scene.option(self, "gradients"):
                yield gradient_track(snapshot, axis)

    def _layers(
        self, scene: Scene, snapshot: Snapshot, at: Focus, axis: str
    ) -> list[tuple[Part, int]]:
        found = [pair for pair in parts_with(snapshot, "h") if pair[0].axis == axis]
        if scene.choice(self, "layers") == "all":
            return found
        # The other axis keeps one layer too, so that a translation shows both its sides.
        return [pair for pair in found if pair == _key(at)] or found[-1:]

    def _layer(
        self, scene: Scene, snapshot: Snapshot, part: Part, layer: int, chosen: bool
    ) -> Iterator[Panel | None]:
        sort = scene.choice(self, "sort")
        for state in part.cell.states:
            yield heat_track(snapshot, part, layer, state, sort, height=1.6)
        if not (chosen and scene.option(self, "gates")):
            return
        for gate in part.cell.gates:
            title = heading(part, gate)
            yield heat_track(snapshot, part, layer, gate, sort, height=0.9, title=title)


def _key(at: Focus) -> tuple[Part, int]:
    return at.part, at.layer


def _graph(scene: Scene, snapshot: Snapshot, axis: str) -> Panel | None:
    graph = within(only(snapshot.graph, axis, STATES), scene.window)
    if not graph.nodes:
        return None
    columns = len(snapshot.tokens.source if axis == "source_time" else snapshot.tokens.input)
    level = level_of(column_pixels(scene, columns))
    drawing = Drawing("forward", "strips" if level == "full" else level, scene.notation, axis)
    rows = len({node.array for node in graph.nodes})
    panel = unrolled(snapshot, graph, drawing, f"graph/{axis}")
    # Names of rows would push every title to the left; the states' own tracks have them.
    y = replace(panel.y, visible=False)
    return replace(panel, y=y, title="graph", note="upper layer on top", pixels=18 + 30 * rows)
