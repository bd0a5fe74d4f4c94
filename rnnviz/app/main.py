"""Starts the window: first it stands, then PyTorch is loaded behind it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from rnnviz.app import crash
from rnnviz.app.window import MainWindow
from rnnviz.contracts.shipped import shipped


def run_window(path: str | None = None, compared: Sequence[Path] = ()) -> int:
    """Show the window, opening `path` (a corpus, recipe or run) if given, or the comparison of
    runs; returns the exit code.
    """
    crash.guard_the_display()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("rnnviz")
    app.setApplicationDisplayName("rnnviz")
    # Everything is in English, so numbers are too: else 0.5 would be 5 in half of Europe.
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    app.setWindowIcon(QIcon(str(shipped("resources") / "icons" / "app.svg")))
    window = MainWindow()
    faults = crash.install(window.banner.fail)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    window.show()
    QTimer.singleShot(0, window, window.control.load)
    if path is not None:
        window.opener.open(path)
    if compared:
        window.runs.compare(compared)
    code = app.exec()
    if faults is not None:
        faults.flush()
    return code
