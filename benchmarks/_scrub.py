"""`python -m benchmarks._scrub`: moves the timeline of the real window, prints one JSON object."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks._recorded import open_run, recorded_run
from benchmarks._window import spin
from rnnviz.app.timeline_bar import TimelineBar
from rnnviz.app.window import MainWindow
from rnnviz.contracts.snapshot import NEEDS

STEPS, SNAPSHOTS, MOVES = 20_000, 1_000, 200


def measure() -> dict[str, float]:
    """Drags to random steps, then from snapshot to snapshot."""
    folder = Path(tempfile.mkdtemp(prefix="rnnviz-bench-"))
    app = QApplication(sys.argv[:1])
    needs = _needs(app, folder)
    path = recorded_run(folder / "run", STEPS, SNAPSHOTS, needs)
    window = open_run(app, path, folder)
    bar = window.timeline.bar
    while len(window.travel.contents.stops) < SNAPSHOTS or bar.step_at(bar.x_of(STEPS)) < STEPS:
        spin(app, 0.1)
    ends = bar.x_of(0), bar.x_of(STEPS)
    random = np.random.default_rng(2)
    far = _drag(window, bar, random.uniform(*ends, MOVES))
    stops = window.travel.contents.stops[100 : 100 + MOVES]
    near = _drag(window, bar, np.array([bar.x_of(step) for step in stops]))
    window.close()
    return _figures("jump", far) | _figures("near", near) | {"views": _count(window)}


def _needs(app: QApplication, folder: Path) -> frozenset[str]:
    """What the default layout asks to be recorded."""
    window = MainWindow(folder / "needs.json")
    window.show()
    window.show_workspace()
    spin(app, 0.3)
    found = window.workspace.needs()
    window.close()
    window.deleteLater()
    return found or frozenset(NEEDS)


def _count(window: MainWindow) -> float:
    return float(sum(bool(host.drawn_at) for host in window.workspace.hosts.values()))


def _drag(window: MainWindow, bar: TimelineBar, places: np.ndarray) -> list[tuple[float, float]]:
    """Of each movement of the mouse: seconds until its snapshot stands in every visible view, and
    seconds of the processor meanwhile, in all threads.
    """
    found: list[tuple[float, float]] = []
    _mouse(bar, QEvent.Type.MouseButtonPress, float(places[0]))
    for x in places:
        worked = time.process_time()
        seconds = _move(window, bar, float(x))
        found += [(seconds, time.process_time() - worked)] if seconds else []
    _mouse(bar, QEvent.Type.MouseButtonRelease, float(places[-1]))
    return found


def _move(window: MainWindow, bar: TimelineBar, x: float) -> float:
    loop = QEventLoop()
    before = window.travel.snapshot
    painted: list[float] = []

    def arrived() -> None:
        painted.append(time.perf_counter())
        loop.quit()

    # Connected last, so it is called when the stage has painted.
    window.travel.arrived.connect(arrived)
    begun = time.perf_counter()
    _mouse(bar, QEvent.Type.MouseMove, x)
    deadline = begun + 2.0
    while not painted and time.perf_counter() < deadline and window.travel.awaits:
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    window.travel.arrived.disconnect(arrived)
    if not painted and window.travel.snapshot is before:
        return 0.0  # the same snapshot was the nearest again
    return painted[-1] - begun


def _mouse(bar: TimelineBar, kind: QEvent.Type, x: float) -> None:
    at = QPointF(x, bar.height() / 2)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, at, bar.mapToGlobal(at), left, left, none)
    QApplication.sendEvent(bar, event)


def _figures(name: str, moves: list[tuple[float, float]]) -> dict[str, float]:
    taken, worked = 1000 * np.array(moves).T
    return {
        f"{name}_p50_ms": float(np.percentile(taken, 50)),
        f"{name}_p95_ms": float(np.percentile(taken, 95)),
        f"{name}_max_ms": float(taken.max()),
        f"{name}_processor_p50_ms": float(np.percentile(worked, 50)),
        f"{name}_processor_p95_ms": float(np.percentile(worked, 95)),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
