"""A table of words and numbers, numbers set right with at most four digits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from rnnviz.contracts.picture import AnyPanel, Table
from rnnviz.contracts.selection import Selection
from rnnviz.plots.colour import Colours, colours
from rnnviz.plots.marks.base import is_selected
from rnnviz.plots.scroll_bar import slim
from rnnviz.plots.surface import Surface
from rnnviz.plots.ticks import short
from rnnviz.plots.typography import Fonts

NOTHING_SHORT: Mapping[str, str] = MappingProxyType({})

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """The rows of a `Table`."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table
        self.colours: Colours = colours("light")
        self.selection = Selection()

    def show_table(self, table: Table) -> None:
        """Take new rows."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.table.rows[index.row()]
        value = row[index.column()] if index.column() < len(row) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return written(value, self.table.short)
        if role == Qt.ItemDataRole.ToolTipRole and value in self.table.short:
            return value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if isinstance(value, str) or self.table.colours else _RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and self._is_chosen(index.row()):
            return QBrush(self.colours("cursor", 36))
        if role == Qt.ItemDataRole.ForegroundRole and index.row() in self.table.quiet:
            return QBrush(self.colours("muted"))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if self._is_words(section) or self.table.colours else _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            words = self.table.colours
            return QBrush(self.colours(words[section] if section < len(words) else "muted"))
        return None

    def _is_words(self, column: int) -> bool:
        return any(isinstance(row[column], str) for row in self.table.rows if column < len(row))

    def _is_chosen(self, row: int) -> bool:
        selects = self.table.selects
        return row < len(selects) and is_selected(selects[row], self.selection)


class TableView(QTableView):
    """Shows a `Table`; rows with `selects` answer to hover and click."""

    hovered = Signal(object)
    clicked_on = Signal(object)
    left = Signal()

    def __init__(self, panel: Table) -> None:
        super().__init__()
        self.panel = panel
        self._model = TableModel(panel)
        self._model.setParent(self)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        surface = Surface()
        surface.left.connect(self.left)
        self.setViewport(surface)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.entered.connect(self._on_entered)
        self.clicked.connect(self._on_clicked)
        self._name()

    def fits(self, panel: AnyPanel) -> bool:
        """Whether the panel can be shown in place."""
        same = isinstance(panel, Table) and panel.id == self.panel.id
        return same and isinstance(panel, Table) and panel.columns == self.panel.columns

    def update_panel(self, panel: AnyPanel) -> None:
        """Show new rows; the scroll position stays."""
        assert isinstance(panel, Table)
        if panel is not self.panel:
            at = self.verticalScrollBar().value()
            self.panel = panel
            self._model.show_table(panel)
            self.verticalScrollBar().setValue(at)
            self._name()

    def set_style(self, theme: Colours, fonts: Fonts) -> None:
        """Take colours and fonts."""
        self._model.colours = theme
        self.setFont(fonts.text)
        self.horizontalHeader().setFont(fonts.small)
        self.verticalHeader().setDefaultSectionSize(round(fonts.height(fonts.text) * 1.45))
        self.setStyleSheet(_style(theme))
        slim(self.verticalScrollBar(), theme)
        slim(self.horizontalScrollBar(), theme)

    def set_selection(self, selection: Selection) -> None:
        """Mark the rows that say what is selected."""
        if selection != self._model.selection:
            self._model.selection = selection
            self.viewport().update()

    def _name(self) -> None:
        self.setObjectName(f"table_{self.panel.id}")
        self.setAccessibleName(self.panel.title or "Table")
        columns = ", ".join(self.panel.columns)
        self.setAccessibleDescription(f"{len(self.panel.rows)} rows; columns {columns}")

    def _on_entered(self, index: QModelIndex) -> None:
        found = self._selects(index)
        if found:
            self.hovered.emit(found)
        else:
            self.left.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        found = self._selects(index)
        if found:
            self.clicked_on.emit(found)

    def _selects(self, index: QModelIndex) -> dict[str, int | str]:
        selects = self.panel.selects
        return dict(selects[index.row()]) if index.row() < len(selects) else {}


def written(value: str | int | float, shorter: Mapping[str, str] = NOTHING_SHORT) -> str:
    """A cell's text: whole numbers in full, others in four significant digits."""
    if isinstance(value, str):
        return shorter.get(value, value)
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u2009").replace("-", "−")
    return short(float(value))


def _style(theme: Colours) -> str:
    """A style sheet, because one of an ancestor would override a palette."""
    panel, text, faint = theme("panel").name(), theme("text").name(), theme("faint").name()
    return (
        f"QTableView {{ background: {panel}; color: {text}; border: none; }}"
        f"QHeaderView {{ background: {panel}; border: none; }}"
        f"QHeaderView::section {{ background: {panel}; border: none;"
        f" border-bottom: 1px solid {faint}; padding: 3px 10px 3px 4px; }}"
    )
