"""Painters of the kinds of marks, one file each."""

from __future__ import annotations

from typing import Any

from rnnviz.contracts.picture import (
    Bars,
    Boxes,
    Heatmap,
    Image,
    Line,
    Mark,
    Points,
    Rule,
    Segments,
    Texts,
)
from rnnviz.plots.marks.bars import BarsItem
from rnnviz.plots.marks.base import MarkItem
from rnnviz.plots.marks.boxes import BoxesItem
from rnnviz.plots.marks.heatmap import HeatmapItem
from rnnviz.plots.marks.image import ImageItem
from rnnviz.plots.marks.line import LineItem
from rnnviz.plots.marks.points import PointsItem
from rnnviz.plots.marks.rule import RuleItem
from rnnviz.plots.marks.segments import SegmentsItem
from rnnviz.plots.marks.texts import TextsItem

_ITEMS: dict[type[Mark], type[MarkItem[Any]]] = {
    Heatmap: HeatmapItem,
    Image: ImageItem,
    Line: LineItem,
    Bars: BarsItem,
    Points: PointsItem,
    Segments: SegmentsItem,
    Boxes: BoxesItem,
    Texts: TextsItem,
    Rule: RuleItem,
}


def item_for(mark: Mark) -> MarkItem[Any]:
    """A new painter of a mark."""
    return _ITEMS[type(mark)](mark)


__all__ = ["MarkItem", "item_for"]
