"""A real window on a tiny run, with its own settings and folders, closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rnnviz.app.window import MainWindow
from rnnviz.contracts.config import RunConfig
from tests.app.runs import tiny_config


@pytest.fixture
def tiny(tmp_path: Path) -> RunConfig:
    """A run that does not end by itself, with a sample now and then."""
    return tiny_config(tmp_path).replaced(
        {
            "training.steps": 100_000,
            "training.validate_every": 0,
            "look.sample_every": 20,
            "look.sample_length": 20,
        }
    )


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The main window with PyTorch loaded."""
    monkeypatch.setenv("RNNVIZ_RUNS", str(tmp_path / "runs"))
    made = MainWindow(tmp_path / "settings.json")
    made.show()
    made.control.load()
    qtbot.waitUntil(lambda: made.control.torch_ready)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def trained(qtbot: QtBot, window: MainWindow, tiny: RunConfig) -> Callable[[int], MainWindow]:
    """Train the tiny run until so many steps are done and a snapshot is there."""

    def until(steps: int) -> MainWindow:
        window.experiment.show_config(tiny)
        window.train()
        qtbot.waitUntil(lambda: window.run.step >= steps)
        qtbot.waitUntil(lambda: window.run.snapshot is not None)
        return window

    return until
