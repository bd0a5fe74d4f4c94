"""The real window on a run that a second, real process writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rnnviz.app.probe_bar import ago
from rnnviz.app.window import MainWindow
from rnnviz.contracts.config import RunConfig
from rnnviz.engine import run_folder, watcher
from rnnviz.engine.session import build
from tests import patience

Elsewhere = Callable[[], tuple[subprocess.Popen[bytes], Path]]


@pytest.fixture
def elsewhere(tiny: RunConfig, tmp_path: Path) -> Iterator[Elsewhere]:
    """Begin to train the tiny run in another process."""
    begun: list[subprocess.Popen[bytes]] = []
    (tmp_path / "tiny.toml").write_text(tiny.to_toml())

    def train() -> tuple[subprocess.Popen[bytes], Path]:
        run = tmp_path / "elsewhere"
        command = [sys.executable, "-m", "rnnviz", "train", str(tmp_path / "tiny.toml")]
        begun.append(
            subprocess.Popen(
                [*command, "--out", str(run)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )
        end = time.monotonic() + patience.SECONDS
        while not (run / "steps.bin").is_file() or (run / "steps.bin").stat().st_size < 4000:
            assert time.monotonic() < end
            time.sleep(0.02)
        return begun[-1], run

    yield train
    for process in begun:
        process.kill()
        process.communicate()


def test_a_run_from_elsewhere_is_live_and_read_only_until_it_ends_and_vanishes(
    qtbot: QtBot, window: MainWindow, elsewhere: Elsewhere
) -> None:
    process, run = elsewhere()
    window.opener.open(str(run))
    qtbot.waitUntil(lambda: window.run.state == "watched")
    window.stage.calm.emit()
    assert not window.run_bar.train_button.isEnabled()
    assert "another process writes it" in window.run_bar.where.toolTip()
    assert "Watching" in window.probe.live.text()
    assert window.probe.line.isReadOnly()
    before = window.run.step
    qtbot.waitUntil(lambda: window.run.step > before + 20)
    qtbot.waitUntil(lambda: bool(window.travel.contents.stops))
    window.travel.go(window.travel.contents.stops[0])
    qtbot.waitUntil(
        lambda: (
            window.travel.snapshot is not None
            and window.travel.snapshot.step == window.travel.contents.stops[0]
        ),
    )
    assert "training goes on" in window.timeline.where.text()
    window.train()
    assert window.run.state == "watched"
    assert "only be watched" in window.banner.text.text()
    process.kill()
    process.communicate()
    qtbot.waitUntil(lambda: window.run.state == "recorded")
    assert "has ended" in window.banner.text.text()
    window.stage.calm.emit()
    assert window.run_bar.train_button.isEnabled()
    step = window.run.step
    shutil.rmtree(run)
    qtbot.waitUntil(lambda: window.run.state == "lost")
    assert "is gone" in window.banner.text.text()
    assert window.run.step == step > 0
    assert not window.workspace.hosts["training"].picture().message
    window.travel.go(1)
    qtbot.wait(50)
    assert not [host.failed for host in window.workspace.hosts.values() if host.failed]


def test_a_share_that_stalls_does_not_stall_the_window(
    qtbot: QtBot,
    window: MainWindow,
    tiny: RunConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watcher, "ENDED_SECONDS", 0.03)
    run, session = tmp_path / "share", build(tiny)
    folder = run_folder.create(run, session)
    folder.add_steps([session.trainer.step()])
    folder.close()
    window.opener.open(str(run))
    qtbot.waitUntil(lambda: window.run.state == "recorded")
    pipe = run / "pipe"
    os.mkfifo(pipe)
    # Whoever opens this for reading waits until somebody writes, like on a share without a server.
    os.replace(pipe, run / "steps.bin")
    qtbot.wait(300)
    ticks = window.stage._ticks
    qtbot.waitUntil(lambda: window.stage._ticks > ticks + 5)
    window.close()
    os.close(os.open(run / "steps.bin", os.O_RDWR | os.O_NONBLOCK))


def test_freshness_is_said_in_words() -> None:
    assert [ago(seconds) for seconds in (0.4, 12.2, 300)] == ["now", "12 s ago", "5 min ago"]


def test_views_behind_other_tabs_are_not_drawn(qtbot: QtBot, window: MainWindow) -> None:
    window.use_layout("Train")
    hosts = window.workspace.hosts
    qtbot.waitUntil(lambda: hosts["samples"].drawn_at > 0)
    assert not hosts["corpus"].in_sight
    window.show_view("corpus")
    qtbot.waitUntil(lambda: hosts["corpus"].in_sight)
    qtbot.waitUntil(lambda: not hosts["corpus"].dirty)
    assert not hosts["samples"].in_sight
