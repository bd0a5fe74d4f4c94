"""A column of text with formulas among the words, wrapped to its width."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from rnnviz.contracts.picture import AnyPanel, Span, TextLine, TextPanel
from rnnviz.contracts.selection import Selection
from rnnviz.plots import primitives
from rnnviz.plots.colour import Colours, colours
from rnnviz.plots.marks.base import is_selected, pen
from rnnviz.plots.math_text import Formula
from rnnviz.plots.scroll_bar import slim
from rnnviz.plots.surface import Surface
from rnnviz.plots.text_flow import INDENT, Flow, Piece, PlacedLine, flow
from rnnviz.plots.typography import Fonts

_STRIPE = 3  # pixels; the mark beside a selected line


class TextView(QAbstractScrollArea):
    """Shows a `TextPanel`; lines with `selects` answer to hover and click."""

    hovered = Signal(object)
    clicked_on = Signal(object)
    left = Signal()

    def __init__(self, panel: TextPanel) -> None:
        super().__init__()
        self.panel = panel
        self._flow = Flow((), 0.0)
        self._flowed: tuple[TextPanel, int, Fonts] | None = None
        self._colours: Colours = colours("light")
        self._fonts = Fonts(self.font())
        self._selection = Selection()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        surface = Surface()
        surface.left.connect(self.left)
        self.setViewport(surface)
        self._name()

    def fits(self, panel: AnyPanel) -> bool:
        """Whether the panel can be shown in place."""
        return isinstance(panel, TextPanel) and panel.id == self.panel.id

    def update_panel(self, panel: AnyPanel) -> None:
        """Show new lines; the scroll position stays."""
        assert isinstance(panel, TextPanel)
        if panel is not self.panel:
            moved = panel.at != self.panel.at or panel.lines != self.panel.lines
            self.panel = panel
            self._name()
            self._arrange()
            if moved:
                self._show_marked()

    def set_style(self, theme: Colours, fonts: Fonts) -> None:
        """Take colours and fonts."""
        self._colours, self._fonts = theme, fonts
        slim(self.verticalScrollBar(), theme)
        self._arrange()

    def set_selection(self, selection: Selection) -> None:
        """Mark the lines that say what is selected."""
        if selection != self._selection:
            self._selection = selection
            self.viewport().update()

    def plain_text(self) -> str:
        """All lines without style, for the clipboard and for screen readers."""
        return "\n".join("".join(s.text for s in line.spans) for line in self.panel.lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        offset = self.verticalScrollBar().value()
        seen = QRectF(event.rect()).translated(0, offset)
        with primitives.painting(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._colours("panel"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.translate(0, -offset)
            for line in self._flow.lines:
                if line.area.intersects(seen):
                    self._paint_line(painter, line)

    def _paint_line(self, painter: QPainter, line: PlacedLine) -> None:
        self._paint_mark(painter, line.source, line.area)
        for piece in line.pieces:
            self._paint_piece(painter, piece)
        if line.source is not None and line.source.kind == "rule":
            middle = round(line.area.center().y())
            painter.setPen(pen(self._colours("faint")))
            painter.drawLine(INDENT, middle, self.viewport().width(), middle)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._selects_at(event.position())
        shape = Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        if found:
            self.hovered.emit(found)
        else:
            self.left.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self._selects_at(event.position())
        if found and event.button() == Qt.MouseButton.LeftButton:
            self.clicked_on.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.plain_text())
            return
        super().keyPressEvent(event)

    def _name(self) -> None:
        self.setObjectName(f"textPanel_{self.panel.id}")
        self.setAccessibleName(self.panel.title or "Text")
        self.setAccessibleDescription(self.plain_text()[:400])

    def height_for(self, width: float) -> float:
        """The height that all lines need at this width."""
        self._flow_into(round(width))
        return self._flow.height

    def _flow_into(self, width: int) -> None:
        wanted = (self.panel, max(width, 20), self._fonts)
        if self._flowed == wanted:
            return
        self._flowed = wanted
        lines = self.panel.lines
        if self.panel.title:
            lines = (TextLine((Span(self.panel.title, "strong"),), "heading"), *lines)
        self._flow = flow(lines, wanted[1], self._fonts)

    def _arrange(self) -> None:
        # Where all fits without the bar it goes, although fewer words stand in a line beside it.
        self._flow_into(self.width())
        if round(self._flow.height) > self.height():
            self._flow_into(self.width() - self.verticalScrollBar().sizeHint().width())
        surplus = round(self._flow.height) - self.viewport().height()
        self.verticalScrollBar().setRange(0, max(0, surplus))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(round(self._fonts.size * 2))
        self.viewport().update()

    def _marked(self) -> TextLine | None:
        at = self.panel.at
        return None if at is None else self.panel.lines[at]

    def _show_marked(self) -> None:
        """Scroll to the marked line, a little below the upper edge."""
        marked = self._marked()
        for line in self._flow.lines if marked is not None else ():
            if line.source is marked:
                self.verticalScrollBar().setValue(round(line.area.top() - self._fonts.size))
                return

    def _paint_mark(self, painter: QPainter, source: TextLine | None, area: QRectF) -> None:
        if source is None:
            return
        if source is self._marked() or is_selected(source.selects, self._selection):
            painter.fillRect(area, self._colours("cursor", 26))
            painter.fillRect(QRectF(0, area.top(), _STRIPE, area.height()), self._colours("cursor"))

    def _paint_piece(self, painter: QPainter, piece: Piece) -> None:
        ink = self._colours(piece.colour)
        if isinstance(piece.content, Formula):
            piece.content.paint(painter, piece.at, piece.size, ink)
            return
        painter.setFont(piece.font if piece.font is not None else QFont())
        painter.setPen(ink)
        painter.drawText(piece.at, piece.content)

    def _selects_at(self, at: QPointF) -> dict[str, int | str]:
        inside = at + QPointF(0, self.verticalScrollBar().value())
        for line in self._flow.lines:
            if line.area.contains(inside) and line.source is not None:
                return dict(line.source.selects)
        return {}
