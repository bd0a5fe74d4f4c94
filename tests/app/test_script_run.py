"""A run that a script recorded, in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

import rnnviz
from rnnviz.app.window import MainWindow


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A small LSTM, three steps."""
    net, x = nn.LSTM(3, 4, num_layers=2), torch.randn(6, 1, 3)
    loss = lambda output, probe: output[0].pow(2).sum()  # noqa: E731
    with rnnviz.record(tmp_path / "mine", net, x, loss=loss, budget=None, title="mine") as rec:
        for index in range(3):
            rec.step(float(index))
    return tmp_path / "mine"


def test_it_opens_like_any_other(qtbot: QtBot, window: MainWindow, recorded: Path) -> None:
    form = window.experiment.config()
    window.opener.open(str(recorded))
    qtbot.waitUntil(lambda: window.run.state == "recorded")
    assert window.run.snapshot is not None
    assert [part.name for part in window.run.snapshot.structure.parts] == ["recurrent"]
    assert len(window.run.history) == 3
    assert window.windowTitle() == "mine – rnnviz"
    # There is nothing in it that could fill the form; what stands there stays.
    assert window.experiment.config() == form
    shown = [host for host in window.workspace.hosts.values() if host.isVisible()]
    assert shown
    # A changed form asks for another network, it does not take this one out of sight.
    window.control.change(form.replaced({"model.hidden_size": 7}))
    assert window.run.state == "recorded"
    assert window.control.stale
