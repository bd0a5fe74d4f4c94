"""States: h and, where the cell has one, c of every layer as time × unit images."""

from __future__ import annotations

from rnnviz.contracts.picture import Panel, Picture
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import numbered_last
from rnnviz.tracks.borders import chunk_of, with_borders
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import focus, parts_with
from rnnviz.tracks.heat import heat_track
from rnnviz.tracks.order import SORT
from rnnviz.tracks.tokens import token_track


class States(View):
    """What the network remembers. Output is the top layer's h, state every layer's last column."""

    name = "states"
    title = "States"
    sentence = (
        "Every unit of h and c over time. Output is the top layer's h; "
        "state is every layer's last column."
    )
    needs = frozenset({"states"})
    depends = frozenset({"snapshot", "selection", "window", "corpus"})
    options = (
        SORT,
        Option("show", "Show", "h and c", ("h and c", "h", "c"), "Which of the states."),
        Option("layers", "Layers", "all", ("all", "selected"), "Whose states."),
    )
    menu_order = 30

    def missing(self, scene: Scene) -> str:
        """Waits for the first look inside."""
        if focus(scene) is None:
            invitation = (
                "Start training or open a run: each layer's units will be drawn over time here."
            )
            return absent(scene, "state", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Tokens on top, then one image per layer and state."""
        snapshot = scene.snapshot
        assert snapshot is not None
        tracks: list[Panel | None] = []
        for axis in ("source_time", "time"):
            layers = [pair for pair in self._layers(scene, snapshot) if pair[0].axis == axis]
            tracks += [token_track(scene, snapshot, axis)] if layers else []
            for part, layer in layers:
                tracks += self._images(scene, snapshot, part, layer)
        shown = [track for track in tracks if track is not None]
        rows = tuple((track,) for track in numbered_last(with_borders(shown, chunk_of(scene))))
        return Picture(self.title, rows, subtitle(scene), stacked=True)

    def _layers(self, scene: Scene, snapshot: Snapshot) -> list[tuple[Part, int]]:
        at = focus(scene)
        if scene.choice(self, "layers") == "selected" and at is not None:
            return [(at.part, at.layer)]
        return list(parts_with(snapshot, "h"))

    def _images(
        self, scene: Scene, snapshot: Snapshot, part: Part, layer: int
    ) -> list[Panel | None]:
        wanted = scene.choice(self, "show").split(" and ")
        # A cell without a memory still shows its h when c was asked for.
        states = [state for state in part.cell.states if state in wanted] or ["h"]
        sort = scene.choice(self, "sort")
        return [heat_track(snapshot, part, layer, state, sort, units=True) for state in states]
