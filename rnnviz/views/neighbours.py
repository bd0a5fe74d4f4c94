"""Neighbours: which words the network came to use alike, by the vectors that it learned."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Bars, Panel, Picture, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import value_axis
from rnnviz.tracks.caption import absent, plural, subtitle
from rnnviz.tracks.focus import Values, chosen_time, table
from rnnviz.tracks.tokens import shorten

MOST = 12
VECTORS = "parameter/embedding.weight"
HALVES = ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))


class Neighbours(View):
    """The words nearest to the selected one by cosine, and those nearest to a − b + c of it and the
    two words after it.
    """

    name = "neighbours"
    title = "Word neighbours"
    sentence = "The words whose learned vectors are nearest to the selected one's, and analogies."
    needs = frozenset({"parameters"})
    depends = frozenset({"snapshot", "selection", "hover"})
    options = (
        Option(
            "analogy", "Analogy", True,
            help="a − b + c of the selected word and the two after it; probe: king man woman.",
        ),
    )  # fmt: skip
    menu_order = 79

    def missing(self, scene: Scene) -> str:
        """Says which network has vectors for its words."""
        snapshot = scene.snapshot
        if snapshot is None or not snapshot.arrays:
            return (
                "Train a network on words with model.input = embedding: their neighbours come here."
            )
        if not any(p.name == "embedding.weight" for p in snapshot.structure.parameters):
            return "This network learns no vectors: train one with model.input = embedding."
        if table(snapshot, VECTORS) is None:
            return absent(scene, "parameters", "Start training: neighbours will be drawn here.")
        if not known(snapshot):
            return "What this network reads has other names than what it answers: none to list."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Bars of the nearest words; beside them the analogy."""
        snapshot = scene.snapshot
        vectors = None if snapshot is None else table(snapshot, VECTORS)
        assert snapshot is not None
        assert vectors is not None
        unit = directions(vectors)
        ids = [_ids(snapshot)[token] for token in _chosen(scene, snapshot)]
        names = [snapshot.vocabulary[token] for token in ids]
        panels = [_panel("nearest", snapshot, unit @ unit[ids[0]], ids[:1], f"like “{names[0]}”")]
        if scene.option(self, "analogy") and len(set(ids)) == 3 < len(unit):
            a, b, c = names
            wanted = directions((unit[ids[0]] - unit[ids[1]] + unit[ids[2]])[None])[0]
            title = f"“{a}” − “{b}” + “{c}”"
            panels.append(_panel("analogy", snapshot, unit @ wanted, ids, title))
        size = f"{plural(len(unit), 'word')} of {plural(unit.shape[1], 'number')} each"
        return Picture(self.title, (tuple(panels),), subtitle(scene, size))


def directions(vectors: Values) -> Values:
    """Rows of length one; a row of zeros, or with numbers that are none, stays or becomes zero."""
    finite = np.where(np.isfinite(vectors).all(axis=1, keepdims=True), vectors, 0.0)
    largest = np.abs(finite).max(axis=1, keepdims=True, initial=0.0)
    scaled = finite / np.where(largest > 0, largest, 1.0)
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.asarray(scaled / np.where(lengths > 0, lengths, 1.0))


def nearest(cosines: Values, but: list[int], most: int = MOST) -> list[int]:
    """Ids of the largest cosines, falling, without those in `but`."""
    order = np.argsort(-cosines, kind="stable")
    return [int(token) for token in order if token not in but][:most]


def known(snapshot: Snapshot) -> bool:
    """Whether the rows of the embedding are the words of the vocabulary, as the probe shows."""
    vectors, ids = table(snapshot, VECTORS), _ids(snapshot)
    if vectors is None or vectors.ndim != 2 or len(vectors) != len(snapshot.vocabulary):
        return False
    return len(vectors) > 1 and any(token in ids for token in snapshot.tokens.input)


def _ids(snapshot: Snapshot) -> dict[str, int]:
    return {token: number for number, token in enumerate(snapshot.vocabulary)}


def _chosen(scene: Scene, snapshot: Snapshot) -> list[str]:
    """The selected word and the two after it, of those that have a vector."""
    read, ids = snapshot.tokens.input, _ids(snapshot)
    wanted = chosen_time(scene, "time")
    start = min(max(0 if wanted is None else wanted, 0), len(read) - 1)
    after = [token for token in read[start:] if token in ids]
    return (after or [token for token in read if token in ids])[:3]


def _panel(name: str, snapshot: Snapshot, cosines: Values, but: list[int], title: str) -> Panel:
    found = nearest(cosines, but)
    values, places = cosines[found], np.arange(len(found), dtype=float)
    bars = Bars(places, values, "cosine", width=0.7, horizontal=True)
    numbers = Texts(
        np.maximum(values, 0.0) + 0.012, places, tuple(f"{value:.2f}" for value in values),
        "cosine", colour="muted", anchor="left", size=0.9,
        selects=tuple({"token": token} for token in found),
    )  # fmt: skip
    words = tuple(shorten(snapshot.vocabulary[token], 16) for token in found)
    y = Axis(low=-0.5, high=len(found) - 0.5, inverted=True, texts=words)
    x = value_axis(min(0.0, float(values.min(initial=0.0))), 1.12, "cosine", ticks=HALVES)
    return Panel(name, x, y, (bars, numbers), title=title, height=1.2)
