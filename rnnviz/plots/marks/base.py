"""What every painted mark can do; one subclass per kind of mark of `contracts.picture`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Generic, TypeVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.contracts.picture import Mark
from rnnviz.contracts.selection import Selection
from rnnviz.plots.colour import Colours
from rnnviz.plots.frame import Frame
from rnnviz.plots.typography import Fonts

Selects = Mapping[str, int | str]
M = TypeVar("M", bound=Mark)

_COMPARED = 2**16  # numbers
_STYLES = {
    "solid": Qt.PenStyle.SolidLine,
    "dashed": Qt.PenStyle.DashLine,
    "dotted": Qt.PenStyle.DotLine,
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Everything a mark needs to paint itself; `taken` is where names of marks stand already."""

    painter: QPainter
    frame: Frame
    colours: Colours
    fonts: Fonts
    taken: list[QRectF] = field(default_factory=list)


class MarkItem(ABC, Generic[M]):
    """A painted mark. It lives as long as its panel keeps its structure; only its data changes."""

    def __init__(self, mark: M) -> None:
        self.mark = mark

    def update(self, mark: M) -> None:
        """Take new data."""
        self.mark = mark

    @abstractmethod
    def paint(self, paint: Paint) -> None:
        """Draw what is visible; the painter is clipped to the panel."""

    def hit(self, frame: Frame, at: QPointF) -> Selects | None:
        """What a click at a pixel selects beyond the axes; None if the mark is not there."""
        return None

    def readout(self, frame: Frame, at: QPointF) -> str:
        """The value under a pixel in words, "" if there is none."""
        return ""

    def highlight(self, paint: Paint, selection: Selection) -> None:
        """Mark what is selected, on top of the finished picture."""


def same(one: Mark, other: Mark) -> bool:
    """Whether two marks would be painted alike. Long arrays are not compared, they count as new."""
    return type(one) is type(other) and all(
        _equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(one)
    )


def _equal(one: object, other: object) -> bool:
    if one is other:
        return True
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return type(one) is type(other) and bool(one == other)
    if one.shape != other.shape or one.dtype != other.dtype or one.size > _COMPARED:
        return False
    # As bytes, so that gaps are equal too.
    return one.tobytes() == other.tobytes()


def pen(colour: QColor, width: float = 1.0, style: str = "solid") -> QPen:
    """A pen `width` screen pixels wide, with flat ends: round ones cost Qt ten times as much."""
    made = QPen(colour, width, _STYLES[style])
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


def dot_pen(colour: QColor, size: float) -> QPen:
    """A pen whose points are round dots."""
    made = QPen(colour, size)
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    return made


def is_selected(selects: Selects, selection: Selection) -> bool:
    """Whether the selection says all that `selects` says."""
    return bool(selects) and all(
        getattr(selection, field, None) == value for field, value in selects.items()
    )


def is_there(selects: Selects, selection: Selection) -> bool:
    """Whether what is selected stands at the same position, whatever else is said of it."""
    at = {field: selects[field] for field in ("time", "source_time") if field in selects}
    return is_selected(at, selection)
