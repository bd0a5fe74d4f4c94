"""The main window: puts the parts together and routes what the user asks for to the one that
does it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app import menus, settings, wiring
from rnnviz.app.appearance import Appearance, dress
from rnnviz.app.banner import Banner
from rnnviz.app.collector import Collector
from rnnviz.app.commands import CommandPalette
from rnnviz.app.experiment import ExperimentPanel
from rnnviz.app.exporting import Exporter
from rnnviz.app.help import HelpPages
from rnnviz.app.hub import SelectionHub
from rnnviz.app.keys import KeysFirst, Navigator
from rnnviz.app.menu_tables import menu_tables
from rnnviz.app.opener import Opener, dropped_path
from rnnviz.app.probe_bar import ProbeBar
from rnnviz.app.run_bar import RunBar
from rnnviz.app.run_control import RunControl
from rnnviz.app.run_model import RunModel
from rnnviz.app.run_news import RunNews
from rnnviz.app.runs import Runs
from rnnviz.app.stage import Stage
from rnnviz.app.time_travel import TimeTravel
from rnnviz.app.timeline import Timeline
from rnnviz.app.welcome import WelcomePage
from rnnviz.app.workspace import Workspace
from rnnviz.contracts.config import RunConfig
from rnnviz.engine import recipes


class MainWindow(QMainWindow):
    """One window, one run."""

    def __init__(self, settings_file: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.settings_file = settings_file or settings.settings_path()
        self.settings = settings.load(self.settings_file)
        dress(self.settings)
        self.collector = Collector(self)
        self.hub = SelectionHub(self)
        self.run = RunModel(self)
        self.control = RunControl(self.run, self)
        self.travel = TimeTravel(self.run, self.hub, self)
        self.stage = Stage(self.run, self.travel, self.hub, self.settings, self)
        self.opener = Opener(self)
        # Made where they stay: each move to another parent styles every widget inside anew.
        self.shell = QWidget(self)
        self.pages = QStackedWidget(self.shell)
        self.welcome = WelcomePage(recipes.every(), self.pages)
        self.experiment = ExperimentPanel(self)
        self.workspace = Workspace(self.stage.scene, self.hub, self.experiment, self.pages)
        self.run_bar, self.banner, self.probe = RunBar(self), Banner(self), ProbeBar(self)
        self.timeline = Timeline(self.travel, self.run, self)
        self.exporter = Exporter(self.workspace, self.settings, self.run, self)
        self.runs = Runs(self)
        self.navigator = Navigator(self.hub, self.run)
        self.appearance = Appearance(self.settings, self.workspace, self._on_dressed)
        self._lay_out()
        self.actions_by_name: dict[str, QAction] = {}
        self._fill_menus()
        wiring.connect(self)
        self.news = RunNews(self)
        self.keys_first = KeysFirst(self)
        self._restore()
        self.stage.open(self.workspace)

    def _lay_out(self) -> None:
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.workspace)
        self.shell.setObjectName("shell")
        column = QVBoxLayout(self.shell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        below: tuple[QWidget, ...] = (self.timeline, self.probe)
        for widget in (self.run_bar, self.banner, self.pages, *below):
            column.addWidget(widget, 1 if widget is self.pages else 0)
        for widget in below:
            widget.hide()
        self.setCentralWidget(self.shell)

    def _fill_menus(self) -> None:
        for title, commands in menu_tables(self).items():
            menu = self.menuBar().addMenu(title)
            menu.setObjectName(f"menu_{title.replace('&', '').lower()}")
            self.actions_by_name |= menus.fill(self, menu, commands)
        self.actions_by_name["resume"].setEnabled(False)

    def _restore(self) -> None:
        room = self.screen().availableGeometry()
        width, height = self.settings.geometry
        # A window as large as the screen would lose its lower edge to the title bar.
        self.resize(min(width, room.width()), min(height, room.height() - 32))
        if not (self.settings.layout and self.workspace.restore_layout(self.settings.layout)):
            self.workspace.use_layout("Train")
        self.appearance.use_theme(self.settings.theme)
        self.show_welcome()

    def _on_dressed(self) -> None:
        self.run_bar.refresh_icons()
        self.experiment.form.refresh_icons()
        self.banner.refresh_icons()
        self.timeline.set_theme(self.appearance.theme)
        self.welcome.show_theme(self.appearance.theme != "light")
        self.runs.dress()

    # ---- commands

    def train(self) -> None:
        """Begin or go on."""
        self.show_workspace()
        self.control.train(self.experiment.config())

    def branch(self) -> None:
        """A new run with the form's options from what is shown now."""
        shown = self.travel.step if self.travel.step is not None else self.run.step
        self.control.branch(self.experiment.config(), shown)

    def toggle(self) -> None:
        """Space: train or pause."""
        if self.run.state == "training":
            self.control.pause()
        else:
            self.train()

    def use_recipe(self, name: str) -> None:
        """Train a recipe now; a series one after another, side by side."""
        variants = recipes.series(name)
        if variants:
            self.runs.train(name, variants)
            return
        config = recipes.configuration(name)
        self.experiment.show_config(config)
        self.show_workspace()
        self.control.prepare(config, train=True)

    def use_corpus(self, name: str, task: str) -> None:
        """Show a corpus and the sizes that follow; training waits for the user."""
        self.experiment.set_corpus(name, task)
        self.show_workspace()
        self.workspace.docks["corpus"].raise_()
        self.control.prepare(self.experiment.config())

    def use_config(self, config: RunConfig) -> None:
        """Fill in a configuration and prepare it."""
        self.experiment.show_config(config)
        self.show_workspace()
        self.control.prepare(config)

    def show_welcome(self) -> None:
        """The start page."""
        self.welcome.show_recent(self.settings.recent_runs, self.settings.recent_corpora)
        self.pages.setCurrentWidget(self.welcome)
        self.probe.hide()
        self.timeline.hide()

    def show_workspace(self) -> None:
        """The views."""
        if self.pages.currentWidget() is not self.workspace:
            self.pages.setCurrentWidget(self.workspace)
            # Else the page would hand it to its first field, which then eats Space and the arrows.
            self.workspace.setFocus()
            self.probe.show()
            self.timeline.show()
            QTimer.singleShot(0, self, self.look)

    def use_layout(self, name: str) -> None:
        """One of the named layouts."""
        self.show_workspace()
        self.workspace.use_layout(name)

    def show_view(self, name: str) -> None:
        """Open a view's dock and bring it to the front."""
        self.show_workspace()
        self.workspace.show_dock(name)

    def reset_layout(self) -> None:
        """The current layout as it was made."""
        self.use_layout(self.workspace.layout_name)

    def toggle_full_screen(self) -> None:
        """F11: the whole screen, or back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def fit(self) -> None:
        """Show everything in every view again."""
        self.hub.move_window(None, self)
        self.workspace.for_all_painters(lambda painter: painter.follow())

    def back(self) -> None:
        """Esc: out of a line, else of a zoom, else of the selection, else of the past."""
        if isinstance(self.focusWidget(), QLineEdit | QComboBox):
            self.workspace.setFocus()
        elif self.hub.window is not None:
            self.fit()
        elif not self.hub.unselect():
            self.travel.live()

    def write_sample(self) -> None:
        """A sample from the probe's text, now."""
        look = self.experiment.config().look
        self.control.write_sample(self.probe.line.text().replace("↵", "\n"), look)
        self.show_view("samples")

    def show_commands(self) -> None:
        """The command palette."""
        palette = CommandPalette(list(self.actions_by_name.values()), self)
        palette.move(self.mapToGlobal(self.rect().center()) - palette.rect().center())
        palette.show()
        palette.line.setFocus()
        palette.finished.connect(palette.deleteLater)

    def show_help(self, page: str) -> None:
        """A page of help in the banner's place or its own window."""
        HelpPages(self, self.actions_by_name).show_page(page)

    def answer(self, action: str) -> None:
        """Do what the banner's message offers."""
        if action == "rewind":
            self.control.rewind()
        elif action == "remedy":
            self.use_config(self.experiment.config().replaced(dict(self.run.remedy)))
        elif action == "cancel_export":
            self.exporter.long.cancel()

    def read_probe(self, text: str) -> None:
        """Let the network read another text."""
        # Who asks another text wants to know how the network reads it now.
        self.travel.live()
        self.control.look(self.workspace.needs(), text)

    def look(self) -> None:
        """Look at the network as the visible views need it."""
        self.travel.need(self.workspace.needs())
        self.control.look(self.workspace.needs(), self.probe.line.text().replace("↵", "\n"))

    def remember_options(self, view: str, options: dict[str, Any]) -> None:
        """What was chosen above a view stands there again at the next start."""
        self.settings.options[view] = options

    # ---- events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_path(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.opener.drop(event.mimeData())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.settings.geometry = (self.width(), self.height())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.exporter.long.close()
        self.stage.close()
        self.settings.layout = self.workspace.layout_state()
        settings.save(self.settings, self.settings_file)
        self.runs.close()
        self.control.close(timeout=5.0)
        self.collector.close()
        super().closeEvent(event)
