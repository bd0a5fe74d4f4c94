"""Every action of the window by name, and the palette (Ctrl+K) that finds them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget


def matches(query: str, text: str) -> bool:
    """True when all letters of the query stand in the text in this order, ignoring case and
    spaces.
    """
    letters = iter(text.lower())
    return all(letter in letters for letter in query.lower() if letter != " ")


def ranked(query: str, titles: Sequence[str]) -> list[int]:
    """Indices of the titles that match, whole words first."""
    found = [index for index, title in enumerate(titles) if matches(query, title)]
    lowered = query.lower()
    return sorted(
        found, key=lambda index: (titles[index].lower().find(lowered) < 0, len(titles[index]))
    )


class CommandPalette(QDialog):
    """Type a few letters, press Enter."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("command_palette")
        self.setAccessibleName("Commands")
        self._actions = [action for action in actions if action.text() and action.isEnabled()]
        self.line = QLineEdit(self)
        self.line.setObjectName("command_query")
        self.line.setAccessibleName("Find a command")
        self.line.setPlaceholderText("Find a command or a view…")
        self.list = QListWidget(self)
        self.list.setObjectName("command_list")
        self.list.setAccessibleName("Commands found")
        self.list.setUniformItemSizes(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.resize(520, 420)
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self._filter("")

    def _filter(self, query: str) -> None:
        self.list.clear()
        titles = [_title(action) for action in self._actions]
        for index in ranked(query, titles):
            keys = self._actions[index].shortcut().toString()
            item = QListWidgetItem(f"{titles[index]}    {keys}" if keys else titles[index])
            item.setData(Qt.ItemDataRole.UserRole, index)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                rows = max(1, self.list.count())
                self.list.setCurrentRow((self.list.currentRow() + step) % rows)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None:
                    self._run(item)
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QListWidgetItem) -> None:
        self.accept()
        self._actions[item.data(Qt.ItemDataRole.UserRole)].trigger()


def _title(action: QAction) -> str:
    menu = str(action.property("menu") or "")
    text = action.text().replace("&", "")
    return f"{menu}: {text}" if menu else text
