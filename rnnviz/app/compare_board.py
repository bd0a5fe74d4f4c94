"""The pictures of a comparison: curves and table on top, one view of every run below."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QSplitter, QVBoxLayout, QWidget

from rnnviz.app.compare_model import Comparison
from rnnviz.app.title_bar import OptionBar, TitleBar
from rnnviz.comparison import curves
from rnnviz.comparison.configurations import TITLE as CONFIGURATIONS
from rnnviz.comparison.configurations import configurations
from rnnviz.comparison.difference import difference
from rnnviz.comparison.sheet import Wish, sheet
from rnnviz.comparison.side_by_side import common_selection, side_by_side
from rnnviz.contracts.comparison import Compared, Sheet
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import View
from rnnviz.plots.picture_widget import PictureWidget

log = logging.getLogger(__name__)

DRAW_MS = 15


class CurveChoices:
    """The options of the curves, as an `OptionBar` takes them."""

    name, title, options = "curves", curves.TITLE, curves.OPTIONS


class CompareBoard(QWidget):
    """Draws what a `Comparison` says; hovering, clicking and zooming in one run shows in all."""

    def __init__(self, model: Comparison, view: View, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("compare_board")
        self._model, self.view = model, view
        self.options: dict[str, str | bool] = {}
        self.curves = _painter("curves", self)
        self.table = _painter("configurations", self)
        self.apart = _painter("difference", self)
        self.sides = [_painter(f"side_{index}", self) for index in range(len(model.rivals))]
        self.choices = OptionBar(CurveChoices(), self)
        self.equal = QCheckBox("Equal options too", self)
        self.equal.setObjectName("equal_options")
        self._bar: TitleBar | None = None
        self._due: set[str] = set()
        self._draw = QTimer(self)
        self._draw.setObjectName("draw_comparison")
        self._draw.setSingleShot(True)
        self._draw.setInterval(DRAW_MS)
        self._draw.timeout.connect(self.draw)
        self.apart.hide()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QSplitter(Qt.Orientation.Horizontal, self)
        top.setObjectName("compare_top")
        top.addWidget(_titled(curves.TITLE, self.choices, self.curves, self))
        top.addWidget(_titled(CONFIGURATIONS, self.equal, self.table, self))
        top.setSizes([560, 440])
        self.row = QSplitter(Qt.Orientation.Horizontal, self)
        self.row.setObjectName("compare_row")
        for painter in (*self.sides, self.apart):
            self.row.addWidget(painter)
            painter.setMinimumWidth(160)
        below = QWidget(self)
        self._below = QVBoxLayout(below)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(0)
        self._below.addWidget(self.row, 1)
        whole = QSplitter(Qt.Orientation.Vertical, self)
        whole.setObjectName("compare_splitter")
        for part in (top, below):
            whole.addWidget(part)
        for splitter in (top, self.row):
            splitter.setChildrenCollapsible(False)
        whole.setSizes([400, 520])
        whole.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)

    def _connect(self) -> None:
        hub = self._model.hub
        for painter in (*self.sides, self.apart):
            painter.hovered.connect(hub.hover)
            painter.clicked.connect(hub.select)
            painter.left.connect(hub.leave)
            painter.time_window_changed.connect(partial(self._on_zoom, painter))
        hub.selected.connect(self._on_selected)
        hub.hovered.connect(partial(self._point, hover=True))
        hub.window_moved.connect(self._on_window)
        self._model.changed.connect(self._on_news)
        self.choices.changed.connect(partial(self.ask, "curves"))
        self.equal.toggled.connect(partial(self.ask, "table"))

    # ---- what is wished

    def use_view(self, view: View, options: OptionBar) -> None:
        """Another view side by side, under a line with its options."""
        self.view, self.options = view, options.values()
        if self._bar is not None:
            self._bar.deleteLater()
        self._bar = TitleBar(view.title, options=options)
        self._below.insertWidget(0, self._bar)
        self._model.need(view.needs)
        self.ask("view")

    def use_options(self, options: dict[str, str | bool]) -> None:
        """Other choices of the view."""
        self.options = options
        self.ask("view")

    def show_difference(self, shown: bool) -> None:
        """The difference beside the two, or not."""
        self.apart.setVisible(shown)
        self.ask("view")

    def style_as(self, theme: str) -> None:
        """The colours."""
        for painter in (self.curves, self.table, self.apart, *self.sides):
            painter.set_theme(theme)

    def page(self) -> Sheet:
        """All of it as one figure."""
        wish = Wish(
            "all",
            self.choices.values(),
            self.options,
            self.equal.isChecked(),
            max(self.width(), 900),
            apart=not self.apart.isHidden(),
        )
        return sheet(self._model.compared(), self.view, wish)

    # ---- drawing

    def ask(self, *parts: object) -> None:
        """Draw these parts soon: curves, table, view."""
        self._due |= {str(part) for part in parts if isinstance(part, str)}
        if not self._draw.isActive():
            self._draw.start()

    def draw(self) -> None:
        """Draw what is due."""
        due, self._due = self._due, set()
        compared = self._model.compared()
        if "curves" in due:
            options = self.choices.values()
            self._show(self.curves, lambda: curves.curves(compared, options))
        if "table" in due:
            self._show(self.table, lambda: configurations(compared, self.equal.isChecked()))
        if "view" in due:
            self._draw_views(compared)

    def _draw_views(self, compared: Compared) -> None:
        wide = sum(painter.width() for painter in self.sides)
        try:
            drawn = side_by_side(self.view, compared, self.options, wide)
        except Exception as error:
            drawn = (self._failed(error),) * len(self.sides)
        troubles = [rival.problem for rival in self._model.rivals]
        for painter, picture, trouble in zip(self.sides, drawn, troubles, strict=True):
            empty = Picture(picture.title, message=trouble, colour=picture.colour)
            painter.show_picture(empty if trouble and picture.message else picture)
        if not self.apart.isHidden():
            width = self.apart.width()
            self._show(self.apart, lambda: difference(self.view, compared, self.options, width))
        self._point(common_selection(compared))

    def _show(self, painter: PictureWidget, draw: Callable[[], Picture]) -> None:
        try:
            painter.show_picture(draw())
        except Exception as error:
            painter.show_picture(self._failed(error))

    def _failed(self, error: Exception) -> Picture:
        log.exception("comparison failed")
        text = f"This could not be drawn ({type(error).__name__}: {error}). The rest goes on."
        return Picture(self.view.title, message=text)

    # ---- what happens

    def _on_news(self, news: set[str]) -> None:
        parts = {"history": ("curves", "table", "view"), "snapshot": ("view",)}
        for each in news:
            self.ask(*parts.get(each, ()))

    def _on_selected(self, selection: Selection) -> None:
        self._point(selection)
        self.ask("view")

    def _point(self, selection: Selection, hover: bool = False) -> None:
        for painter in (*self.sides, self.apart):
            painter.set_selection(selection, hover)

    def _on_zoom(self, painter: PictureWidget, low: float, high: float) -> None:
        zoomed = painter.is_zoomed_in("time")
        self._model.hub.move_window((low, high) if zoomed else None, painter)

    def _on_window(self, window: tuple[float, float] | None, source: object) -> None:
        for painter in (*self.sides, self.apart):
            if painter is source:
                continue
            if window is None:
                painter.show_whole("time")
            else:
                painter.set_time_window(*window)
        self.ask("view")


def _painter(name: str, parent: QWidget) -> PictureWidget:
    painter = PictureWidget(parent)
    painter.setObjectName(f"compare_{name}")
    return painter


def _titled(text: str, options: QWidget, painter: PictureWidget, parent: QWidget) -> QWidget:
    """A painter under a line with its title and, where there is room, its choices."""
    box = QWidget(parent)
    painter.set_known_title(text)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(TitleBar(text, options=options))
    column.addWidget(painter, 1)
    return box
