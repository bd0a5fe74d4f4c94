"""Measures the live window: `python -m benchmarks._window ROUNDS SECONDS` prints one JSON object.

One process alternates two phases on the same network, data order, optimizer and threads: a bare
PyTorch loop with the window's event loop at rest, and training in the window with `VIEWS` open at
once. So the ratio is taken side by side, and both sides suffer alike from whatever else the
machine does.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks._reference import BareLoop
from rnnviz.app import layouts
from rnnviz.app.window import MainWindow
from rnnviz.contracts.config import RunConfig
from rnnviz.engine import recipes

# All that show a language model as it trains. Terms of backpropagation and eigenvalues are worked
# out when somebody opens them, at a pace of their own; the others show other tasks.
VIEWS = (
    *("attention", "batches", "cell", "corpus", "gates", "gradients", "graph", "inspector"),
    *("parameters", "prediction", "samples", "score", "sizes", "states", "text", "training"),
)
COLUMNS = 4
FRAME_MS = 16


class Ages(QObject):
    """Notes, when a view's viewport has been painted, how old the newest snapshot on it is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        self.ages: list[float] = []
        self.counting = False
        self._shown: dict[str, float] = {}
        for name, host in window.workspace.hosts.items():
            viewport = host.painter.canvas.viewport()
            viewport.setProperty("view", name)
            viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # The filter runs before the painting; the timer fires once it is done.
            QTimer.singleShot(0, self, self._painted(str(watched.property("view"))))
        return False

    def _painted(self, name: str) -> Any:
        host = self.window_.workspace.hosts[name]
        snapshot = self.window_.run.snapshot
        fresh = not host.dirty and "snapshot" in host.view.depends and snapshot is not None
        finished = snapshot.finished_at if fresh and snapshot is not None else 0.0

        def note() -> None:
            if finished and self._shown.get(name) != finished:
                self._shown[name] = finished
                if self.counting:
                    self.ages.append(time.monotonic() - finished)

        return note


class Frames:
    """Intervals of a precise timer: how evenly the window answers."""

    def __init__(self) -> None:
        self.intervals: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.intervals.append(now - self._last)
        self._last = now


def everything() -> layouts.Tree:
    """All `VIEWS` side by side, none behind another."""
    columns = [VIEWS[start::COLUMNS] for start in range(COLUMNS)]
    return layouts.Row(
        tuple(layouts.Column(tuple(layouts.Tabs((name,)) for name in column)) for column in columns)
    )


def spin(app: QApplication, seconds: float) -> None:
    """Let the event loop run. (A loop of its own: quitting the application would close its
    windows.)
    """
    loop = QEventLoop(app)
    QTimer.singleShot(round(1000 * seconds), loop, loop.quit)
    loop.exec()


def spin_until(app: QApplication, window: MainWindow, state: str, timeout: float = 60.0) -> None:
    """Let the event loop run until the run is in `state`."""
    until = time.monotonic() + timeout
    while window.run.state != state:
        if time.monotonic() > until or window.run.state == "failed":
            raise RuntimeError(f"run is {window.run.state}: {window.run.message}")
        spin(app, 0.05)


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Alternate both phases and return all figures."""
    os.environ["RNNVIZ_RUNS"] = tempfile.mkdtemp(prefix="rnnviz-bench-")
    app = QApplication(sys.argv[:1])
    layouts.LAYOUTS["Everything"] = everything()
    window = MainWindow(Path(os.environ["RNNVIZ_RUNS"]) / "settings.json")
    window.resize(1440, 900)
    window.show()
    window.control.load()
    config = recipes.configuration("char-lm").replaced({"training.steps": 1_000_000})
    while not window.control.torch_ready:
        spin(app, 0.05)
    window.experiment.show_config(config)
    window.use_layout("Everything")
    window.control.prepare(config, train=True)
    spin_until(app, window, "training")
    ages, frames = Ages(window), Frames()
    spin(app, 4.0)
    figures = _phases(app, window, config, ages, frames, rounds, seconds)
    figures |= _summary(ages.ages, frames.intervals)
    figures["views_open"] = len(window.workspace.visible_hosts())
    window.close()
    return figures


def _phases(
    app: QApplication,
    window: MainWindow,
    config: RunConfig,
    ages: Ages,
    frames: Frames,
    rounds: int,
    seconds: float,
) -> dict[str, Any]:
    bare = BareLoop(config)
    rates: dict[str, list[float]] = {"bare": [], "live": []}
    fresh: list[float] = []
    for _ in range(rounds):
        window.control.pause()
        spin_until(app, window, "paused")
        rates["bare"].append(bare.rate(seconds))
        window.control.train(config)
        spin_until(app, window, "training")
        spin(app, 0.3)
        ages.counting = True
        rate, looks = _live(app, window, frames, seconds)
        ages.counting = False
        rates["live"].append(rate)
        fresh.append(looks)
    ratios = [live / base for live, base in zip(rates["live"], rates["bare"], strict=True)]
    return {
        "ratio": statistics.median(ratios),
        "ratios": [round(r, 3) for r in ratios],
        "bare_steps_per_second": statistics.median(rates["bare"]),
        "live_steps_per_second": statistics.median(rates["live"]),
        "snapshots_per_second": statistics.median(fresh),
    }


def _live(
    app: QApplication, window: MainWindow, frames: Frames, seconds: float
) -> tuple[float, float]:
    seen: set[float] = set()

    def note(news: set[str]) -> None:
        if "snapshot" in news and window.run.snapshot is not None:
            seen.add(window.run.snapshot.finished_at)

    window.run.changed.connect(note)
    begun = window.run.history.column("seconds")[-1], window.run.step
    frames.start()
    spin(app, seconds)
    frames.stop()
    window.run.changed.disconnect(note)
    ended = window.run.history.column("seconds")[-1], window.run.step
    return (ended[1] - begun[1]) / (ended[0] - begun[0]), len(seen) / seconds


def _summary(ages: list[float], intervals: list[float]) -> dict[str, Any]:
    age, frame = 1000 * np.array(ages), 1000 * np.array(intervals)
    return {
        "age_p50_ms": float(np.percentile(age, 50)),
        "age_p95_ms": float(np.percentile(age, 95)),
        "pictures": len(ages),
        "frame_p50_ms": float(np.percentile(frame, 50)),
        "frame_p99_ms": float(np.percentile(frame, 99)),
        "frame_max_ms": float(frame.max()),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), float(sys.argv[2]))))
