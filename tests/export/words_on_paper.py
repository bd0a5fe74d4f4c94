"""Where the words of a figure stand on paper, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text

TOUCHING = 1.5, 2.5
"""Pixels that two words may share across and down: boxes are somewhat larger than the ink."""


def words_on(figure: Figure) -> list[tuple[str, Any]]:
    """Every word that is drawn, with its box in pixels, after the layout."""
    figure.draw_without_rendering()
    hidden = set(_hidden(figure))
    texts = [text for text in figure.findobj(Text) if text.get_visible() and id(text) not in hidden]
    found = [(text.get_text(), text.get_window_extent()) for text in texts]
    return [(word, box) for word, box in found if word.strip() and box.width > 0]


def off_the_page(figure: Figure) -> list[str]:
    """Words of which a part lies beyond the paper's edge."""
    page = figure.bbox.padded(1)
    return [
        word
        for word, box in words_on(figure)
        if not (page.contains(box.x0, box.y0) and page.contains(box.x1, box.y1))
    ]


def on_one_another(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of words that overprint."""
    words = words_on(figure)
    boxes = np.array([box.extents for _, box in words]).reshape(-1, 4)
    pairs = []
    for index, (x0, y0, x1, y1) in enumerate(boxes):
        others = boxes[:index]
        across = np.minimum(x1, others[:, 2]) - np.maximum(x0, others[:, 0])
        down = np.minimum(y1, others[:, 3]) - np.maximum(y0, others[:, 1])
        for other in np.flatnonzero((across > TOUCHING[0]) & (down > TOUCHING[1])):
            pairs.append((words[index][0], words[other][0]))
    return pairs


def _hidden(figure: Figure) -> Iterator[int]:
    """Names of axes that are switched off, and ticks that matplotlib keeps but does not draw."""
    for axes in _every(figure.axes):
        for axis in (axes.xaxis, axes.yaxis):
            drawn = {id(tick) for tick in axis._update_ticks()} if axes.axison else set()
            for tick in (*axis.majorTicks, *axis.minorTicks):
                if id(tick) not in drawn:
                    yield from (id(tick.label1), id(tick.label2))
            if not axes.axison:
                yield id(axis.label)


def _every(found: list[Any]) -> Iterator[Any]:
    for axes in found:
        yield axes
        yield from _every(axes.child_axes)
