"""The area in which a picture's panels stand: places and paints them, scrolls, heeds the mouse."""

from __future__ import annotations

import logging
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnviz.contracts.picture import AnyPanel, Picture
from rnnviz.contracts.selection import Selection
from rnnviz.plots import cursor, items, pointer, primitives, strip
from rnnviz.plots.colour import Colours, colours
from rnnviz.plots.ground_plan import GroundPlan
from rnnviz.plots.items import Item
from rnnviz.plots.layout import arrange
from rnnviz.plots.marks.base import Paint
from rnnviz.plots.panel_item import Hit, PanelItem
from rnnviz.plots.pointer import Pointer
from rnnviz.plots.ranges import Ranges, key_of
from rnnviz.plots.scroll_bar import slim
from rnnviz.plots.surface import Surface
from rnnviz.plots.table_panel import TableView
from rnnviz.plots.text_panel import TextView
from rnnviz.plots.typography import Fonts

_log = logging.getLogger(__name__)


class Canvas(QAbstractScrollArea):
    """Paints the panels of one picture; finished panels are kept as images until they change.

    Signals carry `object`: Qt would turn a declared dict into its own map and back.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    left = Signal()
    readout = Signal(str)
    ranges_changed = Signal(object)
    range_selected = Signal(str, int, int)
    context_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pictureCanvas")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        surface = Surface()
        surface.left.connect(self._leave)
        self.setViewport(surface)
        self.items: dict[str, Item] = {}
        self.ranges = Ranges()
        self.plan = GroundPlan(self.ranges)
        self._picture = Picture("")
        self._colours: Colours = colours("light")
        self._fonts = Fonts(self.font())
        self._pointer = Pointer(self.ranges)
        self._selected, self._hovering = Selection(), Selection()
        self._last_hit: Hit | None = None
        self._ratio: float | None = None

    def show_picture(self, picture: Picture) -> None:
        """Take new data; panels of the same structure keep their painters."""
        self._picture = picture
        panels = [panel for row in picture.rows for panel in row]
        kept = {panel.id: self._item(panel) for panel in panels}
        for name, item in self.items.items():
            if kept.get(name) is not item:
                items.discard(item)
        self.items = kept
        self.arrange()

    def arrange(self) -> None:
        """Give every panel its place for the present size."""
        size = self.viewport().size()
        layout = arrange(self._picture, size.width(), size.height(), self._fonts, self._text_height)
        self.plan.settle(self.items, layout)
        surplus = max(0, round(layout.height) - size.height())
        bar = self.verticalScrollBar()
        bar.setRange(0, surplus)
        bar.setPageStep(size.height())
        bar.setSingleStep(round(self._fonts.size * 2))
        self._place_widgets()
        self.viewport().update()

    def _text_height(self, name: str, width: float) -> float:
        item = self.items.get(name)
        return item.height_for(width) if isinstance(item, TextView) else 0.0

    def set_style(self, theme: Colours, fonts: Fonts) -> None:
        """Take the colours and fonts of a theme."""
        self._colours, self._fonts = theme, fonts
        slim(self.verticalScrollBar(), theme)
        for item in self.items.values():
            if isinstance(item, PanelItem):
                item.spoil()
            else:
                item.set_style(theme, fonts)
        self.arrange()

    def set_selection(self, selected: Selection, hovered: Selection) -> None:
        """Move the cursors; finished panels are not painted anew."""
        if (selected, hovered) == (self._selected, self._hovering):
            return
        self._selected, self._hovering = selected, hovered
        for item in self.items.values():
            if isinstance(item, TextView | TableView):
                item.set_selection(selected)
        self.viewport().update()

    def refresh(self, keys: set[str]) -> None:
        """Paint panels on these axes anew, after their ranges changed."""
        self.plan.spoil(keys)
        self.viewport().update()

    def set_ratio(self, ratio: float | None) -> None:
        """Paint panels this many times as fine as the screen; None for the screen's own."""
        self._ratio = ratio

    def clear_pointer(self) -> None:
        """Forget a half-done drag, e.g. when the widget is hidden."""
        self._pointer.cancel()
        self._leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        try:
            with primitives.painting(self.viewport()) as painter:
                self._paint(painter, event.rect())
        except Exception:  # raised through Qt at every repaint it could end the program
            _log.exception("a picture could not be painted: %s", self._picture.title)

    def _paint(self, painter: QPainter, area: QRect) -> None:
        offset = self.verticalScrollBar().value()
        shown = self.plan.panels_in(QRectF(area).translated(0, offset))
        painter.fillRect(area, self._colours("panel"))
        painter.translate(0, -offset)
        self._paint_panels(painter, shown)
        items.paint_table_titles(painter, self.items, self.plan, self._colours, self._fonts)
        self._paint_selection(painter, shown)
        painter.translate(0, offset)
        self._paint_strip(painter)

    def _paint_panels(self, painter: QPainter, shown: list[PanelItem]) -> None:
        ratio = self._ratio or self.devicePixelRatioF()
        for item in shown:
            assert item.slot is not None
            corner = item.slot.outer.toAlignedRect().topLeft()
            painter.drawPixmap(corner, item.pixmap(self.ranges, self._colours, self._fonts, ratio))
            item.arrange(self.ranges)

    def _paint_selection(self, painter: QPainter, shown: list[PanelItem]) -> None:
        style = (self._colours, self._fonts)
        cursor.paint_panels(painter, shown, self._selected, *style, hover=False)
        if self._hovering != self._selected:
            cursor.paint_panels(painter, shown, self._hovering, *style, hover=True)
        if self._pointer.span is not None:
            painter.fillRect(self._pointer.span.rect, self._colours("cursor", 56))

    def _paint_strip(self, painter: QPainter) -> None:
        frame = self.plan.strip_frame()
        if frame is not None:
            paint = Paint(painter, frame, self._colours, self._fonts)
            strip.paint_strip(paint, self.plan.layout, self.viewport().width())
            strip.paint_cursor(paint, self.plan.layout, self._selected, hover=False)
            if self._hovering.time != self._selected.time:
                strip.paint_cursor(paint, self.plan.layout, self._hovering, hover=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._place_widgets()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            item, at = self._content_at(event.position())
            self._pointer.press(event, item or self.plan.strip_item(event.position()), at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        item, at = self._content_at(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton:
            changed = self._pointer.move(at)
            if changed:
                self.refresh(changed)
                self.ranges_changed.emit(changed)
            if self._pointer.span is not None:
                self.viewport().update()
            return
        self._hover(self.plan.meaning(item, at), item.readout(at) if item is not None else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        item, at = self._content_at(event.position())
        was_click, span = self._pointer.release()
        found = self.plan.meaning(item, at) if was_click else None
        if found:
            self.clicked.emit(found)
        taken = span.indices() if span is not None else None
        if taken is not None:
            self.range_selected.emit(*taken)
        if span is not None:
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item, _ = self._content_at(event.position())
        item = item or self.plan.strip_item(event.position())
        if item is not None:
            self.fit({key_of(item.panel, "x"), key_of(item.panel, "y")})

    def wheelEvent(self, event: QWheelEvent) -> None:
        item, at = self._content_at(event.position())
        item = item or self.plan.strip_item(event.position())
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if item is None or shifted or self.plan.is_beside(item, at):
            super().wheelEvent(event)
            return
        changed = pointer.wheel(self.ranges, item, event, at)
        if changed:
            self.refresh(changed)
            self.ranges_changed.emit(changed)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.context_requested.emit(event.globalPos())
        event.accept()

    def fit(self, keys: set[str]) -> None:
        """Show the whole of these axes."""
        changed = {key for key in keys if self.ranges.is_zoomed(key)}
        for key in changed:
            self.ranges.fit(key)
        if changed:
            self.refresh(changed)
            self.ranges_changed.emit(changed)

    def _content_at(self, at: QPointF) -> tuple[PanelItem | None, QPointF]:
        return self.plan.panel_at(at, self.verticalScrollBar().value())

    def _item(self, panel: AnyPanel) -> Item:
        """The painter of a panel: the one there is, if it can take the new data."""
        old = self.items.get(panel.id)
        if old is not None and old.fits(panel):
            old.update_panel(panel)
            return old
        return self._new_item(panel)

    def _new_item(self, panel: AnyPanel) -> Item:
        made = items.fresh(panel)
        if not isinstance(made, PanelItem):
            made.setParent(self.viewport())
            made.set_style(self._colours, self._fonts)
            made.hovered.connect(self._hover_widget)
            made.clicked_on.connect(self.clicked)
            made.left.connect(self._leave)
            made.show()
        return made

    def _place_widgets(self) -> None:
        offset = self.verticalScrollBar().value()
        for name, item in self.items.items():
            if not isinstance(item, PanelItem):
                slot = self.plan.layout.slots[name]
                item.setGeometry(slot.plot.translated(0, -offset).toAlignedRect())

    def _hover(self, found: Hit | None, readout: str = "") -> None:
        self.viewport().setToolTip(readout)
        self.readout.emit(readout)
        if found == self._last_hit:
            return
        self._last_hit = found
        if found:
            self.hovered.emit(found)
        else:
            self.left.emit()

    def _hover_widget(self, found: dict[str, Any]) -> None:
        self._hover(found)

    def _leave(self) -> None:
        self._hover(None)
