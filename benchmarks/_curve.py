"""`python -m benchmarks._curve`: opens a recorded run of a million steps in the real window, pans
and zooms its training curves with real mouse events, and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks._recorded import open_run, recorded_run
from rnnviz.app.window import MainWindow

STEPS = 1_000_000
FRAMES = 150


def measure() -> dict[str, float]:
    """Zoom in by the wheel, pan to and fro, zoom out; each frame is painted before the next."""
    folder = Path(tempfile.mkdtemp(prefix="rnnviz-bench-"))
    app = QApplication(sys.argv[:1])
    path = recorded_run(folder / "run", steps=STEPS, snapshots=1)
    window = open_run(app, path, folder)
    view = window.workspace.hosts["training"].painter.canvas.viewport()
    frames = {"pan": _pans(window, view), "zoom": _zooms(window, view)}
    figures: dict[str, float] = {}
    for name, seconds in frames.items():
        figures[f"{name}_frames_per_second"] = len(seconds) / sum(seconds)
        figures[f"{name}_p95_ms"] = 1000 * float(np.percentile(seconds, 95))
        figures[f"{name}_max_ms"] = 1000 * max(seconds)
    window.close()
    return figures


def _zooms(window: MainWindow, view: QWidget) -> list[float]:
    """The whole run, down to some thousand steps and back."""
    at = QPointF(view.width() * 0.45, view.height() * 0.3)
    window.fit()
    notches = [120] * 30 + [-120] * 30
    return [_frame(view, _wheel(view, at, turn)) for turn in notches * (FRAMES // 60)]


def _pans(window: MainWindow, view: QWidget) -> list[float]:
    """Half of the run in sight, dragged to and fro."""
    window.fit()
    at = QPointF(view.width() * 0.45, view.height() * 0.3)
    for _ in range(4):
        _frame(view, _wheel(view, at, 120))
    press, move, left = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type
    _frame(view, _mouse(view, press, at))
    way = 60 * np.sin(np.linspace(0, 6 * np.pi, FRAMES))
    found = [_frame(view, _mouse(view, move, at + QPointF(x, 0))) for x in way]
    _frame(view, _mouse(view, left.MouseButtonRelease, at))
    return found


def _frame(view: QWidget, event: QEvent) -> float:
    """Seconds until the event has been heeded and the view painted."""
    begun = time.perf_counter()
    QCoreApplication.sendEvent(view, event)
    view.repaint()
    seconds = time.perf_counter() - begun
    QCoreApplication.processEvents()
    return seconds


def _mouse(view: QWidget, kind: QEvent.Type, at: QPointF) -> QMouseEvent:
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    return QMouseEvent(kind, at, view.mapToGlobal(at), pressed, button, none)


def _wheel(view: QWidget, at: QPointF, turn: int) -> QWheelEvent:
    return QWheelEvent(
        at, view.mapToGlobal(at), QPoint(0, 0), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure()))
