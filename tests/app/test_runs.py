"""The list of runs, and a series trained in the window."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QFile
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from rnnviz.app.run_browser import RunBrowser
from rnnviz.app.window import MainWindow
from rnnviz.contracts.config import RunConfig
from rnnviz.engine import recipes
from rnnviz.engine.run_store import Run
from tests.app.runs import tiny_config, train

Button = QMessageBox.StandardButton


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs."""
    folder = tmp_path_factory.mktemp("listed")
    config = tiny_config(tmp_path_factory.mktemp("corpus")).replaced({"training.steps": 20})
    train(config, folder / "first")
    train(config.replaced({"title": "in a series", "model.cell": "gru"}), folder / "gru")
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained, tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def browser(qtbot: QtBot, folder: Path, window: MainWindow) -> Iterator[RunBrowser]:
    made = RunBrowser(folder, window)
    made.show()
    qtbot.waitUntil(lambda: bool(made.rows))
    yield made
    made.close()


def select(browser: RunBrowser, *names: str) -> None:
    browser.tree.clearSelection()
    browser.choose([row.path for row in browser.rows.values() if row.name in names])


def test_rows_say_what_the_runs_say(browser: RunBrowser) -> None:
    history = Run.open(browser.folder / "first").history.column("validation_loss")
    texts = [_texts(browser, index) for index in range(browser.tree.topLevelItemCount())]
    shown = {row[0]: row[1:] for row in texts}
    assert set(shown) == {"tiny", "in a series"}
    best = f"{float(history[np.isfinite(history)].min()):.3f}"
    assert shown["tiny"][:5] == ["finished", "20", best, "LSTM", "language model"]
    assert shown["in a series"][3] == "GRU"
    assert shown["tiny"][5].startswith("20")
    assert shown["tiny"][6] == "first"


def _texts(browser: RunBrowser, index: int) -> list[str]:
    item = browser.tree.topLevelItem(index)
    assert item is not None
    return [item.text(column) for column in range(browser.tree.columnCount())]


def test_a_damaged_run_is_listed_and_can_only_be_deleted(qtbot: QtBot, browser: RunBrowser) -> None:
    broken = browser.folder / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    browser.refresh()
    qtbot.waitUntil(lambda: len(browser.rows) == 3)
    browser.tree.clearSelection()
    browser.choose([broken])
    enabled = {name: b.isEnabled() for name, b in browser.buttons.items()}
    assert not enabled["open"]
    assert enabled["delete"]
    assert enabled["reveal"]


def test_a_folder_that_is_not_there_is_empty(qtbot: QtBot, window: MainWindow) -> None:
    made = RunBrowser(Path("nowhere"), window)
    made.show()
    qtbot.waitUntil(lambda: "No runs yet" in made.said.text())
    made.close()


def test_buttons_follow_the_selection(browser: RunBrowser) -> None:
    enabled = {name: b.isEnabled() for name, b in browser.buttons.items()}
    assert set(enabled) == {"open", "compare", "continue", "branch", "reveal", "delete"}
    assert not any(enabled.values())
    select(browser, "tiny")
    assert browser.buttons["open"].isEnabled()
    assert not browser.buttons["compare"].isEnabled()
    select(browser, "tiny", "in a series")
    assert browser.buttons["compare"].isEnabled()
    assert not browser.buttons["open"].isEnabled()
    assert "2 selected" in browser.said.text()


def test_open_and_compare_name_the_folders(qtbot: QtBot, browser: RunBrowser) -> None:
    select(browser, "tiny")
    with qtbot.waitSignal(browser.open_wanted) as opened:
        browser.buttons["open"].click()
    assert opened.args == [str(browser.folder / "first")]
    select(browser, "tiny", "in a series")
    with qtbot.waitSignal(browser.compare_wanted) as compared:
        browser.buttons["compare"].click()
    assert compared.args is not None
    assert set(compared.args[0]) == {browser.folder / "first", browser.folder / "gru"}


def test_the_filter_finds_by_any_column(browser: RunBrowser) -> None:
    for words, count in (("gru", 1), ("finished", 2), ("series language", 1), ("nothing", 0)):
        browser.filter.setText(words)
        assert browser.tree.topLevelItemCount() == count


def test_branches_stand_under_their_parent(qtbot: QtBot, browser: RunBrowser) -> None:
    parent = json.loads((browser.folder / "first" / "status.json").read_text())
    child = browser.folder / "gru" / "status.json"
    said = json.loads(child.read_text())
    child.write_text(json.dumps({**said, "parent": {"id": parent["id"], "path": "x", "step": 10}}))
    browser.refresh()
    qtbot.waitUntil(lambda: browser.tree.topLevelItemCount() == 1)
    top = browser.tree.topLevelItem(0)
    assert top is not None
    assert (top.text(0), top.child(0).text(0)) == ("tiny", "in a series  (from step 10)")


