"""The comparison window on real runs, some of them not begun yet or training."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from rnnviz.app.compare_window import CompareWindow
from rnnviz.app.export_dialog import ExportWish
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.picture import Heatmap, Line, Panel, Picture
from rnnviz.engine.run_store import Run
from rnnviz.tracks.ranges import panels_of
from tests.app.runs import tiny_config, train

Open = Callable[..., CompareWindow]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four small runs: LSTM, another LSTM, GRU, simple RNN."""
    folder = tmp_path_factory.mktemp("compared")
    changes: tuple[dict[str, object], ...] = (
        {},
        {"training.seed": 2},
        {"model.cell": "gru"},
        {"model.cell": "simple_rnn", "model.hidden_size": 12},
    )
    paths = [folder / name for name in ("lstm", "other", "gru", "simple")]
    for path, change in zip(paths, changes, strict=True):
        train(tiny_config(folder).replaced({"title": path.name, **change}), path)
    return paths


@pytest.fixture
def compare(qtbot: QtBot) -> Iterator[Open]:
    opened: list[CompareWindow] = []

    def window(paths: list[Path], view: str = "states", settled: bool = True) -> CompareWindow:
        made = CompareWindow(dict.fromkeys(paths), view)
        opened.append(made)
        made.show()
        if settled:
            qtbot.waitUntil(lambda: all(heat(p.picture) for p in made.board.sides))
        return made

    yield window
    for made in opened:
        made.close()


def heat(picture: Picture) -> list[Panel]:
    return [p for p in panels_of(picture) if any(isinstance(m, Heatmap) for m in p.marks)]


def lines(picture: Picture, name: str) -> list[Line]:
    marks = [mark for panel in panels_of(picture) if panel.id == name for mark in panel.marks]
    return [mark for mark in marks if isinstance(mark, Line)]


def steps_said(window: CompareWindow) -> list[str]:
    return [painter.picture.subtitle.split(" · ")[0] for painter in window.board.sides]


def test_four_runs_at_once(qtbot: QtBot, runs: list[Path], compare: Open) -> None:
    window = compare(runs)
    titles = [painter.picture.title for painter in window.board.sides]
    assert titles == ["lstm: States", "other: States", "gru: States", "simple: States"]
    qtbot.waitUntil(lambda: len(lines(window.board.curves.picture, "training loss")) == 4)
    drawn = lines(window.board.curves.picture, "training loss")
    for line, path in zip(drawn, runs, strict=True):
        assert line.x[-1] == Run.open(path).history.column("step")[-1]
    assert window.board.table.picture.rows
    assert "lstm · other · gru · simple" in window.windowTitle()
    assert window.apart.isHidden()


def test_the_step_is_one_for_all(qtbot: QtBot, runs: list[Path], compare: Open) -> None:
    window = compare(runs[:2])
    newest = steps_said(window)
    window.timeline.bar.dragged.emit(1)
    first = [Run.open(path).playback.snapshot_steps(full=True)[0] for path in runs[:2]]
    qtbot.waitUntil(lambda: steps_said(window) == [f"step {step:,}" for step in first])
    assert "step 1" in window.timeline.where.text()
    window.back()
    qtbot.waitUntil(lambda: steps_said(window) == newest)


def test_window_of_time_and_selection_are_shared(
    qtbot: QtBot, runs: list[Path], compare: Open
) -> None:
    window = compare(runs[:3])
    first, *others = window.board.sides
    first.set_time_window(2.0, 7.0)
    first.time_window_changed.emit(2.0, 7.0)
    for painter in others:
        assert painter.is_zoomed_in("time")
    window.back()
    assert not any(painter.is_zoomed_in("time") for painter in window.board.sides)
    first.clicked.emit({"unit": 3, "time": 4})
    window.use_view("gates")
    qtbot.waitUntil(
        lambda: all("unit 3" in painter.picture.subtitle for painter in window.board.sides)
    )


def test_equal_scales_in_all(qtbot: QtBot, runs: list[Path], compare: Open) -> None:
    window = compare(runs[:2])
    bars = [[panel.colour_bar for panel in heat(p.picture)] for p in window.board.sides]
    assert bars[0] == bars[1]


def test_the_difference(qtbot: QtBot, runs: list[Path], compare: Open) -> None:
    window = compare(runs[:2])
    assert window.board.apart.isHidden()
    window.apart.click()
    qtbot.waitUntil(lambda: bool(heat(window.board.apart.picture)))
    assert "lstm − other" in window.board.apart.picture.subtitle
    page = window.board.page()
    assert "Difference: States" in [picture.title for picture in page.pictures]
    window.apart.click()
    assert window.board.apart.isHidden()
    assert "Difference: States" not in [picture.title for picture in window.board.page().pictures]


