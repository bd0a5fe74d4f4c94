"""Starts the window: first it stands, then PyTorch is loaded behind it."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from rnnviz.app import crash
from rnnviz.app.window import MainWindow
from rnnviz.contracts.shipped import shipped

# The first painting needs the interpreter, which PyTorch's import would hold meanwhile.
LOAD_AFTER_MS = 60

# What a look at a large network, or a share that stalls, may take after the window has closed.
LEAVE_SECONDS = 5.0


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
    QTimer.singleShot(LOAD_AFTER_MS, window, window.control.load)
    QTimer.singleShot(LOAD_AFTER_MS, window, gc.enable)
    if path is not None:
        window.opener.open(path)
    if compared:
        window.runs.compare(compared)
    code = app.exec()
    if faults is not None:
        faults.flush()
    if not threads_end(LEAVE_SECONDS):
        logging.shutdown()
        os._exit(code)
    return code


def threads_end(seconds: float) -> bool:
    """Wait until no other thread is left; False where one still works after so long.

    Python stops the others in the middle of what they call, and where that is C++ code the whole
    process aborts. All that is to be kept has been written when the window has closed.
    """
    until = time.monotonic() + seconds
    others = [each for each in threading.enumerate() if each is not threading.current_thread()]
    for thread in others:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in others)