@pytest.mark.parametrize("trash", [True, False])
def test_delete_asks_first(
    qtbot: QtBot, browser: RunBrowser, monkeypatch: pytest.MonkeyPatch, trash: bool
) -> None:
    asked: list[str] = []
    answer = Button.Cancel

    def question(_parent: object, _title: str, text: str, *_: object) -> Button:
        asked.append(text)
        return answer

    def to_trash(path: str) -> bool:
        shutil.rmtree(path) if trash else None
        return trash

    monkeypatch.setattr(QMessageBox, "question", question)
    monkeypatch.setattr(QFile, "moveToTrash", to_trash)
    select(browser, "tiny")
    browser.buttons["delete"].click()
    assert (browser.folder / "first").is_dir()
    answer = Button.Yes
    browser.buttons["delete"].click()
    assert not (browser.folder / "first").exists()
    assert asked[0] == "Move tiny to the trash?"
    assert ("There is no trash here. Delete tiny for good?" in asked) is not trash
    qtbot.waitUntil(lambda: len(browser.rows) == 1)


def test_the_window_browses_and_compares(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path
) -> None:
    window.actions_by_name["runs"].trigger()
    browser = window.runs.browser
    assert browser is not None
    qtbot.waitUntil(lambda: len(browser.rows) == 2)
    select(browser, "tiny", "in a series")
    browser.buttons["compare"].click()
    (comparison,) = window.runs.comparisons
    qtbot.waitUntil(lambda: all(p.picture.rows for p in comparison.board.sides))
    select(browser, "tiny")
    browser.buttons["open"].click()
    qtbot.waitUntil(lambda: window.run.state == "recorded")
    comparison.close()
    assert window.runs.comparisons == []


def test_continue_trains_a_run_on(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    window.actions_by_name["runs"].trigger()
    browser = window.runs.browser
    assert browser is not None
    qtbot.waitUntil(lambda: len(browser.rows) == 2)
    select(browser, "tiny")
    browser.buttons["continue"].click()
    qtbot.waitUntil(lambda: window.run.step > 20)
    assert window.run.path == folder / "first"
    window.control.pause()
    qtbot.waitUntil(lambda: window.run.state in ("paused", "finished"))
    steps = window.run.history.column("step")
    assert steps.tolist() == list(range(1, len(steps) + 1))


def test_branch_opens_the_run_and_says_how(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    window.actions_by_name["runs"].trigger()
    browser = window.runs.browser
    assert browser is not None
    qtbot.waitUntil(lambda: len(browser.rows) == 2)
    select(browser, "in a series")
    browser.buttons["branch"].click()
    qtbot.waitUntil(lambda: "Branch from here" in window.banner.text.text())
    assert window.run.path == folder / "gru"
    assert window.banner.isVisible()


def test_a_series_is_trained_in_turn_and_compared(
    qtbot: QtBot, window: MainWindow, tiny: RunConfig, tmp_path: Path
) -> None:
    cells = {"simple-rnn": "simple_rnn", "lstm": "lstm", "gru": "gru"}
    short = tiny.replaced({"training.steps": 30})
    variants = {
        name: short.replaced({"model.cell": cell, "title": name}) for name, cell in cells.items()
    }
    window.runs.train("three", variants)
    (comparison,) = window.runs.comparisons
    assert len(comparison.model.rivals) == 3
    qtbot.waitUntil(lambda: window.runs.series.left == 0 and window.run.state == "finished")
    qtbot.waitUntil(lambda: all(p.picture.rows for p in comparison.board.sides))
    for rival, cell in zip(comparison.model.rivals, cells.values(), strict=True):
        run = Run.open(rival.path)
        assert run.config.model.cell == cell
        assert run.history.column("step")[-1] == 30
    assert comparison.model.rivals[0].path.parent == comparison.model.rivals[2].path.parent


def test_who_begins_another_run_ends_the_series(
    qtbot: QtBot, window: MainWindow, tiny: RunConfig
) -> None:
    window.runs.train("two", {"a": tiny, "b": tiny.replaced({"model.cell": "gru"})})
    qtbot.waitUntil(lambda: window.run.step > 0)
    window.control.prepare(tiny.replaced({"training.seed": 9}))
    qtbot.waitUntil(lambda: window.run.state == "paused")
    assert window.runs.series.left == 0
    assert window.runs.series.current is None


def test_a_file_with_variants_is_a_series(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, tiny: RunConfig
) -> None:
    path = tmp_path / "rates.toml"
    tables = "[recipe.variants.slow]\ntraining.learning_rate = 1e-4\n[recipe.variants.fast]\n"
    path.write_text(tables + tiny.replaced({"training.steps": 20}).to_toml().partition("\n")[2])
    window.opener.open(str(path))
    qtbot.waitUntil(lambda: bool(window.runs.comparisons))
    names = [rival.name for rival in window.runs.comparisons[0].model.rivals]
    assert names == ["slow", "fast"]
    qtbot.waitUntil(lambda: window.run.step > 0)


def test_the_recipe_is_a_series(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(window.runs, "train", lambda name, v: begun.append((name, list(v))))
    window.use_recipe("three-cells")
    assert begun == [("three-cells", list(recipes.series("three-cells")))]
