"""The difference of two pictures of one view: every heat map that both have, the first run's
values minus the second's, on a scale that is blank where they agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.comparison.side_by_side import side_by_side
from rnnviz.contracts.comparison import Compared, Side
from rnnviz.contracts.picture import (
    AnyPanel,
    Axis,
    ColourScale,
    Heatmap,
    Panel,
    Picture,
    Span,
    TextLine,
    TextPanel,
    Texts,
)
from rnnviz.contracts.view import View
from rnnviz.tracks.axes import numbered_last
from rnnviz.tracks.ranges import CLIPPED, panels_of
from rnnviz.tracks.scales import unbounded

Values = NDArray[np.float64]
LEAST = 1e-3


def difference(
    view: View,
    compared: Compared,
    options: Mapping[str, str | bool] | None = None,
    width: int = 900,
) -> Picture:
    """First minus second run; where nothing can be subtracted, a message that says why."""
    title = f"Difference: {view.title}"
    if len(compared) != 2:
        return Picture(title, message="A difference is of two runs: compare exactly two.")
    first, second = side_by_side(view, compared, options, width)
    excuse = first.message or second.message
    excuse = excuse or _texts_differ(compared)
    if excuse:
        return Picture(title, message=excuse)
    pairs = _pairs(first, second)
    tracks = [_track(*pair, compared) for pair in pairs if not _obstacle(*pair)]
    shown = [*_words(first, second), *tracks] if tracks else []
    reasons = [text for pair in pairs if (text := _obstacle(*pair))]
    reasons += _alone(first, second, compared)
    if not tracks:
        message = " ".join(reasons) or f"The view {view.title} has no heat map to subtract."
        return Picture(title, message=message)
    rows: list[tuple[AnyPanel, ...]] = [(panel,) for panel in numbered_last(shown)]
    rows += [(_remarks(reasons),)] if reasons else []
    return Picture(title, tuple(rows), _subtitle(compared), stacked=True)


def _texts_differ(compared: Compared) -> str:
    """Why positions do not correspond; "" when they do, or where no position is drawn."""
    read = {s.scene.snapshot and (s.scene.snapshot.tokens.source, s.scene.snapshot.tokens.input)
            for s in compared}  # fmt: skip
    if len(read) == 1:
        return ""
    return "The runs read different texts here, so their positions do not correspond."


def _pairs(first: Picture, second: Picture) -> list[tuple[Panel, Panel]]:
    """Panels of the same name that both hold a heat map."""
    others = {panel.id: panel for panel in panels_of(second) if _image(panel) is not None}
    mine = [panel for panel in panels_of(first) if _image(panel) is not None]
    return [(panel, others[panel.id]) for panel in mine if panel.id in others]


def _image(panel: Panel) -> Heatmap | None:
    """The heat map that fills a panel, a row for each position of its axis; strips are none."""
    images = [mark for mark in panel.marks if isinstance(mark, Heatmap)]
    whole = [m for m in images if (m.x0, m.y0, m.dx, m.dy) == (0.0, 0.0, 1.0, 1.0)]
    return whole[0] if len(images) == len(whole) == 1 else None


def _obstacle(first: Panel, second: Panel) -> str:
    """Why the two cannot be subtracted; "" when they can."""
    shapes = [_whole(panel).shape for panel in (first, second)]
    if shapes[0] == shapes[1]:
        return ""
    (rows, columns), (others, places) = shapes
    return (
        f"{first.title or first.id}: {rows} × {columns} against {others} × {places} numbers, "
        "and only equal shapes can be subtracted."
    )


def _whole(panel: Panel) -> Values:
    image = _image(panel)
    assert image is not None
    return np.asarray(image.values, dtype=np.float64)


def _track(first: Panel, second: Panel, compared: Compared) -> Panel:
    """The heat map of the difference, its rows in the first run's order."""
    image, other = _image(first), _image(second)
    assert image is not None
    assert other is not None
    apart = np.asarray(image.values, dtype=np.float64) - _reordered(other, second.y, first.y)
    scale = _scale(apart, image.scale)
    mark = replace(image, values=apart, scale=scale, label=f"difference of {image.label}")
    note = f"{compared[0].name} − {compared[1].name}"
    return replace(first, marks=(mark,), note=note, colour_bar=scale, legend=False)


def _reordered(image: Heatmap, has: Axis, wanted: Axis) -> Values:
    """The rows of `image`, which stand in the order of `has`, in the order of `wanted`."""
    values = np.asarray(image.values, dtype=np.float64)
    order, target = _order(has, len(values)), _order(wanted, len(values))
    by_index = np.empty_like(values)
    by_index[order] = values
    return by_index[target]


def _order(axis: Axis, rows: int) -> NDArray[np.int64]:
    return np.array(axis.ids if len(axis.ids) == rows else range(rows), dtype=np.int64)


def _scale(values: Values, of: ColourScale) -> ColourScale:
    label = of.label.removesuffix(CLIPPED)
    # Rungs begin at 1; differences may be smaller.
    found = unbounded(values / LEAST, f"difference of {label}" if label else "difference")
    return replace(found, low=found.low * LEAST, high=found.high * LEAST)


def _words(first: Picture, second: Picture) -> list[Panel]:
    """The tokens that both runs read, to find one's place."""
    others = {panel.id: panel for panel in panels_of(second)}
    kept = []
    for panel in panels_of(first):
        theirs = _texts(others[panel.id]) if panel.id in others else []
        same = [mark for mark in _texts(panel) if any(mark.texts == t.texts for t in theirs)]
        if same and panel.x.dim and panel.pixels:
            share = panel.pixels * len(same) // max(len(panel.marks), 1)
            y = replace(panel.y, high=len(same) - 0.5)
            kept.append(replace(panel, marks=tuple(same), note="", y=y, pixels=share))
    return kept


def _texts(panel: Panel) -> list[Texts]:
    return [mark for mark in panel.marks if isinstance(mark, Texts)]


def _alone(first: Picture, second: Picture, compared: Compared) -> list[str]:
    """What only one of the two has."""
    found = []
    pictures = (first, second)
    for place, side in enumerate(compared):
        others = {panel.id for panel in panels_of(pictures[1 - place])}
        lonely = [p for p in panels_of(pictures[place]) if p.id not in others and _image(p)]
        names = ", ".join(panel.title for panel in lonely if panel.title)
        if names:
            found.append(f"Only {side.name} has {names}.")
    return found


def _remarks(reasons: list[str]) -> TextPanel:
    """What could not be subtracted, under what could."""
    lines = tuple(TextLine((Span(reason, "muted"),)) for reason in reasons)
    return TextPanel("remarks", lines, height=0.5)


def _subtitle(compared: Compared) -> str:
    steps = " and ".join(_step(side) for side in compared)
    return f"{compared[0].name} − {compared[1].name} · {steps}"


def _step(side: Side) -> str:
    snapshot = side.scene.snapshot
    return f"step {snapshot.step:,}" if snapshot else "no step"
