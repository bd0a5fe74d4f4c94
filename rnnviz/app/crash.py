"""Nothing is lost silently: exceptions from slots and threads go to a log file and into one
banner.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from platformdirs import user_log_path
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("rnnviz")


def log_path() -> Path:
    """The log file."""
    return user_log_path("rnnviz") / "rnnviz.log"


def log_tail(most: int = 8000) -> str:
    """The end of the log."""
    try:
        return log_path().read_text(encoding="utf-8", errors="replace")[-most:]
    except OSError:
        return ""


def install(tell: Callable[[str], None]) -> TextIO | None:
    """Route every unhandled exception and Qt message to the log, and one sentence to `tell`.

    Returns the open file of the fault handler, which must stay open.
    """
    faults = _open_log()

    def on_exception(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unhandled", exc_info=(kind, error, trace))
        # A thread may be the one that failed: widgets are only touched where this is the main one.
        if threading.current_thread() is threading.main_thread():
            tell(
                f"Something went wrong ({kind.__name__}: {error}). "
                "Training goes on; Help ▸ Log has the details."
            )

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_exception
    threading.excepthook = on_thread
    qInstallMessageHandler(_on_qt_message)
    return faults


def _open_log() -> TextIO | None:
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_path(), maxBytes=500_000, backupCount=2, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        faults = (log_path().parent / "faults.log").open("a", encoding="utf-8")
    except OSError:
        faulthandler.enable()
        return None
    faulthandler.enable(faults)
    return faults


def guard_the_display() -> None:
    """Until `install`: where Qt finds no display it would abort; end with one sentence instead."""
    qInstallMessageHandler(_before_the_window)


def _before_the_window(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if kind != QtMsgType.QtFatalMsg:
        log.debug("Qt: %s", message)
        return
    # Qt aborts the process once this returns.
    print(
        "rnnviz: Qt cannot open a window here (no display that answers, or a system library such "
        "as libxcb-cursor0 is missing); without one use rnnviz train, sample, views or export.",
        file=sys.stderr,
        flush=True,
    )
    os._exit(2)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
    log.log(level, "Qt: %s", message)
