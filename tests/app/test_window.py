"""The real window, used as a person would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.app.export_dialog import ExportWish
from rnnviz.app.layouts import LAYOUTS
from rnnviz.app.window import MainWindow
from rnnviz.contracts import discovery
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.view import View
from tests.snapshots import language_snapshot, scene_of

Trained = Callable[[int], MainWindow]


def wait_for(qtbot: QtBot, window: MainWindow, state: str) -> None:
    qtbot.waitUntil(lambda: window.run.state == state)


def test_the_start_page_offers_every_recipe(window: MainWindow) -> None:
    assert window.pages.currentWidget() is window.welcome
    names = {path.stem for path in Path("resources/recipes").glob("*.toml")}
    assert {card.recipe.name for card in window.welcome.cards} == names


def test_preparing_shows_corpus_and_sizes_before_training(
    qtbot: QtBot, window: MainWindow, tiny: RunConfig, tmp_path: Path
) -> None:
    window.control.prepare(tiny)
    wait_for(qtbot, window, "paused")
    assert window.run.step == 0
    assert "3,120 characters" in window.experiment.facts.text()
    assert window.run.structure is not None
    count = f"{window.run.structure.parameter_count:,}"
    assert count in window.experiment.sizes.text()
    assert not (tmp_path / "runs").exists()


def test_train_pause_step_stop(qtbot: QtBot, trained: Trained) -> None:
    window = trained(5)
    window.run_bar.train_button.click()
    wait_for(qtbot, window, "paused")
    before = window.run.step
    window.run_bar.step_button.click()
    qtbot.waitUntil(lambda: window.run.step == before + 1)
    window.run_bar.train_button.click()
    qtbot.waitUntil(lambda: window.run.step > before + 3)
    window.run_bar.stop_button.click()
    wait_for(qtbot, window, "stopped")
    assert window.run.path is not None
    assert (window.run.path / "config.toml").is_file()


def test_every_step_arrives_once_and_in_order(qtbot: QtBot, trained: Trained) -> None:
    window = trained(50)
    window.control.pause()
    wait_for(qtbot, window, "paused")
    steps = window.run.history.column("step")
    assert steps.tolist() == list(range(1, len(steps) + 1))


def test_every_view_draws_a_live_run(qtbot: QtBot, trained: Trained) -> None:
    window = trained(45)
    for name, host in window.workspace.hosts.items():
        window.show_view(name)
        qtbot.waitUntil(lambda host=host: host.isVisible() and host.drawn_at > 0)
        assert not host.failed, host.failed
    empty = {n: h.picture().message for n, h in window.workspace.hosts.items()}
    empty = {name: message for name, message in empty.items() if message}
    assert all(message.endswith(".") for message in empty.values()), empty
    # A language model that nothing examined: the views it leaves empty may be empty here as well.
    scene = replace(scene_of(language_snapshot()), evaluations=())
    views = {name: discovery.find("views", name, View)() for name in discovery.names("views")}
    assert set(empty) <= {name for name, view in views.items() if view.missing(scene)}


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_layouts_show_their_views(qtbot: QtBot, trained: Trained, name: str) -> None:
    window = trained(2)
    window.use_layout(name)
    qtbot.waitUntil(lambda: bool(window.workspace.visible_hosts()))
    assert not [h.failed for h in window.workspace.hosts.values() if h.failed]


def test_layout_and_options_are_remembered(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.use_layout("Gradients")
    host = window.workspace.hosts["score"]
    box = next(c for c in host.bar.findChildren(QComboBox))
    box.setCurrentIndex(box.count() - 1)
    chosen = box.currentText()
    window.appearance.use_theme("dark")
    window.close()
    again = MainWindow(window.settings_file)
    qtbot.addWidget(again)
    again.show()
    assert not again.workspace.docks["gradients"].isHidden()
    assert again.workspace.docks["experiment"].isHidden()
    same = next(c for c in again.workspace.hosts["score"].bar.findChildren(QComboBox))
    assert same.currentText() == chosen
    assert again.appearance.theme == "dark"
    again.close()


def test_pointing_in_one_view_is_seen_in_all(qtbot: QtBot, trained: Trained) -> None:
    window = trained(2)
    hosts = window.workspace.visible_hosts()
    hosts[0].painter.clicked.emit({"time": 3, "unit": 2, "layer": 1})
    assert (window.hub.selection.time, window.hub.selection.unit) == (3, 2)
    hosts[0].painter.hovered.emit({"time": 5})
    assert window.stage.scene(window.workspace.hosts["inspector"]).selection.time == 5
    hosts[0].painter.left.emit()
    assert window.stage.scene(window.workspace.hosts["inspector"]).selection.time == 3


def test_arrow_keys_move_through_time(qtbot: QtBot, trained: Trained) -> None:
    window = trained(2)
    window.hub.select({"time": 3})
    window.actions_by_name["time_next"].trigger()
    assert window.hub.selection.time == 4
    for _ in range(9):
        window.actions_by_name["time_previous"].trigger()
    assert window.hub.selection.time == 0


def test_a_typed_probe_is_looked_at(qtbot: QtBot, trained: Trained) -> None:
    window = trained(2)
    line = window.probe.line
    line.setFocus()
    line.clear()
    qtbot.keyClicks(line, "the dog sat")

    def shown() -> bool:
        snapshot = window.run.snapshot
        return snapshot is not None and "".join(snapshot.tokens.input) == "the␣dog␣sa"

    qtbot.waitUntil(shown)


def test_what_a_probe_holds_beyond_the_corpus_is_said(qtbot: QtBot, trained: Trained) -> None:
    window = trained(2)
    line, remark = window.probe.line, window.probe.remark
    assert not remark.isVisible()
    line.setFocus()
    qtbot.keyClicks(line, "#")
    qtbot.waitUntil(remark.isVisible)
    assert remark.text() == "Not in the corpus, left out: #."
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: not remark.isVisible())


def test_a_dropped_text_is_opened(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    text = tmp_path / "dropped.txt"
    text.write_text("drop after drop the bucket fills with rain. " * 200)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(text))])
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    qtbot.waitUntil(
        lambda: window.run.corpus is not None and window.run.corpus.name.startswith("dropped"),
    )


def test_a_bad_corpus_is_explained_and_the_window_lives(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    binary = tmp_path / "noise.txt"
    binary.write_bytes(bytes(range(256)) * 50)
    window.opener.open(str(binary))
    wait_for(qtbot, window, "failed")
    assert "noise.txt" in window.banner.text.text()
    window.opener.open(str(tmp_path / "gone.txt"))
    qtbot.waitUntil(lambda: "does not exist" in window.banner.text.text())


def test_a_learning_rate_too_high_pauses_and_offers_the_way_back(
    qtbot: QtBot, window: MainWindow, tiny: RunConfig
) -> None:
    wild = tiny.replaced(
        {"training.learning_rate": 1000.0, "training.optimizer": "sgd", "training.clip": "none",
         "model.cell": "simple_rnn", "model.nonlinearity": "relu"}
    )  # fmt: skip
    window.experiment.show_config(wild)
    window.train()
    qtbot.waitUntil(lambda: window.run.can_rewind)
    assert "step" in window.banner.text.text()
    assert window.banner.button.isVisible()
    window.banner.button.click()
    qtbot.waitUntil(lambda: window.run.step == 0)


def test_live_options_reach_the_running_run(qtbot: QtBot, trained: Trained) -> None:
    window = trained(3)
    window.experiment.form.with_value("training.learning_rate", 0.0005)

    def slower() -> bool:
        last = window.run.history.last()
        return last is not None and last.learning_rate == pytest.approx(0.0005)

    qtbot.waitUntil(slower)
    assert not window.control.stale
    window.experiment.form.with_value("model.hidden_size", 9)
    assert window.control.stale


def test_export_all_writes_every_view_that_has_something(
    qtbot: QtBot, trained: Trained, tmp_path: Path
) -> None:
    window = trained(45)
    window.control.pause()
    wait_for(qtbot, window, "paused")
    folder = tmp_path / "out"
    with qtbot.waitSignal(window.exporter.told):
        window.exporter.write("", ExportWish(folder, "csv", "light", 9.0, 0.0, 100))
    assert {"score.csv", "training.csv", "gates.csv"} <= {p.name for p in folder.iterdir()}
    with qtbot.waitSignal(window.exporter.failed) as heard:
        window.exporter.write("gates", ExportWish(Path("/dev/null/x.svg"), "svg", "light", 9, 0, 9))
    assert "x.svg" in heard.args[0] or "/dev/null" in heard.args[0]


def test_a_recorded_run_opens_again(qtbot: QtBot, trained: Trained) -> None:
    window = trained(30)
    window.control.stop()
    wait_for(qtbot, window, "stopped")
    path, steps = window.run.path, window.run.step
    assert path is not None
    window.opener.open(str(path))
    wait_for(qtbot, window, "recorded")
    assert window.run.step == steps
    assert window.run.snapshot is not None
    qtbot.waitUntil(lambda: window.workspace.hosts["score"].drawn_at > 0)


def test_a_failing_view_disables_itself_only(qtbot: QtBot, trained: Trained) -> None:
    window = trained(2)
    host = window.workspace.hosts["training"]
    host._scene = lambda _: 1 / 0  # type: ignore[assignment,return-value]
    window.show_view("training")
    host.ask()
    qtbot.waitUntil(lambda: bool(host.failed))
    assert "ZeroDivisionError" in host.failed
    assert not window.workspace.hosts["score"].failed


def test_every_control_has_a_name(qtbot: QtBot, trained: Trained) -> None:
    window = trained(1)
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    nameless = [
        (type(w).__name__, w.parent().objectName())
        for w in window.findChildren(QWidget)
        if isinstance(w, kinds)
        and not w.objectName().startswith("qt_")
        and not (w.objectName() and (w.accessibleName() or getattr(w, "text", str)()))
    ]
    assert not nameless


def test_commands_have_unique_keys(window: MainWindow) -> None:
    keys = [a.shortcut().toString() for a in window.findChildren(QAction)]
    keys = [key for key in keys if key]
    assert len(keys) == len(set(keys))


def test_closing_while_training_ends_the_thread(qtbot: QtBot, trained: Trained) -> None:
    window = trained(3)
    source = window.run.source
    assert source is not None
    window.close()
    assert source.join(0.0)


def test_reading_a_large_corpus_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    large = tmp_path / "large.txt"
    with large.open("w") as file:
        for _ in range(80):
            file.write("a line of a very long book that nobody reads\n" * 20_000)
    window.opener.open(str(large))
    qtbot.waitUntil(lambda: "%" in window.run_bar.left.text())
    assert window.run.state == "preparing"
    window.run_bar.stop_button.click()
    wait_for(qtbot, window, "stopped")
    assert window.run.corpus is None


def paused(qtbot: QtBot, window: MainWindow) -> MainWindow:
    window.control.pause()
    wait_for(qtbot, window, "paused")
    return window


def test_a_changed_network_says_that_training_begins_anew(qtbot: QtBot, trained: Trained) -> None:
    window = paused(qtbot, trained(5))
    assert window.run_bar.train_button.text() == "Train"
    window.experiment.form.with_value("model.hidden_size", 7)
    qtbot.waitUntil(lambda: window.run_bar.train_button.text() == "Train anew")
    assert "settings changed" in window.run_bar.where.toolTip()


def test_a_dragged_range_is_shown_in_all_views_until_escape(qtbot: QtBot, trained: Trained) -> None:
    window = paused(qtbot, trained(45))
    host = window.workspace.hosts["score"]
    qtbot.waitUntil(lambda: host.isVisible() and bool(host.painter.canvas.items))
    host.painter.range_selected.emit("time", 3, 6)
    assert window.hub.window == (2.5, 6.5)
    window.use_layout("Network")
    states = window.workspace.hosts["states"].painter
    qtbot.waitUntil(lambda: states.is_zoomed_in("time"))
    window.actions_by_name["back"].trigger()
    assert window.hub.window is None
    assert not states.is_zoomed_in("time")


def test_keys_go_to_the_line_that_has_the_focus(qtbot: QtBot, trained: Trained) -> None:
    window = trained(5)
    window.activateWindow()
    line = window.probe.line
    line.setFocus()
    line.setText("ab")
    qtbot.waitUntil(line.hasFocus)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_F):
        qtbot.keyClick(line, key)
    assert line.text() == "a fb"
    assert window.run.state == "training"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not line.hasFocus()


def test_the_runs_folder_opens_only_when_there_is_one(
    qtbot: QtBot, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "rnnviz.app.exporting.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()),
    )
    window = paused(qtbot, trained(5))
    window.actions_by_name["reveal"].trigger()
    assert opened == [str(window.run.path)]


def test_a_tab_bears_the_title_alone(qtbot: QtBot, window: MainWindow) -> None:
    window.use_layout("Train")
    bars = window.workspace.title_bar
    qtbot.waitUntil(lambda: bars("samples")._label.isHidden())
    assert not bars("score")._label.isHidden()
