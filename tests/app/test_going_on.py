"""Recorded runs that are trained on in the window, and branches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from rnnviz.app.window import MainWindow
from rnnviz.engine.presence import Presence
from rnnviz.engine.run_folder import reopen
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import build

Trained = Callable[[int], MainWindow]


def wait_for(qtbot: QtBot, window: MainWindow, state: str) -> None:
    qtbot.waitUntil(lambda: window.run.state == state)


def recorded(qtbot: QtBot, trained: Trained, steps: int = 30) -> tuple[MainWindow, Path]:
    """A run that was ended and opened again."""
    window = trained(steps)
    window.control.stop()
    wait_for(qtbot, window, "stopped")
    path = window.run.path
    assert path is not None
    window.opener.open(str(path))
    wait_for(qtbot, window, "recorded")
    return window, path


def test_training_a_recorded_run_goes_on_with_it(qtbot: QtBot, trained: Trained) -> None:
    window, path = recorded(qtbot, trained)
    saved, losses = window.run.step, window.run.history.column("loss").copy()
    qtbot.waitUntil(lambda: window.run_bar.train_button.text() == "Train")
    assert window.actions_by_name["resume"].isEnabled()
    window.train()
    qtbot.waitUntil(lambda: window.run.step >= saved + 20)
    assert window.run.path == path
    assert not window.actions_by_name["resume"].isEnabled()
    steps = window.run.history.column("step")
    assert np.array_equal(steps, np.arange(1, len(steps) + 1))
    assert np.array_equal(window.run.history.column("loss")[:saved], losses)
    window.control.stop()
    wait_for(qtbot, window, "stopped")
    assert len(Run.open(path).history) == window.run.step


def test_a_changed_form_trains_anew(qtbot: QtBot, trained: Trained) -> None:
    window, path = recorded(qtbot, trained)
    window.experiment.form.with_value("model.hidden_size", 9)
    window.train()
    wait_for(qtbot, window, "training")
    assert window.run.path != path


def test_a_branch_is_a_run_of_its_own(qtbot: QtBot, trained: Trained) -> None:
    window, path = recorded(qtbot, trained)
    kept = Run.open(path).checkpoint_steps()
    window.experiment.form.with_value("training.learning_rate", 0.01)
    window.actions_by_name["branch"].trigger()
    qtbot.waitUntil(lambda: window.run.step > kept[-1])
    branch = window.run.path
    assert branch is not None
    assert branch != path
    window.control.stop()
    wait_for(qtbot, window, "stopped")
    found = Run.open(branch)
    assert found.facts["parent"]["step"] == kept[-1]
    assert found.history.column("step")[0] == kept[-1] + 1
    assert found.history.column("learning_rate")[0] == 0.01


def test_what_does_not_fit_is_one_sentence(qtbot: QtBot, trained: Trained) -> None:
    window, _ = recorded(qtbot, trained)
    window.experiment.form.with_value("model.hidden_size", 9)
    window.actions_by_name["branch"].trigger()
    wait_for(qtbot, window, "failed")
    assert "model.hidden_size 9 instead of 8" in window.run.message


def test_a_run_that_somebody_took_is_said(qtbot: QtBot, trained: Trained) -> None:
    window, path = recorded(qtbot, trained)
    held = Presence(path)
    window.control.resume()
    qtbot.waitUntil(lambda: "is being written" in window.banner.text.text())
    wait_for(qtbot, window, "recorded")
    assert window.run.step > 0
    held.close()


def test_who_comes_second_watches(qtbot: QtBot, trained: Trained) -> None:
    window, path = recorded(qtbot, trained)
    run = Run.open(path)
    session = build(run.config)
    session.trainer.load_state(run.state)
    folder = reopen(path, session)
    # It has not been noticed here yet.
    window.control.resume()
    wait_for(qtbot, window, "watched")
    assert "is being written" in window.banner.text.text()
    qtbot.waitUntil(lambda: "read only" in window.run_bar.where.toolTip())
    folder.close()
    wait_for(qtbot, window, "recorded")
