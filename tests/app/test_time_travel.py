"""The timeline of the real window: dragging, playing, stepping, while a network trains."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from rnnviz.app.milestones import MOST_CHANGES, milestones
from rnnviz.app.window import MainWindow
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Sample
from rnnviz.contracts.timeline import Contents
from rnnviz.engine import course

Trained = Callable[[int], MainWindow]


@pytest.fixture
def travelled(
    qtbot: QtBot, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], MainWindow]:
    """A window that trains and has recorded some snapshots."""
    monkeypatch.setattr(course, "SECONDS_BETWEEN_RECORDED_SNAPSHOTS", 0.05)
    monkeypatch.setattr(course, "SECONDS_BETWEEN_FULL_SNAPSHOTS", 0.05)

    def until(count: int) -> MainWindow:
        window = trained(40)
        qtbot.waitUntil(lambda: len(window.travel.contents.full) >= count)
        return window

    return until


def shows(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Wait until the views show the snapshot of exactly that step."""

    def there() -> bool:
        snapshot = window.travel.snapshot
        return snapshot is not None and snapshot.step == step and not snapshot.live

    qtbot.waitUntil(there)


def test_the_past_is_shown_while_training_goes_on(qtbot: QtBot, travelled: Trained) -> None:
    window = travelled(4)
    second = window.travel.contents.full[1]
    window.travel.go(second)
    shows(qtbot, window, second)
    host = window.workspace.hosts["score"]
    qtbot.waitUntil(lambda: f"step {second:,}" in host.painter.picture.subtitle)
    before = window.run.step
    qtbot.waitUntil(lambda: window.run.step > before + 20)
    assert f"step {second:,} · recorded" in host.picture().subtitle
    assert window.run.state == "training"
    assert "training goes on" in window.timeline.where.text()
    assert window.timeline.property("past") is True
    window.timeline.live.click()
    assert window.travel.step is None
    assert window.travel.snapshot is window.run.snapshot
    assert window.timeline.property("past") is False