def test_another_view_and_its_options(qtbot: QtBot, runs: list[Path], compare: Open) -> None:
    window = compare(runs[:2])
    chooser = window.findChild(QComboBox, "compare_view")
    assert chooser is not None
    assert chooser.count() > 10
    for index in range(chooser.count()):
        chooser.setCurrentIndex(index)
        window.board.draw()
        title = window.board.view.title
        assert all(title in painter.picture.title for painter in window.board.sides)
        assert not any("could not be drawn" in p.picture.message for p in window.board.sides)
    window.use_view("states")
    layers = window.findChildren(QComboBox, "option_states_layers")[-1]
    layers.setCurrentText("selected")
    window.board.draw()
    assert len(heat(window.board.sides[0].picture)) == 2


def test_equal_options_are_listed_on_demand(qtbot: QtBot, runs: list[Path], compare: Open) -> None:
    window = compare(runs[:2])
    qtbot.waitUntil(lambda: bool(window.board.table.picture.rows))
    few = len(window.board.table.picture.rows[0][0].rows)  # type: ignore[union-attr]
    box = window.findChild(QCheckBox, "equal_options")
    assert box is not None
    box.click()
    qtbot.waitUntil(
        lambda: len(window.board.table.picture.rows[0][0].rows) > few  # type: ignore[union-attr]
    )


@pytest.mark.parametrize("suffix", ["svg", "npz"])
def test_one_figure_of_it_all(
    qtbot: QtBot, runs: list[Path], compare: Open, tmp_path: Path, suffix: str
) -> None:
    window = compare(runs[:2])
    target = tmp_path / f"all.{suffix}"
    with qtbot.waitSignal(window.told):
        window.write(ExportWish(target, suffix, "light", 11.0, 0.0, 100))
    if suffix == "npz":
        with np.load(target) as file:
            assert "Curves/lstm/loss" in file.files
    else:
        assert "other: States" in target.read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written(
    qtbot: QtBot, runs: list[Path], compare: Open, tmp_path: Path
) -> None:
    window = compare(runs[:2])
    with qtbot.waitSignal(window.failed) as told:
        window.write(ExportWish(tmp_path / "none" / "x.svg", "svg", "light", 11.0, 0.0, 100))
    assert told.args is not None
    assert "Cannot write" in told.args[0]


def test_a_run_that_has_not_begun_fills_when_it_does(
    qtbot: QtBot, runs: list[Path], compare: Open, tmp_path: Path
) -> None:
    later = tmp_path / "later"
    window = compare([runs[0], later], settled=False)
    waiting = window.board.sides[1]
    qtbot.waitUntil(lambda: "has not begun yet" in waiting.picture.message)
    config = tiny_config(tmp_path).replaced({"training.steps": 400})
    thread = threading.Thread(target=train, args=(config, later))
    thread.start()
    qtbot.waitUntil(lambda: bool(heat(waiting.picture)))
    thread.join()
    last = Run.open(later).history.last()
    assert last is not None
    qtbot.waitUntil(
        lambda: (
            [line.x[-1] for line in lines(window.board.curves.picture, "training loss")][1:]
            == [last.step]
        ),
    )


def test_a_run_that_vanishes_does_not_take_the_window_down(
    qtbot: QtBot, runs: list[Path], compare: Open, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    shutil.copytree(runs[2], gone)
    window = compare([runs[0], gone])
    shutil.rmtree(gone)
    window.timeline.bar.dragged.emit(1)
    window.model.refresh()
    qtbot.wait(100)
    window.use_view("gates")
    window.board.draw()
    assert heat(window.board.sides[0].picture)


def test_a_view_that_fails_disables_itself_only(
    qtbot: QtBot, runs: list[Path], compare: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = compare(runs[:2])
    qtbot.waitUntil(lambda: bool(window.board.curves.picture.rows))

    def broken(*_: object) -> Picture:
        raise ZeroDivisionError("a view")

    monkeypatch.setattr(type(window.board.view), "picture", broken)
    window.board.ask("view")
    window.board.draw()
    assert all("could not be drawn" in p.picture.message for p in window.board.sides)
    assert window.board.curves.picture.rows


@pytest.mark.parametrize("size", [(760, 600), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_is_painted_at_every_size(
    qtbot: QtBot, runs: list[Path], compare: Open, size: tuple[int, int], theme: str
) -> None:
    window = compare(runs if size[0] > 1500 else runs[:2])
    window.resize(*size)
    window.style_as(theme, "goodfellow")
    window.board.draw()
    image = window.grab().toImage()
    assert (image.width(), image.height()) == size
    colours = {image.pixel(x, y) for x in range(0, size[0], 7) for y in range(0, size[1], 7)}
    assert len(colours) > 60


def test_configurations_of_runs_to_come() -> None:
    config = RunConfig(title="to come")
    from rnnviz.engine.rival import Rival

    rival = Rival(Path("nowhere"), config)
    assert rival.refresh()
    assert rival.problem == "to come has not begun yet."
    assert rival.config is config
    assert rival.name == "to come"
