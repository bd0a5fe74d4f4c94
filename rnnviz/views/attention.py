"""Attention: which source words the decoder looked at for each word it wrote."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import numpy as np

from rnnviz.contracts.picture import (
    Axis,
    Boxes,
    ColourScale,
    Heatmap,
    Mark,
    Panel,
    Picture,
    Segments,
    Texts,
)
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import Values, table
from rnnviz.tracks.scales import ATTENTION
from rnnviz.tracks.tokens import LETTER_PIXELS, shorten

BESIDE = 90  # pixels that names take from the width of a panel
ROW, EDGE = 0.11, 0.06  # height of a line of words, and of the gap to the lines of attention


EACH = "attention/"
"""Where a snapshot keeps the weights of each submodule, where several attend."""


class Attention(View):
    """The alignment matrix in ink on paper, and the selected word's context as lines."""

    name = "attention"
    title = "Attention"
    sentence = "The alignment matrix: each row shows where one written word looked; rows sum to 1."
    needs = frozenset({"attention", "next"})
    depends = frozenset({"snapshot", "selection", "hover"})
    options = (
        Option("edges", "Context edges", True, help="Lines from the selected word to the source."),
    )
    menu_order = 60

    def missing(self, scene: Scene) -> str:
        """Says which networks attend, or that this one sees only the last encoder state."""
        snapshot = scene.snapshot
        if snapshot is None:
            return "Train a network with attention: its alignment matrix will be drawn here."
        if table(snapshot, "attention") is not None:
            return ""
        if "attention" in snapshot.absent:
            return snapshot.absent["attention"]
        if snapshot.tokens.source and not snapshot.structure.has_attention:
            return (
                "This decoder has no attention: it sees only the encoder's last state. "
                "Choose additive attention and train again to fill this view."
            )
        if not snapshot.structure.has_attention:
            return (
                "This network does not attend; the alignment matrix of one that does is drawn here."
            )
        return absent(scene, "attention", "")

    def draw(self, scene: Scene) -> Picture:
        """The matrix, and the selected row as a drawing beside it."""
        snapshot = scene.snapshot
        assert snapshot is not None
        weights = table(snapshot, "attention")
        assert weights is not None
        chosen = _row(scene, weights)
        rows: list[tuple[Panel, ...]] = []
        # The cells of a picture are too many for words in a row; they have a view of their own.
        if scene.option(self, "edges") and snapshot.tokens.grid == (0, 0):
            rows.append((_edges(scene, snapshot, weights, chosen),))
        names = _names(snapshot, weights)
        rows.append((_matrix(snapshot, weights, chosen, names[0]),))
        rows += [(_other(snapshot, name),) for name in names[1:]]
        word = _token(_written(snapshot), chosen)
        return Picture(self.title, tuple(rows), subtitle(scene, f"row {chosen} “{word}”"))