def test_dragging_goes_through_the_run_and_to_its_end(qtbot: QtBot, travelled: Trained) -> None:
    window = travelled(4)
    window.control.pause()
    qtbot.waitUntil(lambda: window.run.state == "paused")
    bar = window.timeline.bar
    window.timeline._redraw()
    middle = bar.height() // 2
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 4, middle))
    quarter = window.travel.step
    assert quarter is not None
    assert abs(quarter - window.run.step / 4) < window.run.step / 20 + 6
    qtbot.mouseMove(bar, QPoint(bar.width() // 2, middle))
    assert window.travel.step == bar.step_at(bar.width() // 2)
    stops = np.array(window.travel.contents.stops)
    shows(qtbot, window, int(stops[np.abs(stops - window.travel.step).argmin()]))
    qtbot.mouseMove(bar, QPoint(bar.width() + 50, middle))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 1, middle))
    assert window.travel.step is None


def test_keys_go_from_snapshot_to_snapshot(qtbot: QtBot, travelled: Trained) -> None:
    window = travelled(4)
    window.control.pause()
    qtbot.waitUntil(lambda: window.run.state == "paused")
    stops = window.travel.contents.stops
    act = window.actions_by_name
    act["snapshot_first"].trigger()
    assert window.travel.step == stops[0]
    act["snapshot_next"].trigger()
    assert window.travel.step == stops[1]
    act["snapshot_previous"].trigger()
    act["snapshot_previous"].trigger()
    assert window.travel.step == stops[0]
    act["live"].trigger()
    act["snapshot_previous"].trigger()
    assert window.travel.step in window.travel.contents.stops[-2:]
    keys = {k.toString() for name in ("snapshot_next", "snapshot_first") for k in
            act[name].shortcuts()}  # fmt: skip
    assert keys == {"]", ".", "Home"}


def test_escape_leaves_the_selection_first_and_then_the_past(
    qtbot: QtBot, travelled: Trained
) -> None:
    window = travelled(2)
    window.travel.go(window.travel.contents.stops[0])
    window.hub.select({"unit": 3})
    window.workspace.setFocus()
    window.back()
    assert (window.hub.selection.unit, window.travel.step is None) == (None, False)
    window.back()
    assert window.travel.step is None


def test_playing_passes_every_snapshot_in_order(qtbot: QtBot, travelled: Trained) -> None:
    window = travelled(5)
    window.control.stop()
    qtbot.waitUntil(lambda: window.run.state == "stopped")
    window.opener.open(str(window.run.path))
    qtbot.waitUntil(lambda: window.run.state == "recorded")
    qtbot.waitUntil(lambda: bool(window.travel.contents.stops))
    seen: list[int] = []
    window.travel.arrived.connect(lambda: seen.append(window.travel.snapshot.step))  # type: ignore[union-attr]
    window.timeline.speed.setCurrentText("20/s")
    window.timeline.play.click()
    qtbot.waitUntil(lambda: not window.travel.playing)
    stops = list(window.travel.contents.stops)
    assert seen[: len(stops)] == stops
    assert window.travel.step is None


def test_another_run_begins_at_its_newest_step(qtbot: QtBot, travelled: Trained) -> None:
    window = travelled(2)
    window.travel.go(window.travel.contents.stops[0])
    window.control.prepare(window.experiment.config())
    qtbot.waitUntil(lambda: window.run.state == "paused")
    assert window.travel.step is None
    assert window.travel.contents == Contents()
    assert "nothing recorded" in window.timeline.where.text()


def test_a_typed_probe_leads_back_to_the_present(qtbot: QtBot, travelled: Trained) -> None:
    window = travelled(2)
    window.travel.go(window.travel.contents.stops[0])
    window.probe.probe_changed.emit("the dog")
    assert window.travel.step is None


def test_a_click_near_a_mark_goes_to_its_very_step(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.timeline.bar
    bar.resize(1000, 34)
    history = History(row(step) for step in range(1, 5001))
    bar.show_run(history, Contents(), (Mark(1234, "checkpoint"),))
    at = bar.x_of(1234)
    assert "step 1,234 · checkpoint" in bar.tip_at(at + 3)
    with qtbot.waitSignal(bar.dragged) as heard:
        qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(round(at) + 2, 10))
    assert heard.args == [1234]
    bar.grab()


def row(step: int, rate: float = 0.1, loss: float = 1.0) -> StepRow:
    return StepRow(step, step / 10, loss, 1.0, 1.0, 5.0, rate, float(step), 10 * step)


def test_milestones_tell_what_happened() -> None:
    rows = [row(s, 0.1 if s < 5 else 0.05, float("nan") if s == 8 else 1.0) for s in range(1, 10)]
    samples = [Sample(6, "a", "b", 1.0, 1), Sample(6, "c", "d", 1.0, 1)]
    known = Contents(marks=(Mark(3, "checkpoint", "checkpoint"),))
    found = [(m.step, m.kind, m.text) for m in milestones(History(rows), samples, known)]
    assert found == [
        (3, "checkpoint", "checkpoint"),
        (5, "learning_rate", "learning rate 0.1 → 0.05"),
        (6, "sample", "b"),
        (8, "not_finite", "the loss is not a number"),
    ]


def test_a_learning_rate_schedule_is_no_row_of_marks() -> None:
    rows = [row(s, 0.1 / s) for s in range(1, MOST_CHANGES + 9)]
    assert milestones(History(rows), [], Contents()) == ()


def test_while_training_pictures_of_the_past_rest_and_the_last_wish_wins(
    qtbot: QtBot, travelled: Trained
) -> None:
    window = travelled(4)
    stops = window.travel.contents.stops
    window.travel.go(stops[2])
    shows(qtbot, window, stops[2])
    window.travel.rest(1.0)
    for step in (stops[0], stops[3], stops[1]):
        window.travel.go(step)
    qtbot.wait(50)
    assert window.travel.snapshot is not None
    assert window.travel.snapshot.step == stops[2]
    shows(qtbot, window, stops[1])
    assert not window.travel.awaits
