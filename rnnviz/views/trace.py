"""Trace: how sure the network is of a class while it reads, against the threshold where there is
one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.picture import Line, Mark, Panel, Picture, Points, Rule
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.axes import numbered_last, time_axis, value_axis
from rnnviz.tracks.caption import plural, subtitle
from rnnviz.tracks.focus import Values, series, table
from rnnviz.tracks.tokens import shorten, token_track

MOST_CLASSES, MOST_LINES = 32, 8
TICKS = ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
DOT = 8.0

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kind of moment: its name in the legend, its colour, and where it is (time,)."""

    name: str
    colour: str
    where: Flags


class Trace(View):
    """A line per class; hits, misses and false alarms where the truth is known."""

    name = "trace"
    title = "Trace"
    sentence = "The probability of each class while the network reads, with hits and misses."
    needs = frozenset({"next"})
    depends = frozenset({"snapshot", "selection", "window"})
    group = "Quality"
    menu_order = 74

    def missing(self, scene: Scene) -> str:
        """Waits for a network that tells a few classes apart."""
        if scene.snapshot is None:
            return "Start training or open a run: how sure the network is will be drawn over time."
        chances = _chances(scene.snapshot)
        if chances is None:
            return (
                f"A trace needs a task with at most {MOST_CLASSES} answers, such as a word "
                "detector or the sentiment of a sentence."
            )
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Tokens on top, the curves under them."""
        snapshot = scene.snapshot
        assert snapshot is not None
        chances = _chances(snapshot)
        assert chances is not None
        classes = _classes(scene, snapshot, chances)
        tracks = [token_track(scene, snapshot), _curves(snapshot, chances, classes)]
        shown = [track for track in tracks if track is not None]
        rows = tuple((track,) for track in numbered_last(shown))
        text = subtitle(scene, _counted(_verdicts(snapshot, chances, classes)))
        return Picture(self.title, rows, text, stacked=True)


def _chances(snapshot: Snapshot) -> Values | None:
    """(time, class), None where there are none or too many classes."""
    found = table(snapshot, "probability")
    if found is None or not 2 <= found.shape[1] <= MOST_CLASSES:
        return None
    return found


def _threshold(snapshot: Snapshot) -> float | None:
    found = series(snapshot, "threshold")
    return round(float(found[0]), 6) if found is not None and np.isfinite(found[0]) else None


def _classes(scene: Scene, snapshot: Snapshot, chances: Values) -> list[int]:
    """Whose curves to draw. Of two classes the last says it all; of many those that lead, and the
    one that is selected.
    """
    count = chances.shape[1]
    if count == 2 or _threshold(snapshot) is not None:
        return [count - 1]
    weight = np.nan_to_num(chances[-1]) + np.nan_to_num(chances).max(0)
    leading = [int(k) for k in np.argsort(-weight, kind="stable")[:MOST_LINES]]
    chosen = scene.selection.token
    if chosen is not None and 0 <= chosen < count and chosen not in leading:
        leading[-1] = chosen
    return leading


def _curves(snapshot: Snapshot, chances: Values, classes: list[int]) -> Panel:
    places = np.arange(len(chances), dtype=float)
    marks: list[Mark] = [
        Line(places, chances[:, k], f"P({shorten(_name(snapshot, k), 12)})", f"series:{index}", 1.8)
        for index, k in enumerate(classes)
    ]
    limit = _threshold(snapshot)
    if limit is not None:
        marks.append(Rule("y", limit, f"threshold {limit:g}"))
    elif chances.shape[1] == 2:
        marks.append(Rule("y", 0.5, "undecided", "muted"))
    for verdict in _verdicts(snapshot, chances, classes):
        times = np.flatnonzero(verdict.where)
        if len(times):
            marks.append(
                Points(places[times], _heights(snapshot, chances, classes)[times],
                       verdict.name, verdict.colour, DOT, "time", tuple(times.tolist()))
            )  # fmt: skip
    return Panel(
        "trace",
        time_axis(snapshot, "time", len(chances)),
        value_axis(-0.04, 1.06, ticks=TICKS),
        tuple(marks),
        title=f"P({shorten(_name(snapshot, classes[0]), 9)})" if len(classes) == 1 else "P(class)",
        note="while reading",
        legend=True,
        height=4.0,
    )


def _heights(snapshot: Snapshot, chances: Values, classes: list[int]) -> Values:
    """Where a verdict's dot stands: on the one curve, or on that of what is said."""
    return chances[:, classes[0]] if len(classes) == 1 else np.nan_to_num(chances).max(1)


def _verdicts(snapshot: Snapshot, chances: Values, classes: list[int]) -> list[Verdict]:
    """What became of each moment at which something was asked."""
    true = np.array([_get(snapshot.tokens.target, t) for t in range(len(chances))], object)
    said = np.array([_get(snapshot.tokens.output, t) for t in range(len(chances))], object)
    asked = (true != "").astype(bool)
    if _threshold(snapshot) is None:
        right = asked & (true == said).astype(bool)
        return [Verdict("right", "good", right), Verdict("wrong", "bad", asked & ~right)]
    name = _name(snapshot, classes[0])
    there, noticed = asked & (true == name).astype(bool), (said == name).astype(bool)
    return [
        Verdict("hit", "good", there & noticed),
        Verdict("miss", "bad", there & ~noticed),
        Verdict("false alarm", "warning", asked & ~there & noticed),
    ]


def _counted(verdicts: list[Verdict]) -> str:
    """`3 hits, 1 miss, 0 false alarms`; nothing where nothing was asked."""
    plurals = {"miss": "misses", "right": "right", "wrong": "wrong"}
    found = [(verdict.name, int(verdict.where.sum())) for verdict in verdicts]
    if not any(count for _, count in found):
        return ""
    return ", ".join(
        f"{count} {name if count == 1 else plurals[name]}"
        if name in plurals
        else plural(count, name)
        for name, count in found
    )


def _name(snapshot: Snapshot, number: int) -> str:
    return _get(snapshot.vocabulary, number) or str(number)


def _get(items: tuple[str, ...], index: int) -> str:
    return items[index] if 0 <= index < len(items) else ""
