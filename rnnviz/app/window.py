"""The main window: puts the parts together and routes what the user asks for to the one that
does it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app import menus, opening, settings, theme
from rnnviz.app.bars import Banner, ProbeBar, RunBar
from rnnviz.app.collector import Collector
from rnnviz.app.commands import CommandPalette
from rnnviz.app.experiment import ExperimentPanel
from rnnviz.app.exporting import Exporter
from rnnviz.app.help import HelpPages
from rnnviz.app.hub import SelectionHub
from rnnviz.app.keys import Navigator
from rnnviz.app.menu_tables import menu_tables
from rnnviz.app.run_control import RunControl
from rnnviz.app.run_model import RunModel
from rnnviz.app.run_opening import RunOpening
from rnnviz.app.view_host import ViewHost
from rnnviz.app.welcome import WelcomePage
from rnnviz.app.workspace import Workspace
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.events import Ready
from rnnviz.contracts.view import Scene
from rnnviz.engine import recipes

TICK_MS = 33


class MainWindow(QMainWindow):
    """One window, one run."""

    def __init__(self, settings_file: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.settings_file = settings_file or settings.settings_path()
        self.settings = settings.load(self.settings_file)
        self.theme = theme.resolved(self.settings.theme)
        self.collector = Collector(self)
        self.hub = SelectionHub(self)
        self.run = RunModel(self)
        self.control = RunControl(self.run, self)
        self.opening = RunOpening(self.run, self.control, self)
        self.welcome = WelcomePage(recipes.every(), self.theme != "light", self)
        self.experiment = ExperimentPanel(self)
        self.workspace = Workspace(self.scene, self.hub, self.experiment, self)
        self.run_bar, self.banner, self.probe = RunBar(self), Banner(self), ProbeBar(self)
        self.exporter = Exporter(self.workspace, self.settings, self)
        self.navigator = Navigator(self.hub, self.run)
        self.pages = QStackedWidget(self)
        self._lay_out()
        self.actions_by_name: dict[str, QAction] = {}
        self._fill_menus()
        self._connect()
        self._restore()
        self._tick = QTimer(self)
        self._tick.setObjectName("tick")
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._tick.start()
        self._ticks = 0

    def _lay_out(self) -> None:
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.workspace)
        shell = QWidget(self)
        shell.setObjectName("shell")
        column = QVBoxLayout(shell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.run_bar, self.banner):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        column.addWidget(self.probe)
        self.setCentralWidget(shell)
        self.probe.hide()

    def _fill_menus(self) -> None:
        for title, commands in menu_tables(self).items():
            menu = self.menuBar().addMenu(title)
            menu.setObjectName(f"menu_{title.replace('&', '').lower()}")
            self.actions_by_name |= menus.fill(self, menu, commands)

    def _connect(self) -> None:
        self.run.changed.connect(self._on_news)
        self.run.warned.connect(self.warn)
        self.run.prepared.connect(self._on_prepared)
        self.run.progressed.connect(self.run_bar.show_preparation)
        self.control.loaded.connect(self.welcome.show_loaded)
        self.control.load_failed.connect(self.fail)
        self.control.begun.connect(self._on_begun)
        self.opening.opened.connect(self._on_opened)
        self.opening.failed.connect(self.fail)
        self.exporter.told.connect(self.tell)
        self.exporter.failed.connect(self.fail)
        self.welcome.recipe_chosen.connect(self.use_recipe)
        self.welcome.run_chosen.connect(self.open)
        self.welcome.corpus_chosen.connect(self.open)
        self.experiment.changed.connect(self.control.change)
        self.experiment.open_wanted.connect(self.ask_open)
        bar = self.run_bar
        bar.train.connect(self.train)
        bar.pause.connect(self.control.pause)
        bar.step.connect(self.control.step)
        bar.stop.connect(self.control.stop)
        bar.palette_wanted.connect(self.show_commands)
        bar.home.connect(self.show_welcome)
        self.banner.action.connect(self._on_banner)
        self.probe.probe_changed.connect(self._on_probe)
        self.workspace.needs_changed.connect(self._look)
        for host in self.workspace.hosts.values():
            host.options_changed.connect(self._on_options)
            host.export_wanted.connect(self.exporter.ask)
            host.action_wanted.connect(self._on_view_action)
            host.set_options(self.settings.options.get(host.view.name, {}))

    def _restore(self) -> None:
        room = self.screen().availableGeometry()
        width, height = self.settings.geometry
        # A window as large as the screen would lose its lower edge to the title bar.
        self.resize(min(width, room.width()), min(height, room.height() - 32))
        if not (self.settings.layout and self.workspace.restore_layout(self.settings.layout)):
            self.workspace.use_layout("Train")
        self.use_theme(self.settings.theme)
        self.show_welcome()

    # ---- what views see

    def scene(self, host: ViewHost) -> Scene:
        """Everything a view may draw, as it is now."""
        return Scene(
            snapshot=self.run.snapshot,
            history=self.run.history,
            selection=self.hub.current if "hover" in host.view.depends else self.hub.selection,
            samples=tuple(self.run.samples),
            corpus=self.run.corpus,
            past=tuple(self.run.past),
            options=host.options,
            window=self.hub.window,
            width=host.width(),
            height=host.height(),
            notation=self.settings.notation,
        )

    def _on_tick(self) -> None:
        self.run.poll()
        self.workspace.draw_some()
        self._ticks += 1
        if self._ticks % 8 == 0:
            if self.run.state != "preparing":
                self.run_bar.show_run(self.run)
            self.probe.show_run(self.run)
            self.control.tidy()

    def _on_news(self, news: set[str]) -> None:
        self.workspace.tell(news)
        if "corpus" in news:
            self.experiment.show_corpus(self.run.corpus)
            self.experiment.show_structure(self.run.structure)
        if "state" in news:
            self._on_state()

    def _on_state(self) -> None:
        self.run_bar.show_run(self.run)
        name = self.run.config.title if self.run.config else ""
        self.setWindowTitle(f"{name} – rnnviz" if name else "rnnviz")
        if self.run.message:
            bad = self.run.state in ("failed", "paused")
            rewind = self.run.can_rewind
            self.banner.say(
                self.run.message,
                "rewind" if rewind else "",
                "Back to the last good state",
                kind="bad" if bad else "good",
                seconds=0 if bad else 12,
            )

    def _on_prepared(self, ready: Ready) -> None:
        self.probe.show_text(
            (self.run.config and self.run.config.look.probe) or ready.default_probe
        )
        if self.run.config is not None:
            self.settings.remember_corpus(self.run.config.task.corpus)
            self.experiment.set_recent(self.settings.recent_corpora)
        self._look()

    def _on_begun(self, config: RunConfig) -> None:
        self.banner.hide()
        self.hub.clear()
        for host in self.workspace.hosts.values():
            host.revive()
            host.painter.follow()
        self.experiment.show_config(config)
        if self.run.path is not None:
            self.settings.remember_run(self.run.path)
        self.show_workspace()

    def _on_opened(self, config: RunConfig, path: Path) -> None:
        self.hub.clear()
        self.experiment.show_config(config)
        self.settings.remember_run(path)
        if self.run.snapshot is not None:
            self.probe.line.setText(
                "".join(self.run.snapshot.tokens.source or self.run.snapshot.tokens.input)
            )
        self.show_workspace()

    # ---- commands

    def train(self) -> None:
        """Begin or go on."""
        self.show_workspace()
        self.control.train(self.experiment.config())

    def toggle(self) -> None:
        """Space: train or pause."""
        if self.run.state == "training":
            self.control.pause()
        else:
            self.train()

    def use_recipe(self, name: str) -> None:
        """Train a recipe now."""
        config = recipes.configuration(name)
        self.experiment.show_config(config)
        self.show_workspace()
        self.control.prepare(config, train=True)

    def ask_open(self) -> None:
        """File ▸ Open."""
        chosen, _ = QFileDialog.getOpenFileName(
            self,
            "Open a text, sentence pairs, a recipe",
            "",
            "Texts, pairs, recipes (*.txt *.tsv *.toml *.md *);;All files (*)",
        )
        if chosen:
            self.open(chosen)

    def ask_open_folder(self) -> None:
        """File ▸ Open folder."""
        chosen = QFileDialog.getExistingDirectory(self, "Open a folder of texts or a run")
        if chosen:
            self.open(chosen)

    def open(self, name: str) -> None:
        """Open whatever `name` is: corpus, recipe or run."""
        try:
            kind = "language_model" if name.startswith("sample:") else opening.kind_of(Path(name))
            if name.startswith("sample:translation") or kind == "translation":
                self._use_corpus(name, "translation")
            elif kind == "language_model":
                self._use_corpus(name, "language_model")
            elif kind == "run":
                self.opening.open(Path(name))
            else:
                self._use_config(self.opening.read_recipe(Path(name)))
        except UserError as error:
            self.fail(str(error))

    def _use_corpus(self, name: str, task: str) -> None:
        self.experiment.set_corpus(name, task)
        self.show_workspace()
        self.workspace.docks["corpus"].raise_()
        self.control.prepare(self.experiment.config())

    def _use_config(self, config: RunConfig) -> None:
        self.experiment.show_config(config)
        self.show_workspace()
        self.control.prepare(config)

    def show_welcome(self) -> None:
        """The start page."""
        self.welcome.show_recent(self.settings.recent_runs, self.settings.recent_corpora)
        self.pages.setCurrentWidget(self.welcome)
        self.probe.hide()

    def show_workspace(self) -> None:
        """The views."""
        if self.pages.currentWidget() is not self.workspace:
            self.pages.setCurrentWidget(self.workspace)
            self.probe.show()
            QTimer.singleShot(0, self, self._look)

    def use_layout(self, name: str) -> None:
        """One of the named layouts."""
        self.show_workspace()
        self.workspace.use_layout(name)

    def use_theme(self, choice: str) -> None:
        """light, dark, contrast or system."""
        self.settings.theme = choice
        self.theme = theme.resolved(choice)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, self.theme, self.settings.font_scale)
        self.workspace.for_all_painters(lambda painter: painter.set_theme(self.theme))
        self.workspace.for_all_painters(
            lambda painter: painter.set_font_scale(self.settings.font_scale)
        )
        self.run_bar.refresh_icons()
        self.workspace.refresh_icons()
        self.welcome.show_theme(self.theme != "light")

    def scale_font(self, factor: float) -> None:
        """Larger or smaller type everywhere; 0 returns to normal."""
        scale = self.settings.font_scale * factor if factor else 1.0
        self.settings.font_scale = min(2.5, max(0.7, scale))
        self.use_theme(self.settings.theme)

    def use_notation(self, name: str) -> None:
        """The letters of formulas."""
        self.settings.notation = name
        self.workspace.tell({"snapshot", "selection"})

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

    # ---- messages

    def tell(self, message: str) -> None:
        """Good news."""
        self.banner.say(message, kind="good", seconds=8)

    def warn(self, message: str) -> None:
        """Something to know."""
        self.banner.say(message, kind="warning", seconds=20)

    def fail(self, message: str) -> None:
        """Something went wrong."""
        self.banner.say(message, kind="bad")

    def _on_banner(self, action: str) -> None:
        if action == "rewind":
            self.control.rewind()

    def _on_view_action(self, name: str) -> None:
        self.train()

    def _on_probe(self, text: str) -> None:
        self.control.look(self.workspace.needs(), text)

    def _look(self) -> None:
        self.control.look(self.workspace.needs(), self.probe.line.text().replace("↵", "\n"))

    def _on_options(self, view: str, options: dict[str, Any]) -> None:
        self.settings.options[view] = options

    # ---- events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        # The drop must be answered before a new run replaces what the drag came over.
        QTimer.singleShot(0, self, partial(self.open, _dropped(event.mimeData())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.settings.geometry = (self.width(), self.height())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tick.stop()
        self.settings.layout = self.workspace.layout_state()
        settings.save(self.settings, self.settings_file)
        self.control.close(timeout=5.0)
        self.collector.close()
        super().closeEvent(event)


def _dropped(data: QMimeData) -> str:
    """The first local path of a drop, "" when there is none."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return paths[0] if paths else ""
