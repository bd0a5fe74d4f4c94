"""The left panel: what can be chosen to learn from."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from rnnviz.app.experiment import ExperimentPanel
from rnnviz.contracts.config import RunConfig


def test_the_corpora_say_what_their_task_reads(qtbot: QtBot) -> None:
    panel = ExperimentPanel()
    qtbot.addWidget(panel)
    panel.show_config(RunConfig().replaced({"task.name": "tagging"}))
    assert "CoNLL-U" in panel.corpora.toolTip()
    panel.show_config(RunConfig().replaced({"task.name": "series"}))
    assert "(CSV)" in panel.corpora.toolTip()
