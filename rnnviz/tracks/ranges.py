"""The colour scales in a picture's panels, found and replaced, so that several pictures can share
their ranges: runs side by side, or the frames of an animation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rnnviz.contracts.picture import (
    AnyPanel,
    Boxes,
    ColourScale,
    Heatmap,
    Mark,
    Panel,
    Picture,
    Segments,
    Texts,
)

Coloured = Heatmap | Segments | Boxes | Texts
"""Marks that may be coloured by values on a scale."""

CLIPPED = ", clipped"
"""The end of a scale's label where values lie beyond it, which each picture says by itself."""


def panels_of(picture: Picture) -> list[Panel]:
    """The panels that have axes."""
    return [panel for row in picture.rows for panel in row if isinstance(panel, Panel)]


def with_panels(picture: Picture, change: Callable[[Panel], AnyPanel]) -> Picture:
    """The picture with every panel that has axes replaced."""
    rows = tuple(
        tuple(change(panel) if isinstance(panel, Panel) else panel for panel in row)
        for row in picture.rows
    )
    return replace(picture, rows=rows)


def scales_in(panel: Panel) -> list[ColourScale]:
    """The scales of its marks and of its colour bar."""
    marks = [mark.scale for mark in panel.marks if isinstance(mark, Coloured)]
    return [scale for scale in (*marks, panel.colour_bar) if scale is not None]


def with_scales(panel: Panel, change: Callable[[ColourScale], ColourScale]) -> Panel:
    """The panel with each of its scales replaced."""

    def rescaled(mark: Mark) -> Mark:
        if isinstance(mark, Coloured) and mark.scale is not None:
            return replace(mark, scale=change(mark.scale))
        return mark

    bar = None if panel.colour_bar is None else change(panel.colour_bar)
    return replace(panel, marks=tuple(map(rescaled, panel.marks)), colour_bar=bar)


def measured(scale: ColourScale) -> tuple[str, str]:
    """What a scale stands for: equal for two scales of the same quantity."""
    return scale.name, scale.label.removesuffix(CLIPPED)


def union(one: ColourScale, other: ColourScale) -> ColourScale:
    """The first scale, wide enough for both."""
    return replace(one, low=min(one.low, other.low), high=max(one.high, other.high))
