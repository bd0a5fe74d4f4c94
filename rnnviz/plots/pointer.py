"""The pressed mouse and the wheel, the same in every picture: pan, zoom, take a range."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from rnnviz.plots.panel_item import PanelItem
from rnnviz.plots.ranges import Ranges, key_of

_STILL = 4.0  # pixels a hand may tremble during a click
_PER_NOTCH = 0.85  # range after one notch of the wheel


@dataclass(frozen=True, slots=True)
class Span:
    """A range being taken along the x axis of a panel, in pixels."""

    item: PanelItem
    start: float
    end: float

    @property
    def rect(self) -> QRectF:
        """The part of the panel that it covers."""
        assert self.item.frame is not None
        whole = self.item.frame.rect
        left, right = sorted((self.start, self.end))
        return QRectF(left, whole.top(), right - left, whole.height()).intersected(whole)

    def indices(self) -> tuple[str, int, int] | None:
        """Axis name, first and last index; None along a plain scale."""
        assert self.item.frame is not None
        axis = self.item.panel.x
        rect = self.item.frame.rect
        ends = sorted(
            self.item.frame.data(QPointF(x, rect.center().y()))[0] for x in self._clipped()
        )
        if not axis.dim or axis.ids or axis.log:
            return None
        low = math.ceil(max(ends[0] - 0.5, axis.low))
        high = math.floor(min(ends[1] + 0.5, axis.high))
        return (axis.dim, low, high) if low <= high else None

    def _clipped(self) -> tuple[float, float]:
        rect = self.rect
        return rect.left(), rect.right()


class Pointer:
    """What the pressed mouse is doing: pans the ranges of a panel or takes a span."""

    def __init__(self, ranges: Ranges) -> None:
        self._ranges = ranges
        self._item: PanelItem | None = None
        self._pressed = QPointF()
        self._last = QPointF()
        self._moved = False
        self.span: Span | None = None

    def press(self, event: QMouseEvent, item: PanelItem | None, at: QPointF) -> None:
        """The left button goes down over a panel."""
        self._item, self._pressed, self._last, self._moved = item, at, at, False
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if item is not None and shifted and item.panel.x.dim:
            self.span = Span(item, at.x(), at.x())

    def move(self, at: QPointF) -> set[str]:
        """The mouse moves with its button down; the keys of the ranges that changed."""
        if self._item is None:
            return set()
        away = at - self._pressed
        self._moved = self._moved or max(abs(away.x()), abs(away.y())) > _STILL
        if self.span is not None:
            self.span = Span(self._item, self.span.start, at.x())
            return set()
        if not self._moved:
            return set()
        by, self._last = at - self._last, at
        return _pan(self._ranges, self._item, by)

    def release(self) -> tuple[bool, Span | None]:
        """The button goes up: whether it was a click, and the span if one was taken."""
        clicked, span = not self._moved, self.span if self._moved else None
        self.cancel()
        return clicked, span

    def cancel(self) -> None:
        """Forget the press."""
        self._item, self.span, self._moved = None, None, False


def wheel(ranges: Ranges, item: PanelItem, event: QWheelEvent, at: QPointF) -> set[str]:
    """Zoom about the pointer; the keys of the ranges that changed."""
    frame = item.arrange(ranges)
    factor = _PER_NOTCH ** (event.angleDelta().y() / 120)
    x, y = frame.data(at)
    across, along = _zoomed_axes(item, event, at)
    before = _both(ranges, item)
    if across:
        ranges.zoom(key_of(item.panel, "x"), item.panel.x, x, factor)
    if along:
        ranges.zoom(key_of(item.panel, "y"), item.panel.y, y, factor)
    return _changed(before, _both(ranges, item))


def _zoomed_axes(item: PanelItem, event: QWheelEvent, at: QPointF) -> tuple[bool, bool]:
    """Time zooms alone (with Ctrl its quantity does); over an axis' numbers only that axis."""
    assert item.frame is not None
    rect, panel = item.frame.rect, item.panel
    if panel.equal:
        return True, True
    if at.x() < rect.left():
        return False, True
    if at.y() > rect.bottom():
        return True, False
    alone = (item.slot is not None and item.slot.track) or (
        panel.x.dim == "time" and not panel.y.dim
    )
    if alone:
        controlled = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return not controlled, controlled
    return True, True


def _pan(ranges: Ranges, item: PanelItem, by: QPointF) -> set[str]:
    frame = item.arrange(ranges)
    before = _both(ranges, item)
    right = by.x() / frame.unit_x * (-1 if not frame.flip_x else 1)
    up = by.y() / frame.unit_y * (1 if not frame.flip_y else -1)
    ranges.pan(key_of(item.panel, "x"), item.panel.x, right)
    ranges.pan(key_of(item.panel, "y"), item.panel.y, up)
    return _changed(before, _both(ranges, item))


def _both(ranges: Ranges, item: PanelItem) -> dict[str, tuple[float, float]]:
    panel = item.panel
    keys = ((key_of(panel, "x"), panel.x), (key_of(panel, "y"), panel.y))
    return {key: ranges.shown(key, axis) for key, axis in keys}


def _changed(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> set[str]:
    return {key for key, interval in after.items() if before[key] != interval}
