"""Which panel stands where, and what a place in a picture means. No widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QPointF, QRectF

from rnnviz.plots.fields import index_at
from rnnviz.plots.frame import Frame
from rnnviz.plots.grid import Layout, Slot
from rnnviz.plots.layout import TRACK_GAP
from rnnviz.plots.panel_item import Hit, PanelItem
from rnnviz.plots.ranges import Ranges, key_of


class GroundPlan:
    """The painted panels of a picture with their places and the ranges of their axes."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.layout = Layout({}, 0.0)
        self._items: dict[str, PanelItem] = {}

    def settle(self, items: Mapping[str, object], layout: Layout) -> None:
        """Give the panels among `items` their places."""
        self.layout = layout
        self._items = {name: i for name, i in items.items() if isinstance(i, PanelItem)}
        for name, item in self._items.items():
            item.place(layout.slots[name])

    def panels(self) -> Iterator[PanelItem]:
        """All painted panels."""
        return iter(self._items.values())

    def panels_in(self, area: QRectF) -> list[PanelItem]:
        """Panels that a part of the picture touches."""
        return [i for i in self.panels() if i.slot is not None and i.slot.outer.intersects(area)]

    def spoil(self, keys: set[str]) -> None:
        """Have panels on these axes painted anew."""
        for item in self.panels():
            if {key_of(item.panel, "x"), key_of(item.panel, "y")} & keys:
                item.spoil()

    def panel_at(self, at: QPointF, offset: float) -> tuple[PanelItem | None, QPointF]:
        """The panel under a pixel of the viewport, and the pixel in the scrolled picture."""
        strip, inside = self.layout.strip, at + QPointF(0, offset)
        if strip is not None and at.y() < strip.bottom():
            return None, at
        for item in self.panels():
            if item.slot is not None and _reach(item.slot).contains(inside):
                item.arrange(self.ranges)
                return item, inside
        return None, inside

    def meaning(self, item: PanelItem | None, at: QPointF) -> Hit | None:
        """Fields of the selection at a pixel of a panel, or of the shared axis (`item` None)."""
        if item is not None:
            beside = dict(item.panel.selects) if self.is_beside(item, at) else None
            return item.hit(at) or beside
        axis, frame = self.layout.strip_axis, self.strip_frame()
        if axis is None or frame is None or not frame.rect.contains(at):
            return None
        return dict(index_at(axis, frame.data(at)[0]))

    def strip_frame(self) -> Frame | None:
        """The mapping of the shared axis of a score."""
        area, axis = self.layout.strip, self.layout.strip_axis
        if area is None or axis is None:
            return None
        return Frame(area, self.ranges.shown(axis.dim, axis), (0.0, 1.0), axis.inverted)

    def strip_item(self, at: QPointF) -> PanelItem | None:
        """The track that stands for the shared axis, where a pixel is on that axis."""
        area, axis = self.layout.strip, self.layout.strip_axis
        if area is None or axis is None or not area.contains(at):
            return None
        return next((i for i in self.panels() if i.panel.x.dim == axis.dim), None)

    @staticmethod
    def is_beside(item: PanelItem, at: QPointF) -> bool:
        """Whether a pixel is over the names at the left of a score, where the wheel scrolls."""
        slot = item.slot
        return slot is not None and slot.track and at.x() < slot.head.right()


def _reach(slot: Slot) -> QRectF:
    """Where a panel heeds the mouse: a track also in half of the gap to the next one."""
    return slot.outer.adjusted(0, -TRACK_GAP / 2, 0, TRACK_GAP / 2) if slot.track else slot.outer