def _row(scene: Scene, weights: Values) -> int:
    time = scene.selection.time
    return min(max(len(weights) // 2 if time is None else time, 0), len(weights) - 1)


def _written(snapshot: Snapshot) -> tuple[str, ...]:
    # The decoder was fed this sentence: its rows say where it looked for each of these words.
    targets = snapshot.tokens.target
    if targets and not all(targets):
        return snapshot.tokens.input  # steps without a word of their own, as the hops into a memory
    return targets or snapshot.tokens.output


def _asker(snapshot: Snapshot) -> str:
    """What a row is: a word that was written, or a step that has no word of its own."""
    targets = snapshot.tokens.target
    return "hop" if targets and not all(targets) else "written"


def _token(tokens: tuple[str, ...], index: int) -> str:
    return tokens[index] if index < len(tokens) else ""


def _names(snapshot: Snapshot, weights: Values) -> list[str]:
    """Of all that attend: first the one whose weights these are, "" where there is only one."""
    found = [name for name in snapshot.arrays if name.startswith(EACH)]
    shown = [name for name in found if np.array_equal(snapshot.arrays[name].values, weights)]
    others = [name for name in found if name not in shown[:1]]
    return [name.removeprefix(EACH) for name in (*(shown[:1] or [""]), *others)]


def _other(snapshot: Snapshot, name: str) -> Panel:
    """One of several that attend, over positions of its own."""
    weights = table(snapshot, f"{EACH}{name}")
    assert weights is not None
    scale = _scale(snapshot, weights)
    height, width = weights.shape
    x = Axis("position it looks at", low=-0.5, high=width - 0.5)
    y = Axis("position", low=-0.5, high=height - 0.5, inverted=True)
    marks = (Heatmap(weights, scale, label=name),)
    return Panel(name, x, y, marks, name, equal=True, height=3.0, colour_bar=scale)


def _matrix(snapshot: Snapshot, weights: Values, chosen: int, name: str) -> Panel:
    height, width = weights.shape
    x = Axis(
        "source", dim="source_time", low=-0.5, high=width - 0.5,
        texts=snapshot.tokens.source[:width],
    )  # fmt: skip
    y = Axis(
        _asker(snapshot), dim="time", low=-0.5, high=height - 0.5, inverted=True,
        texts=_written(snapshot)[:height],
    )  # fmt: skip
    frame = _frame(chosen, width)
    scale = _scale(snapshot, weights)
    return Panel(
        "matrix", x, y, (Heatmap(weights, scale, label="attention"), frame), name,
        note="each row sums to 1", equal=True, height=3.0, colour_bar=scale,
    )  # fmt: skip


def _scale(snapshot: Snapshot, weights: Values) -> ColourScale:
    """Up to 1, or for the cells of a picture, none of which ever has it all, to the largest."""
    most = float(np.nan_to_num(weights).max())
    cells = snapshot.tokens.grid != (0, 0)
    return replace(ATTENTION, high=most) if cells and most > 0 else ATTENTION


def _frame(row: int, width: int) -> Segments:
    """A line above and below the selected row."""
    low, high = np.full(2, -0.5), np.full(2, width - 0.5)
    y = np.array([row - 0.5, row + 0.5])
    return Segments(low, y, high, y, "selected row", np.full(2, 1.5), colour="selection")


def _edges(scene: Scene, snapshot: Snapshot, weights: Values, chosen: int) -> Panel:
    """The source below, what was written above, lines as wide and dark as their weight."""
    height, width = weights.shape
    most = max(height, width)
    # Panels that are no tracks have their whole width for words.
    letters = max(3, int((scene.width - BESIDE) / most / LETTER_PIXELS) - 1)
    source, written = _spread(width, most), _spread(height, most)
    below = _broken(snapshot.tokens.source[:width], letters)
    above = _broken(_written(snapshot)[:height], letters)
    alpha = weights[chosen]
    rows = max(len(below), 1), max(len(above), 1)
    foot, top = ROW * rows[0] + EDGE, 1 - ROW * rows[1] - EDGE
    lines = Segments(
        np.full(width, written[chosen]), np.full(width, top), source, np.full(width, foot),
        "context", 0.4 + 6.0 * alpha, alpha, ATTENTION,
    )  # fmt: skip
    middle = 1 - ROW * rows[1] / 2
    frame = Boxes(
        written[chosen : chosen + 1], np.array([middle]), np.array([0.9]),
        np.array([ROW * rows[1] + 0.04]), fill="faint", outline="selection",
    )  # fmt: skip
    marks: list[Mark] = [lines, frame, *_words(below, source, foot - EDGE, "source_time")]
    marks += _words(above, written, 1.0, "time")
    x = Axis(low=-0.6, high=most - 0.4, visible=False)
    ticks = ((ROW * rows[0] / 2, "source"), (middle, _asker(snapshot)))
    y = Axis(low=-0.03, high=1.03, ticks=ticks)
    return Panel("edges", x, y, tuple(marks), pixels=190 + 20 * (rows[0] + rows[1] - 2))


def _spread(count: int, most: int) -> Values:
    """`count` places, evenly over the width that `most` need."""
    return np.array([(most - 1) / 2]) if count == 1 else np.linspace(0, most - 1, count)


def _broken(tokens: tuple[str, ...], letters: int) -> list[tuple[str, ...]]:
    """Lines of words: one, or for sentences as many as the longest needs, up to three."""
    pieces = [textwrap.wrap(token, letters, max_lines=3, placeholder="…") or [""]
              for token in tokens]  # fmt: skip
    count = max(map(len, pieces), default=0)
    return [
        tuple(shorten(lines[row], letters) if row < len(lines) else "" for lines in pieces)
        for row in range(count)
    ]


def _words(lines: list[tuple[str, ...]], x: Values, top: float, dim: str) -> list[Mark]:
    """Lines under one another from `top` downwards."""
    return [
        Texts(
            x[: len(line)], np.full(len(line), top - ROW * (row + 0.5)), line, dim,
            monospace=True, selects=tuple({dim: index} for index in range(len(line))),
        )
        for row, line in enumerate(lines)
    ]  # fmt: skip
