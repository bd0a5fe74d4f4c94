"""A hand on the mouse: sends to the viewport what a person would do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from rnnviz.contracts.picture import Picture
from rnnviz.plots.panel_item import PanelItem
from rnnviz.plots.picture_widget import PictureWidget

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier


def shown(qtbot: object, picture: Picture, width: int = 600, height: int = 400) -> PictureWidget:
    widget = PictureWidget()
    qtbot.addWidget(widget)  # type: ignore[attr-defined]
    widget.resize(width, height)
    widget.show()
    widget.show_picture(picture)
    paint(widget)
    return widget


def paint(widget: PictureWidget) -> None:
    QApplication.processEvents()
    widget.canvas.viewport().repaint()


def item(widget: PictureWidget, name: str) -> PanelItem:
    found = widget.canvas.items[name]
    assert isinstance(found, PanelItem)
    return found


def pixel(widget: PictureWidget, name: str, x: float, y: float) -> QPointF:
    """The pixel of the viewport at data coordinates of a panel."""
    panel = item(widget, name)
    at = panel.arrange(widget.canvas.ranges).point(x, y)
    return at - QPointF(0, widget.canvas.verticalScrollBar().value())


def colour_at(widget: PictureWidget, name: str, x: float, y: float) -> QColor:
    image = widget.canvas.viewport().grab().toImage()
    return image.pixelColor(pixel(widget, name, x, y).toPoint())


def move(widget: PictureWidget, at: QPointF, buttons: Qt.MouseButton = NONE) -> None:
    _mouse(widget, QEvent.Type.MouseMove, at, NONE, buttons, PLAIN)


def click(widget: PictureWidget, at: QPointF) -> None:
    drag(widget, at, at)


def drag(
    widget: PictureWidget, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = PLAIN
) -> None:
    _mouse(widget, QEvent.Type.MouseButtonPress, start, LEFT, LEFT, keys)
    for part in (0.3, 0.7, 1.0):
        if start != end:
            _mouse(widget, QEvent.Type.MouseMove, start + (end - start) * part, NONE, LEFT, keys)
    _mouse(widget, QEvent.Type.MouseButtonRelease, end, LEFT, NONE, keys)
    paint(widget)


def double_click(widget: PictureWidget, at: QPointF) -> None:
    _mouse(widget, QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, PLAIN)
    _mouse(widget, QEvent.Type.MouseButtonRelease, at, LEFT, NONE, PLAIN)
    paint(widget)


def wheel(
    widget: PictureWidget, at: QPointF, notches: int, keys: Qt.KeyboardModifier = PLAIN
) -> None:
    target = widget.canvas.viewport()
    place = target.mapToGlobal(at)
    event = QWheelEvent(
        at,
        place,
        QPoint(),
        QPoint(0, 120 * notches),
        NONE,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)
    paint(widget)


def leave(widget: PictureWidget) -> None:
    QApplication.sendEvent(widget.canvas.viewport(), QEvent(QEvent.Type.Leave))


def _mouse(
    widget: PictureWidget,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton,
    buttons: Qt.MouseButton,
    keys: Qt.KeyboardModifier,
) -> None:
    target: QWidget = widget.canvas.viewport()
    QApplication.sendEvent(
        target, QMouseEvent(kind, at, target.mapToGlobal(at), button, buttons, keys)
    )
