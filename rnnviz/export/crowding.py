"""Words that would stand on one another: smaller type, then shorter words, then fewer.

This comes after the layout, when it is known how large a column, a box or a row is on paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.figure import Figure

LEAST = 0.55
"""Type is made smaller down to this part of its size."""

AIR = 1.0
"""Points between two words."""

MOST_WORDS = 2000

_SIDE = {"left": 0.0, "center": 0.5, "right": 1.0}


def confine(word: Any, width: float, height: float) -> None:
    """Say that a word has to stay within `width` and `height`, in the units of its axes."""
    word.confined = (width, height)


def relieve(figure: Figure) -> None:
    """The words on every axes of the figure, which has its layout."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    air = AIR * figure.dpi / 72
    for axes in figure.axes:
        axes.apply_aspect()
        if 0 < len(axes.texts) <= MOST_WORDS:
            _relieve(axes, renderer, air)
        if axes.axison:
            _relieve_ticks(axes.xaxis, renderer)
            _relieve_ticks(axes.yaxis, renderer)
        for bar in axes.child_axes:
            place = bar.get_axes_locator()
            bar.apply_aspect(place(bar, renderer) if place is not None else None)
            _relieve_ticks(bar.yaxis, renderer)


def _relieve(axes: Any, renderer: Any, air: float) -> None:
    """All in one size: what is read and what is foretold are the same kind of thing."""
    # A note beside an axis has other coordinates than the data's.
    level = (t for t in axes.texts if t.get_transform() == axes.transData and not t.get_rotation())
    words = [text for text in level if text.get_text()]
    share = min(_share(words, renderer, air), _inside(words, axes, renderer))
    if share >= 1.0:
        return
    for word in words:
        word.set_fontsize(word.get_fontsize() * max(share, LEAST))
    for row in _rows(words) if share < LEAST else ():
        _shorten(row, renderer, air)
        _thin(row, renderer, air)


def _rows(words: list[Any]) -> Iterator[list[Any]]:
    """Words at one height, from left to right."""
    found: dict[float, list[Any]] = defaultdict(list)
    for word in words:
        found[round(word.get_position()[1], 3)].append(word)
    for row in found.values():
        yield sorted(row, key=lambda word: float(word.get_window_extent().x0))


def _share(words: list[Any], renderer: Any, air: float) -> float:
    """The part of their size at which no two words touch; 1 where none do now.

    Each pair needs room either across or down; a word grows away from the place it is fixed at.
    """
    boxes = np.array([word.get_window_extent(renderer).extents for word in words]).reshape(-1, 4)
    (x0, y0, x1, y1), least = boxes.T, 1.0
    side = np.array([_SIDE[word.get_ha()] for word in words])
    fixed, middle = x0 + side * (x1 - x0), (y0 + y1) / 2
    for at in range(1, len(words)):
        away = fixed[:at] - fixed[at]
        across = np.where(
            away > 0,
            x1[at] - fixed[at] + fixed[:at] - x0[:at],
            fixed[at] - x0[at] + x1[:at] - fixed[:at],
        )
        down = (y1[at] - y0[at] + y1[:at] - y0[:at]) / 2
        room = np.maximum(
            np.maximum(np.abs(away) - air, 0) / np.maximum(across, 1e-9),
            np.abs(middle[:at] - middle[at]) / np.maximum(down, 1e-9),
        )
        # Two words at the very same place are meant so, as a letter on a number's ground.
        least = min(least, float(room[room > 0].min(initial=1.0)))
    return least


def _inside(words: list[Any], axes: Any, renderer: Any) -> float:
    """The part of their size at which words keep within their boxes, and centred ones within the
    axes.
    """
    least = 1.0
    for word in words:
        box = word.get_window_extent(renderer)
        middle = (box.x0 + box.x1) / 2
        free = 2 * min(middle - axes.bbox.x0, axes.bbox.x1 - middle)
        wide, high = _confines(word, axes)
        if word.get_ha() == "center" and free > 0:
            wide = min(wide, free)
        least = min(least, wide / max(box.width, 1e-9), high / max(box.height, 1e-9))
    return least


def _confines(word: Any, axes: Any) -> tuple[float, float]:
    """Pixels that a word was given, across and down."""
    width, height = getattr(word, "confined", (np.inf, np.inf))
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    return (
        width * axes.bbox.width / max(abs(x1 - x0), 1e-300),
        height * axes.bbox.height / max(abs(y1 - y0), 1e-300),
    )


def _shorten(row: list[Any], renderer: Any, air: float) -> None:
    """Words that reach into their neighbour without their ends."""
    boxes = [word.get_window_extent(renderer) for word in row]
    for index, word in enumerate(row):
        others = [boxes[at] for at in (index - 1, index + 1) if 0 <= at < len(boxes)]
        middle = (boxes[index].x0 + boxes[index].x1) / 2
        room = min((abs((box.x0 + box.x1) / 2 - middle) for box in others), default=np.inf) - air
        text = word.get_text()
        letters = len(text) * min(room / max(boxes[index].width, 1e-9), 1.0)
        if 2 <= letters < len(text) and not word.get_parse_math():
            word.set_text(text[: int(letters) - 1] + "…")


def _thin(row: list[Any], renderer: Any, air: float) -> None:
    """Of words that still touch only the first."""
    free = float("-inf")
    for word in row:
        box = word.get_window_extent(renderer)
        word.set_visible(box.x0 >= free)
        free = max(free, box.x1 + air / 2) if word.get_visible() else free


def _relieve_ticks(axis: Any, renderer: Any) -> None:
    """Words and numbers beside an axis that touch: smaller type, then every other one."""
    side = 0 if axis.axis_name == "x" else 1
    labels = [label for label in axis.get_ticklabels() if label.get_text()]
    boxes = np.array([label.get_window_extent(renderer).extents for label in labels]).reshape(-1, 4)
    order = np.argsort(boxes[:, side])
    low, high = boxes[order][:, side], boxes[order][:, side + 2]
    sizes = (high - low)[1:] / 2 + (high - low)[:-1] / 2
    share = float((np.diff((low + high) / 2) / np.maximum(sizes, 1e-9)).min(initial=1.0))
    free = float("-inf")
    for label in (labels[at] for at in order) if share < 1.0 else ():
        label.set_fontsize(label.get_fontsize() * max(share, LEAST))
        start, end = np.reshape(label.get_window_extent(renderer).extents, (2, 2))[:, side]
        label.set_visible(bool(start >= free - 0.5))
        free = max(free, end) if label.get_visible() else free
