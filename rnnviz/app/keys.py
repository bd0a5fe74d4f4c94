"""Moving the selection with the keyboard, and who gets a key first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from rnnviz.app.hub import SelectionHub
from rnnviz.app.run_model import RunModel


class Navigator:
    """Steps through time, units and layers of what is shown, stopping at the ends."""

    def __init__(self, hub: SelectionHub, run: RunModel) -> None:
        self._hub, self._run = hub, run

    def move(self, name: str, by: int) -> None:
        """Move `time`, `unit` or `layer` by `by`; begins in the middle when nothing is chosen."""
        size = self._size(name)
        if not size:
            return
        now = getattr(self._hub.selection, name)
        new = size // 2 if now is None else min(size - 1, max(0, now + by))
        self._hub.select({name: new})

    def _size(self, name: str) -> int:
        snapshot = self._run.snapshot
        if snapshot is None:
            return 0
        if name == "time":
            return len(snapshot.tokens.input)
        chosen = self._hub.selection.part
        parts = {part.name: part for part in snapshot.structure.parts}
        part = parts.get(chosen, snapshot.structure.parts[0])
        return part.hidden_size if name == "unit" else part.layers


PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
PRESSING = frozenset({Qt.Key.Key_Space})
MOVING = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})
TRAVELLING = frozenset({
    Qt.Key.Key_P, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight,
    Qt.Key.Key_Comma, Qt.Key.Key_Period, Qt.Key.Key_Home, Qt.Key.Key_End,
})  # fmt: skip
WRITING = PRESSING | MOVING | TRAVELLING | {Qt.Key.Key_F}


class KeysFirst(QObject):
    """Lets the control that has the focus have the keys it needs before the window's commands."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("keys_first")
        for widget in window.findChildren(QWidget):
            if _keys_of(widget):
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        wanted = (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() in PLAIN
            and event.key() in _keys_of(watched)
        )
        if wanted:
            event.accept()
        return wanted


def _keys_of(widget: QObject) -> frozenset[int]:
    if isinstance(widget, QLineEdit | QComboBox):
        return WRITING
    return PRESSING if isinstance(widget, QAbstractButton) else frozenset()
