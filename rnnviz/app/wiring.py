"""Who listens to whom in the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


def connect(window: MainWindow) -> None:
    """Connect the parts of the window with one another and with its commands."""
    _start_page(window)
    _opener(window)
    _form(window)
    _run_bar(window)
    _probe(window)
    _views(window)
    _messages(window)


def _start_page(window: MainWindow) -> None:
    page = window.welcome
    page.recipe_chosen.connect(window.use_recipe)
    page.run_chosen.connect(window.opener.open)
    page.resume_chosen.connect(window.runs.resume)
    page.runs_wanted.connect(window.runs.browse)
    page.corpus_chosen.connect(window.opener.open)
    window.control.loaded.connect(page.show_loaded)


def _opener(window: MainWindow) -> None:
    opener = window.opener
    opener.current_task = lambda: window.experiment.config().task.name
    opener.corpus_chosen.connect(window.use_corpus)
    opener.config_chosen.connect(window.use_config)
    opener.series_chosen.connect(window.runs.train)
    opener.run_opened.connect(window.control.watch)


def _form(window: MainWindow) -> None:
    window.experiment.changed.connect(window.control.change)
    window.experiment.open_wanted.connect(window.opener.ask_file)


def _run_bar(window: MainWindow) -> None:
    bar = window.run_bar
    bar.train.connect(window.train)
    bar.pause.connect(window.control.pause)
    bar.step.connect(window.control.step)
    bar.stop.connect(window.control.stop)
    bar.palette_wanted.connect(window.show_commands)
    bar.home.connect(window.show_welcome)
    window.run.progressed.connect(bar.show_preparation)


def _probe(window: MainWindow) -> None:
    window.probe.probe_changed.connect(window.read_probe)
    window.probe.line.returnPressed.connect(window.workspace.setFocus)


def _views(window: MainWindow) -> None:
    window.workspace.needs_changed.connect(window.look)
    for host in window.workspace.hosts.values():
        host.options_changed.connect(window.remember_options)
        host.export_wanted.connect(window.exporter.ask)
        host.set_options(window.settings.options.get(host.view.name, {}))


def _messages(window: MainWindow) -> None:
    banner = window.banner
    banner.action.connect(window.answer)
    window.travel.failed.connect(banner.warn)
    window.run.warned.connect(banner.warn)
    window.control.load_failed.connect(banner.fail)
    window.control.refused.connect(window.opener.open)
    window.opener.failed.connect(banner.fail)
    window.exporter.told.connect(banner.tell)
    window.exporter.failed.connect(banner.fail)
    window.exporter.long.progressed.connect(banner.follow)
