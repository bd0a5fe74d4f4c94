"""The list of all runs: open, compare, delete; branches stand under the run they came from."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app.jobs import Job
from rnnviz.app.run_tree import PATH, grown, listed, members, run_tree
from rnnviz.contracts.comparison import MOST

if TYPE_CHECKING:
    from rnnviz.engine.family import Family, RunInfo

REFRESH_MS = 3000
WRITTEN = ("training", "paused")


class RunBrowser(QWidget):
    """A window of its own over one folder of runs.

    open_wanted     the folder of a run
    resume_wanted   the folder of a run to be trained on
    branch_wanted   the folder of a run that another one is to begin from
    compare_wanted  the folders of two to four
    """

    open_wanted = Signal(str)
    resume_wanted = Signal(str)
    branch_wanted = Signal(str)
    compare_wanted = Signal(object)

    def __init__(self, folder: Path, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("run_browser")
        self.setWindowTitle("Runs – rnnviz")
        self.folder = folder
        self.rows: dict[str, RunInfo] = {}
        self._families: tuple[Family, ...] = ()
        self._listed = False
        self._job: Job | None = None
        self._wanted: set[str] = set()
        self.filter = QLineEdit(self)
        self.filter.setObjectName("run_filter")
        self.filter.setAccessibleName("Find runs")
        self.filter.setPlaceholderText("Find by name, cell, task or state…")
        self.filter.setClearButtonEnabled(True)
        self.tree = run_tree(self)
        self.said = QLabel("", self)
        self.said.setObjectName("runs_said")
        self.said.setProperty("role", "muted")
        self.buttons = self._buttons()
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setObjectName("refresh_browser")
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._on_selection()

    def _buttons(self) -> dict[str, QPushButton]:
        made = {}
        for name, text, tip, slot in (
            ("open", "Open", "Show this run in the window (Enter)", self.open_chosen),
            (
                "compare",
                "Compare",
                f"Two to {MOST} runs side by side (Ctrl+K)",
                self.compare_chosen,
            ),
            ("continue", "Continue", "Train it on where it stopped", self.resume_chosen),
            ("branch", "Branch", "Begin another run with what it has learned", self.branch_chosen),
            ("reveal", "Show folder", "In the file manager", self.reveal_chosen),
            ("delete", "Delete…", "Into the trash (Del)", self.delete_chosen),
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"runs_{name}")
            button.setAccessibleName(text)
            button.setToolTip(tip)
            button.clicked.connect(slot)
            made[name] = button
        return made

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.said, 1)
        for button in self.buttons.values():
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        column.addWidget(self.filter)
        column.addWidget(self.tree, 1)
        column.addLayout(line)
        room = self.screen().availableGeometry()
        self.resize(min(1120, room.width()), min(560, room.height() - 32))

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._fill)
        self.tree.itemSelectionChanged.connect(self._on_selection)
        self.tree.itemActivated.connect(self.open_chosen)
        self.tree.customContextMenuRequested.connect(self._on_menu)
        QShortcut(QKeySequence("Ctrl+K"), self, self.compare_chosen)
        QShortcut(QKeySequence.StandardKey.Delete, self, self.delete_chosen)
        QShortcut(QKeySequence("Esc"), self, self.close)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        QShortcut(QKeySequence("F5"), self, self.refresh)

    # ---- what there is

    def refresh(self) -> None:
        """Read the folder again, beside the window."""
        if self._job is None:
            self._job = Job(partial(listed, self.folder), "list_runs", self)
            self._job.done.connect(self._on_rows)
            self._job.failed.connect(self._on_failed)
            self._job.start()

    def choose(self, paths: list[Path]) -> None:
        """Select these runs, now or when they are listed."""
        self._wanted = {str(path) for path in paths}
        self._fill()

    def chosen(self) -> list[RunInfo]:
        """The selected runs, top to bottom."""
        items = sorted(self.tree.selectedItems(), key=lambda i: self.tree.visualItemRect(i).y())
        return [self.rows[path] for i in items if (path := i.data(0, PATH)) in self.rows]

    def _on_rows(self, found: tuple[Family, ...]) -> None:
        self._job = None
        if found != self._families or not self._listed:
            self._listed, self._families = True, found
            self.rows = {str(run.path): run for run in members(found)}
            self._fill()

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self.said.setText(f"The runs could not be listed: {error}.")

    def _fill(self) -> None:
        chosen = {str(row.path) for row in self.chosen()} | self._wanted
        words = self.filter.text().lower().split()
        items: dict[str, QTreeWidgetItem] = {}
        self.tree.blockSignals(True)
        self.tree.clear()
        for family in self._families:
            self.tree.addTopLevelItems(grown(family, words, items))
        self.tree.expandAll()
        for path in chosen & items.keys():
            items[path].setSelected(True)
            self._wanted.discard(path)
        self.tree.blockSignals(False)
        self._on_selection()

    # ---- what is done with them

    def open_chosen(self) -> None:
        """Open the one that is selected."""
        chosen = self.chosen()
        if len(chosen) == 1:
            self.open_wanted.emit(str(chosen[0].path))

    def resume_chosen(self) -> None:
        """Train the selected one on."""
        for run in self.chosen()[:1]:
            self.resume_wanted.emit(str(run.path))

    def branch_chosen(self) -> None:
        """Begin another run from the selected one."""
        for run in self.chosen()[:1]:
            self.branch_wanted.emit(str(run.path))

    def compare_chosen(self) -> None:
        """Compare those that are selected."""
        chosen = self.chosen()
        if 2 <= len(chosen) <= MOST:
            self.compare_wanted.emit([row.path for row in chosen])

    def reveal_chosen(self) -> None:
        """Open their folders in the file manager."""
        for row in self.chosen()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(row.path)))

    def delete_chosen(self) -> None:
        """Ask, and move them to the trash; where there is no trash, ask again and delete."""
        chosen = [row for row in self.chosen() if row.state not in WRITTEN]
        if not chosen:
            return
        what = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} runs"
        if not self._agrees(f"Move {what} to the trash?"):
            return
        left = [row.path for row in chosen if not QFile.moveToTrash(str(row.path))]
        if left and self._agrees(f"There is no trash here. Delete {what} for good?"):
            for path in left:
                shutil.rmtree(path, ignore_errors=True)
        self.refresh()

    def _agrees(self, question: str) -> bool:
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.Cancel
        return QMessageBox.question(self, "Delete", question, yes | no, no) == yes

    def _on_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("runs_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self.buttons.values():
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)
        menu.popup(self.tree.viewport().mapToGlobal(position))

    def _on_selection(self) -> None:
        chosen = self.chosen()
        usable = [row for row in chosen if row.state != "damaged"]
        one = usable[0] if len(chosen) == 1 and usable else None
        self.buttons["open"].setEnabled(one is not None)
        self.buttons["branch"].setEnabled(one is not None)
        self.buttons["continue"].setEnabled(one is not None and one.state not in WRITTEN)
        self.buttons["compare"].setEnabled(2 <= len(usable) == len(chosen) <= MOST)
        self.buttons["reveal"].setEnabled(len(chosen) == 1)
        self.buttons["delete"].setEnabled(
            bool(chosen) and all(row.state not in WRITTEN for row in chosen)
        )
        self.said.setText(self._words(len(chosen)))

    def _words(self, chosen: int) -> str:
        if not self._listed:
            return f"Reading the runs in {self.folder}…"
        if not self.rows:
            return f"No runs yet in {self.folder}: each one that is trained is kept there."
        count = len(self.rows)
        runs = "1 run" if count == 1 else f"{count:,} runs"
        hint = f"{chosen} selected" if chosen else f"select two to {MOST} to compare them"
        return f"{runs} in {self.folder} · {hint}"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.wait(2.0)
            self._job = None
        super().closeEvent(event)
