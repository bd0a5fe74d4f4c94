"""The line above a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from rnnviz.plots import primitives
from rnnviz.plots.colour import Colours
from rnnviz.plots.typography import Fonts


class Header(QWidget):
    """One line: what is drawn, which step and sequence, and a button back to the whole."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("pictureHeader")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._title = self._subtitle = ""
        self._colour = "text"
        self._zoomed = False
        self._style: tuple[Colours, Fonts] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow = QToolButton(self)
        self.follow.setObjectName("followButton")
        self.follow.setText("Follow")
        self.follow.setAccessibleName("Follow the data: show whole axes again")
        self.follow.setToolTip("Show whole axes again (double click)")
        self.follow.setAutoRaise(True)
        self.follow.setCursor(Qt.CursorShape.PointingHandCursor)
        self.follow.hide()

    def show_texts(self, title: str, subtitle: str, colour: str = "text") -> None:
        """Say what is drawn; the title in a colour word."""
        if (title, subtitle, colour) != (self._title, self._subtitle, self._colour):
            self._title, self._subtitle, self._colour = title, subtitle, colour
            self.update()
        self.setVisible(bool(title or subtitle))

    def show_follow(self, zoomed: bool) -> bool:
        """Offer the button while zoomed; whether that is news."""
        changed, self._zoomed = zoomed != self._zoomed, zoomed
        self.follow.setVisible(zoomed)
        self._place()
        self.update()
        return changed

    def set_style(self, theme: Colours, fonts: Fonts) -> None:
        """Take colours and fonts."""
        self._style = (theme, fonts)
        self.setFixedHeight(round(fonts.height(fonts.title)) + 12)
        self.follow.setFont(fonts.small)
        ink, ground = theme("accent").name(), theme("faint").name()
        self.follow.setStyleSheet(
            f"QToolButton {{ color: {ink}; background: transparent; border: none; padding: 1px 6px;"
            f" border-radius: 3px; }} QToolButton:hover {{ background: {ground}; }}"
        )
        self._place()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        theme, fonts = self._style
        right = self.follow.x() - 8 if self._zoomed else self.width() - 12
        area = QRectF(12, 6, right - 12, self.height() - 10)
        with primitives.painting(self) as painter:
            painter.fillRect(event.rect(), theme("panel"))
            used = _line(painter, area, self._title, fonts.title, fonts, theme(self._colour))
            area.setLeft(area.left() + used + (fonts.size if used else 0))
            _line(painter, area, self._subtitle, fonts.small, fonts, theme("muted"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        hint = self.follow.sizeHint()
        self.follow.resize(hint)
        self.follow.move(self.width() - hint.width() - 8, (self.height() - hint.height()) // 2)


def _line(
    painter: QPainter, area: QRectF, text: str, font: QFont, fonts: Fonts, colour: QColor
) -> float:
    metrics = fonts.metrics(font)
    room = max(area.width(), 0.0)
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, fitted)
    return metrics.horizontalAdvance(fitted)
