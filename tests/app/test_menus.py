"""The View menu's submenus, and that Space reaches the window once the views are shown."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QMenu

from rnnviz.app.run_bar import RunBar
from rnnviz.app.run_model import RunModel
from rnnviz.app.window import MainWindow
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.view import GROUPS
from tests import snapshots


def test_every_view_stands_in_one_submenu_of_its_group(window: MainWindow) -> None:
    menu = window.findChild(QMenu, "menu_view")
    assert menu is not None
    below = menu.findChildren(QMenu)
    assert [each.title() for each in below] == [f"&{n} {g}" for n, g in enumerate(GROUPS, 1)]
    found = {action.objectName() for each in below for action in each.actions()}
    assert found == {f"action_view_{name}" for name in window.workspace.hosts}
    assert sum(len(each.actions()) for each in below) == len(found)
    assert all(1 <= len(each.actions()) <= 15 for each in below)


def test_the_views_have_the_keys_once_they_are_shown(window: MainWindow) -> None:
    window.show_workspace()
    assert window.focusWidget() is window.workspace


def test_a_loss_that_is_not_in_nats_has_no_perplexity(window: MainWindow) -> None:
    assert "0.250 nats" in _said(window, "nats")
    assert "perplexity 1.28" in _said(window, "nats")
    assert "0.250 squared error" in _said(window, "squared error")
    assert "perplexity" not in _said(window, "squared error")


def _said(window: MainWindow, unit: str) -> str:
    run, bar = RunModel(window), RunBar(window)
    run.history = History([StepRow(3, 0.1, 0.25, 1.0, 1.0, 5.0, 0.01, 1.0, 100)])
    run.corpus = replace(snapshots.corpus(), loss_unit=unit)
    bar.show_run(run, False)
    return bar.where.toolTip()
