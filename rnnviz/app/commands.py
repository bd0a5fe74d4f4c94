"""Every action of the window by name, and the palette (Ctrl+K) that finds them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)


def matches(query: str, text: str) -> bool:
    """True when all letters of the query stand in the text in this order, ignoring case and
    spaces.
    """
    letters = iter(text.lower())
    return all(letter in letters for letter in query.lower() if letter != " ")


def ranked(query: str, titles: Sequence[str]) -> list[int]:
    """Indices of the titles that match, whole words first; all in their order without a query."""
    if not query.strip():
        return list(range(len(titles)))
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
        self.list = _two_columns(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.resize(520, 420)
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._filter("")

    def _filter(self, query: str) -> None:
        self.list.clear()
        titles = [_title(action) for action in self._actions]
        for index in ranked(query, titles):
            item = QTreeWidgetItem([titles[index], keys_of(self._actions[index])])
            item.setData(0, Qt.ItemDataRole.UserRole, index)
            item.setToolTip(0, self._actions[index].toolTip())
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        if not self.list.topLevelItemCount():
            self.list.addTopLevelItem(_nothing(query))
        self._go(0)

    def _go(self, row: int) -> None:
        item = self.list.topLevelItem(row % self.list.topLevelItemCount())
        assert item is not None
        self.list.setCurrentItem(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self._go(self.list.indexOfTopLevelItem(self.list.currentItem()) + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None:
                    self._run(item)
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QTreeWidgetItem) -> None:
        index = item.data(0, Qt.ItemDataRole.UserRole)
        if index is not None:
            self.accept()
            self._actions[index].trigger()


def plain(action: QAction) -> str:
    """What a menu entry says, without the letter or digit that chooses it there."""
    return action.text().replace("&", "").lstrip("0123456789 ")


def keys_of(action: QAction) -> str:
    """The keys of a command as people write them, "" where it has none."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _title(action: QAction) -> str:
    menu = str(action.property("menu") or "")
    return f"{menu}: {plain(action)}" if menu else plain(action)


def _nothing(query: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([f"No command has the letters “{query}” in this order."])
    item.setDisabled(True)
    return item


def _two_columns(parent: QWidget) -> QTreeWidget:
    """Commands at the left, their keys at the right."""
    made = QTreeWidget(parent)
    made.setObjectName("command_list")
    made.setAccessibleName("Commands found")
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setColumnCount(2)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return made
