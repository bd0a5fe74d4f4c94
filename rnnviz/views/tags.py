"""Tags: under each word what the network takes it for, and what it truly is where that differs."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Heatmap, Mark, Panel, Picture, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.axes import numbered_last, time_axis
from rnnviz.tracks.caption import subtitle
from rnnviz.tracks.focus import series, table
from rnnviz.tracks.scales import PROBABILITY
from rnnviz.tracks.tokens import column_pixels, shorten, verdicts

LETTER, LONGEST = 9.5, 12
"""Pixels of a letter; letters of a word or tag at most."""

LINE = 66
"""Pixels of a line of words with their tags where the sentence is broken into lines."""


class Tags(View):
    """One column per word along the shared time axis; lines of words where they do not fit."""

    name = "tags"
    title = "Tags"
    sentence = "What the network takes each word for, under the word; the true tag where it errs."
    needs = frozenset({"next"})
    depends = frozenset({"snapshot", "selection", "window"})
    group = "Quality"
    menu_order = 73

    def missing(self, scene: Scene) -> str:
        """Waits for a network that says something at each word."""
        snapshot = scene.snapshot
        if snapshot is None or not snapshot.tokens.output:
            return "Start training or open a run: each word will stand here with its tag."
        chosen = table(snapshot, "next/probability") is not None
        if series(snapshot, "loss") is None or snapshot.tokens.source or not chosen:
            return "Tags need a task that says something at each word, such as tagging."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Columns if they fit, else lines."""
        snapshot = scene.snapshot
        assert snapshot is not None
        length = min(len(snapshot.tokens.input), len(snapshot.tokens.output))
        wide = LETTER * _longest(snapshot, length)
        if column_pixels(scene, length) >= wide:
            tracks = [_columns(snapshot, length), _sureness(snapshot, length)]
            shown = numbered_last([track for track in tracks if track is not None])
        else:
            shown = [_lines(scene, snapshot, length, wide)]
        text = subtitle(scene, _counted(snapshot, length))
        rows = tuple((track,) for track in shown)
        return Picture(self.title, rows, text, stacked=True)


def _columns(snapshot: Snapshot, length: int) -> Panel:
    x, y = np.arange(length, dtype=float), np.zeros(length)
    return Panel(
        "tags",
        time_axis(snapshot, "time", length),
        Axis(low=-0.6, high=2.6, inverted=True, visible=False),
        tuple(_written(snapshot, x, y)),
        title="word",
        note="said, true",
        pixels=LINE + 12,
    )


def _lines(scene: Scene, snapshot: Snapshot, length: int, wide: float) -> Panel:
    """The sentence broken into lines as wide as the view."""
    columns = max(1, int((scene.width - 90) / wide))
    index = np.arange(length)
    x, y = (index % columns).astype(float), 3.6 * (index // columns)
    rows = int(index[-1] // columns) + 1 if length else 1
    return Panel(
        "lines",
        Axis(low=-0.5, high=max(min(columns, length), 1) - 0.5, visible=False),
        Axis(low=-0.8, high=3.6 * (rows - 1) + 2.8, inverted=True, visible=False),
        tuple(_written(snapshot, x, y)),
        pixels=LINE * rows + 12,
    )


def _written(snapshot: Snapshot, x: np.ndarray, y: np.ndarray) -> list[Mark]:
    """Words, what is said of them, and under that the truth where it is something else."""
    tokens, count = snapshot.tokens, len(x)
    selects = tuple({"time": time} for time in range(count))
    right = verdicts(snapshot, count)
    truth = tuple(
        shorten(_get(tokens.target, t), LONGEST) if right[t] == "bad" else "" for t in range(count)
    )
    words, said = (_short(texts, count) for texts in (tokens.input, tokens.output))
    return [
        Texts(x, y, words, "word", bold=True, selects=selects),
        Texts(x, y + 1, said, "said", colours=right, size=0.95, selects=selects),
        Texts(x, y + 2, truth, "true", colour="muted", size=0.95, selects=selects),
    ]


def _sureness(snapshot: Snapshot, length: int) -> Panel | None:
    """A strip with the probability of what is said; None where it was not recorded."""
    chances = table(snapshot, "next/probability")
    if chances is None or len(chances) < length or not length:
        return None
    image = Heatmap(chances[None, :length, 0], PROBABILITY, label="probability of what is said")
    return Panel(
        "sureness",
        time_axis(snapshot, "time", length),
        Axis(low=-0.5, high=0.5, visible=False),
        (image,),
        title="P(said)",
        pixels=24,
        colour_bar=PROBABILITY,
    )


def _counted(snapshot: Snapshot, length: int) -> str:
    right = verdicts(snapshot, length)
    asked = sum(one != "muted" for one in right)
    return f"{right.count('good')} of {asked} right" if asked else ""


def _longest(snapshot: Snapshot, length: int) -> int:
    texts = (*snapshot.tokens.input[:length], *snapshot.tokens.output[:length])
    return max((min(len(text), LONGEST) for text in texts), default=1) + 1


def _short(texts: tuple[str, ...], count: int) -> tuple[str, ...]:
    return tuple(shorten(text, LONGEST) for text in texts[:count])


def _get(items: tuple[str, ...], index: int) -> str:
    return items[index] if 0 <= index < len(items) else ""
