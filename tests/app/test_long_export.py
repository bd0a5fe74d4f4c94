from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from rnnviz.app.export_dialog import ANIMATIONS, ExportDialog, ExportWish
from rnnviz.app.window import MainWindow
from rnnviz.interchange.formats import FORMATS
from tests.recorded import record


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with many recorded moments; it is only read."""
    return record(tmp_path_factory.mktemp("made"), looks=range(0, 60, 2)).path


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, moments: Path) -> MainWindow:
    """The window on that run."""
    window.opener.open(str(moments))
    qtbot.waitUntil(lambda: window.run.state == "recorded")
    return window


def wish(path: Path, suffix: str) -> ExportWish:
    return ExportWish(path, suffix, "dark", 6.0, 6.0, 40, 10, 16, 5.0)


def test_an_animation_is_written_beside_the_window(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
) -> None:
    heard: list[str] = []
    opened.exporter.long.progressed.connect(heard.append)
    with qtbot.waitSignal(opened.exporter.told) as told:
        opened.exporter.write("states", wish(tmp_path / "a.gif", "gif"))
    assert told.args == [f"Written: 4 steps as {tmp_path / 'a.gif'}"]
    assert heard[0] == "Writing a.gif …"
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 4


def test_it_can_be_cancelled_in_the_banner(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
) -> None:
    long = ExportWish(tmp_path / "frames", "pngs", "light", 9.0, 0.0, 200)
    opened.exporter.write("score", long)
    assert "Writing frames" in opened.banner.text.text()
    opened.exporter.write("states", wish(tmp_path / "b.gif", "gif"))
    assert "already" in opened.banner.text.text()
    qtbot.waitUntil(lambda: "of" in opened.banner.text.text())
    with qtbot.waitSignal(opened.exporter.told) as told:
        opened.banner.button.click()
    assert "cancelled" in told.args[0]
    assert not any("frames" in path.name for path in tmp_path.iterdir())


def test_closing_the_window_stops_it(opened: MainWindow, tmp_path: Path) -> None:
    opened.exporter.write("score", ExportWish(tmp_path / "c.mp4", "mp4", "light", 9.0, 0.0, 200))
    opened.close()
    assert not (tmp_path / "c.mp4").exists()


def test_a_run_is_written_for_another_tool(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
) -> None:
    assert opened.run.path is not None
    with qtbot.waitSignal(opened.exporter.told):
        opened.exporter.write_for(FORMATS[-1], opened.run.path, tmp_path / "weights")
    assert (tmp_path / "weights" / "load.py").is_file()
    assert {f"convert_{each.name}" for each in FORMATS} <= opened.actions_by_name.keys()


def test_without_a_run_there_is_a_sentence(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.exporter.failed) as heard:
        window.exporter.convert(FORMATS[0])
    assert "train or open one first" in heard.args[0]


@pytest.mark.parametrize("kind", ANIMATIONS)
def test_the_dialog_asks_for_the_range_of_animations_only(
    window: MainWindow, tmp_path: Path, kind: str
) -> None:
    dialog = ExportDialog("states", str(tmp_path), "light", window, 120)
    assert not dialog.fps.isVisibleTo(dialog)
    dialog.format.setCurrentIndex(dialog.format.findData(kind))
    assert dialog.fps.isVisibleTo(dialog)
    dialog.first.setValue(30)
    asked = dialog.wish()
    name = "states" if kind == "pngs" else f"states.{kind}"
    assert (asked.path, asked.suffix, asked.first, asked.last) == (tmp_path / name, kind, 30, None)
    dialog.last.setValue(90)
    assert dialog.wish().last == 90
    dialog.deleteLater()
