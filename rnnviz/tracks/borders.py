"""Where training cuts a text into chunks: the state is carried over such a border, the gradient is
not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnnviz.contracts.picture import Panel, Rule, Segments
from rnnviz.contracts.view import Scene

COLOUR = "text"


def chunk_of(scene: Scene) -> int:
    """Length of the chunks that this run trains on; 0 where no text is cut into chunks."""
    corpus = scene.corpus
    return corpus.chunk_length if corpus is not None and corpus.rows else 0


def borders(length: int, chunk: int) -> range:
    """First positions of all chunks but the first, counted from the start of the probe."""
    return range(chunk, length, chunk) if chunk else range(0)


def with_borders(panels: Sequence[Panel], chunk: int) -> list[Panel]:
    """The same tracks with a dotted line at each border."""
    return [_marked(panel, chunk) if panel.x.dim == "time" else panel for panel in panels]


def _marked(panel: Panel, chunk: int) -> Panel:
    found = borders(round(panel.x.high + 0.5), chunk)
    rules = (Rule("x", at - 0.5, colour=COLOUR, style="dotted") for at in found)
    return replace(panel, marks=(*panel.marks, *rules))


def staircase(length: int, chunk: int) -> Segments | None:
    """Around the pairs (k to the right, t downwards) that lie in one chunk: what is left of them
    when no gradient passes a border. None without borders.
    """
    first = np.array(borders(length, chunk), float) - 0.5
    if not len(first):
        return None
    end = np.minimum(first + chunk, length - 0.5)
    before = np.maximum(first - chunk, -0.5)
    return Segments(
        np.concatenate((before, first)), np.concatenate((first, first)),
        np.concatenate((first, first)), np.concatenate((first, end)),
        "border between chunks", np.full(2 * len(first), 1.6), colour=COLOUR,
    )  # fmt: skip
