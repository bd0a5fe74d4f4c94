"""Prediction: what the network expects next, or answers, at the selected position."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Bars, Panel, Picture, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.axes import value_axis
from rnnviz.tracks.caption import absent, subtitle, true_name
from rnnviz.tracks.focus import Values, series, table
from rnnviz.tracks.tokens import shorten

MOST = 10
TENTHS = ((0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1"))


class Prediction(View):
    """The ten most probable tokens or answers as bars; the true one stands out."""

    name = "prediction"
    title = "Prediction"
    sentence = (
        "The most probable next tokens, or answers, at the selected position, the true one marked."
    )
    needs = frozenset({"next"})
    depends = frozenset({"snapshot", "selection", "hover"})
    group = "Quality"
    menu_order = 75

    def missing(self, scene: Scene) -> str:
        """Waits for predictions."""
        if scene.snapshot is None or _chances(scene.snapshot) is None:
            invitation = "Start training or open a run: what the network predicts will stand here."
            return absent(scene, "prediction", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Bars from top to bottom, falling."""
        snapshot = scene.snapshot
        assert snapshot is not None
        found = _chances(snapshot)
        assert found is not None
        chances, ids = found
        time = answered(chances, position(scene, len(chances)))
        names = tuple(_name(snapshot, token) for token in ids[time])
        truth = _get(snapshot.tokens.target, time)
        panel = _bars(chances[time], names, truth, ids[time])
        text = f"after t = {time} “{_get(snapshot.tokens.input, time)}”"
        return Picture(
            self.title, ((panel,),), subtitle(scene, text, _truth(snapshot, time, names, truth))
        )


def position(scene: Scene, length: int) -> int:
    """The selected position, inside the probe."""
    time = scene.selection.time
    return min(max(length // 2 if time is None else time, 0), length - 1)


def answered(chances: Values, time: int) -> int:
    """The position nearest to `time` at which the network says anything."""
    times = np.flatnonzero(np.isfinite(chances).any(axis=1))
    return int(times[np.abs(times - time).argmin()]) if len(times) else time


def _chances(snapshot: Snapshot) -> tuple[Values, np.ndarray] | None:
    chances, tokens = table(snapshot, "next/probability"), table(snapshot, "next/token")
    if chances is None or tokens is None or chances.shape != tokens.shape:
        return None
    return chances[:, :MOST], tokens[:, :MOST].astype(int)


def _bars(chances: Values, names: tuple[str, ...], truth: str, ids: np.ndarray) -> Panel:
    places = np.arange(len(chances), dtype=float)
    right = tuple("good" if name == truth else "series:0" for name in names)
    bars = Bars(places, chances, "probability", width=0.7, horizontal=True, colours=right)
    numbers = Texts(
        np.asarray(chances) + 0.012, places, tuple(f"{chance:.3f}" for chance in chances),
        "probability", colour="muted", anchor="left", size=0.9,
        selects=tuple({"token": int(token)} for token in ids),
    )  # fmt: skip
    y = Axis(
        low=-0.5, high=len(names) - 0.5, inverted=True, texts=tuple(shorten(n, 14) for n in names)
    )
    x = value_axis(0.0, 1.08, "probability", ticks=TENTHS)
    return Panel("bars", x, y, (bars, numbers), height=1.1)


def _truth(snapshot: Snapshot, time: int, names: tuple[str, ...], truth: str) -> str:
    if not truth:
        return ""
    true = series(snapshot, "target/probability")
    known = true is not None and time < len(true)
    chance = f" with p = {true[time]:.3f}" if known and true is not None else ""
    further = "" if truth in names else f", not among the first {len(names)}"
    return f"{true_name(snapshot)} “{truth}”{chance}{further}"


def _name(snapshot: Snapshot, token: int) -> str:
    return _get(snapshot.vocabulary, token) or str(token)


def _get(items: tuple[str, ...], index: int) -> str:
    return items[index] if 0 <= index < len(items) else ""
