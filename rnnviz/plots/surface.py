"""The viewport of scrolled panels: an ordinary widget that says when the pointer leaves it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget


class Surface(QWidget):
    """Tells of leaving by a signal.

    Overriding `viewportEvent` would do the same, but PySide aborts where an event handler called
    from within it raises.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()
