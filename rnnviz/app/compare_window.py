"""The window of a comparison: which view, which step, and one figure of it all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app.compare_board import CompareBoard
from rnnviz.app.compare_model import Comparison
from rnnviz.app.compare_timeline import CompareTimeline
from rnnviz.app.export_dialog import ExportDialog, ExportWish
from rnnviz.app.jobs import Job
from rnnviz.app.title_bar import OptionBar
from rnnviz.contracts import discovery
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.view import View

INCHES_PER_RUN = 5.5


class CompareWindow(QMainWindow):
    """Two to four runs beside one another; they may be training, or not have begun yet.

    told, failed  what was written, or why not
    closed        it is gone
    """

    told = Signal(str)
    failed = Signal(str)
    closed = Signal()

    def __init__(self, runs: Mapping[Path, RunConfig | None], view: str = "states") -> None:
        super().__init__()
        self.setObjectName("compare_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.model = Comparison(runs, self)
        found: dict[str, type[View]] = discovery.every("views", View)
        self._views = {name: kind() for name, kind in found.items()}
        self.board = CompareBoard(self.model, self._views[view], self)
        self.timeline = CompareTimeline(self.model, self)
        self.chooser = QComboBox(self)
        self.chooser.setObjectName("compare_view")
        self.chooser.setAccessibleName("View of every run")
        self.apart = QCheckBox("Difference", self)
        self.apart.setObjectName("compare_difference")
        self.apart.setToolTip("The first run's values minus the second's")
        self.apart.setVisible(len(runs) == 2)
        self.export_button = QPushButton("Export…", self)
        self.export_button.setObjectName("compare_export")
        self.export_button.setToolTip("One figure of it all (Ctrl+E)")
        self.said = QLabel("", self)
        self.said.setObjectName("compare_said")
        self.said.setProperty("role", "muted")
        self.said.setMinimumWidth(20)
        self._options: OptionBar | None = None
        self._theme, self._folder = "light", ""
        self._lay_out(view)
        self._connect()
        self._on_view()
        self._title()
        self.model.start()

    def _lay_out(self, view: str) -> None:
        for name, kind in sorted(self._views.items(), key=lambda item: item[1].menu_order):
            self.chooser.addItem(kind.title, name)
        self.chooser.setCurrentIndex(self.chooser.findData(view))
        bar = QWidget(self)
        bar.setObjectName("run_bar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(10, 5, 8, 5)
        line.setSpacing(8)
        line.addWidget(QLabel("Side by side", bar))
        line.addWidget(self.chooser)
        line.addWidget(self.said, 1)
        for widget in (self.apart, self.export_button):
            line.addWidget(widget)
        shell = QWidget(self)
        column = QVBoxLayout(shell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.board, 1)
        column.addWidget(self.timeline)
        self.setCentralWidget(shell)
        room = self.screen().availableGeometry()
        wanted = 1280 if len(self.model.rivals) == 2 else 1680
        self.resize(min(wanted, room.width()), min(920, room.height() - 32))

    def _connect(self) -> None:
        self.chooser.currentIndexChanged.connect(self._on_view)
        self.apart.toggled.connect(self.board.show_difference)
        self.export_button.clicked.connect(self.ask_export)
        self.model.changed.connect(self._title)
        self.told.connect(self.said.setText)
        self.failed.connect(self.said.setText)
        QShortcut(QKeySequence("Ctrl+E"), self, self.ask_export)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        QShortcut(QKeySequence("Esc"), self, self.back)
        QShortcut(QKeySequence("F"), self, self.fit)

    # ---- what is asked for

    def use_view(self, name: str) -> None:
        """Show another view of every run."""
        self.chooser.setCurrentIndex(self.chooser.findData(name))

    def style_as(self, theme: str, notation: str) -> None:
        """As the main window looks."""
        self._theme = theme
        self.model.notation = notation
        self.board.style_as(theme)
        self.timeline.set_theme(theme)
        self.board.ask("view", "curves", "table")

    def fit(self) -> None:
        """Show everything in every picture again."""
        self.model.hub.move_window(None, self)
        for painter in (self.board.curves, *self.board.sides, self.board.apart):
            painter.follow()

    def back(self) -> None:
        """Out of a zoom, else of the selection, else of the past."""
        if self.model.hub.window is not None:
            self.fit()
        elif not self.model.hub.unselect():
            self.model.go(None)

    def ask_export(self) -> None:
        """Ask how and where to, and write one figure."""
        theme = "light" if self._theme == "light" else "dark"
        dialog = ExportDialog("comparison", self._folder, theme, self)
        dialog.width_box.setValue(INCHES_PER_RUN * len(self.model.rivals))
        if dialog.exec():
            self.write(dialog.wish())
        dialog.deleteLater()

    def write(self, wish: ExportWish) -> None:
        """Write the figure beside the window."""
        self._folder = str(wish.path.parent)
        page = self.board.page()

        def work() -> str:
            from rnnviz.export import write_picture

            height = wish.height or None
            write_picture(page, wish.path, wish.theme, wish.width, height, wish.dpi)
            return f"Written: {wish.path}"

        job = Job(work, "export_comparison", self)
        job.done.connect(self._on_written)
        job.failed.connect(self._on_failed)
        job.start()

    # ---- what happens

    def _on_view(self) -> None:
        view = self._views[self.chooser.currentData()]
        if self._options is not None:
            self._options.hide()
            self._options.deleteLater()
        self._options = OptionBar(view, self)
        self._options.changed.connect(self._on_options)
        self.board.use_view(view, self._options)

    def _on_options(self) -> None:
        assert self._options is not None
        self.board.use_options(self._options.values())

    def _on_written(self, message: str) -> None:
        self.told.emit(message)

    def _on_failed(self, error: Exception) -> None:
        known = isinstance(error, UserError)
        self.failed.emit(str(error) if known else f"Could not export: {error}.")

    def _title(self) -> None:
        names = " · ".join(side.name for side in self.model.compared())
        if self.windowTitle() != f"{names} – rnnviz":
            self.setWindowTitle(f"{names} – rnnviz")

    def closeEvent(self, event: QCloseEvent) -> None:
        self.model.close()
        super().closeEvent(event)
        self.closed.emit()
