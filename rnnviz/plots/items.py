"""What stands for each panel on a canvas: a painter for plots, a widget for text and tables."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.contracts.picture import AnyPanel, Panel, TextPanel
from rnnviz.plots.colour import Colours
from rnnviz.plots.ground_plan import GroundPlan
from rnnviz.plots.panel_item import PanelItem
from rnnviz.plots.table_panel import TableView
from rnnviz.plots.text_panel import TextView
from rnnviz.plots.typography import Fonts

Item = PanelItem | TextView | TableView


def fresh(panel: AnyPanel) -> Item:
    """A new item for a panel; widgets have no parent yet."""
    if isinstance(panel, Panel):
        return PanelItem(panel)
    return TextView(panel) if isinstance(panel, TextPanel) else TableView(panel)


def discard(item: Item) -> None:
    """Let go of an item whose panel is gone."""
    if isinstance(item, QWidget):
        item.hide()
        item.setParent(None)
        item.deleteLater()


def paint_table_titles(
    painter: QPainter, items: Mapping[str, Item], plan: GroundPlan, colours: Colours, fonts: Fonts
) -> None:
    """The titles of tables, which are widgets below them."""
    painter.setFont(fonts.title)
    painter.setPen(colours("text"))
    for name, item in items.items():
        if isinstance(item, TableView) and item.panel.title:
            head = plan.layout.slots[name].head
            painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, item.panel.title)
