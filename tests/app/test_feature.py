"""What shows a network best comes to the front when a run of it begins."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from rnnviz.app.window import MainWindow
from rnnviz.contracts.config import RunConfig
from rnnviz.engine import recipes


def front(window: MainWindow, name: str) -> bool:
    """True when that view is in sight, not behind another tab."""
    host = window.workspace.hosts[name]
    return host.isVisible() and host.in_sight


def test_a_machine_with_a_memory_shows_it(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1400, 900)
    window.use_layout("Train")
    window.control.begun.emit(recipes.configuration("turing-machine"))
    qtbot.waitUntil(lambda: front(window, "memory"))
    assert not front(window, "score")
    window.control.begun.emit(RunConfig())
    qtbot.waitUntil(lambda: front(window, "score"))


def test_what_the_user_put_in_front_stays_there(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1400, 900)
    window.use_layout("Train")
    config = recipes.configuration("turing-machine")
    window.control.begun.emit(config)
    qtbot.waitUntil(lambda: front(window, "memory"))
    window.show_view("score")
    qtbot.waitUntil(lambda: front(window, "score"))
    window.control.begun.emit(config.replaced({"training.learning_rate": 0.01}))
    qtbot.wait(50)
    assert front(window, "score")


def test_fields_of_no_use_are_hidden(qtbot: QtBot, window: MainWindow) -> None:
    form = window.experiment.form
    window.experiment.show_config(recipes.configuration("turing-machine"))
    window.show_workspace()
    assert form.fields["training.sequence_length"].isHidden()
    assert not form.fields["model.memory_slots"].isHidden()
    window.experiment.show_config(RunConfig())
    assert not form.fields["training.sequence_length"].isHidden()
    assert form.fields["model.memory_slots"].isHidden()
