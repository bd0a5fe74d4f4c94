"""A window, and a command line, each in a process of its own, that want to train on the same run at
the same moment.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from rnnviz import cli
from tests.robustness.common import ended, forked

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rival: whether it trains, and all that it said and shows if it does not.

    said        the sentence
    read_only   what can be seen besides: a state, or an exit code
    """

    trains: bool
    said: str = ""
    read_only: str = ""


class WindowRival:
    """A window that lives through many races. It is told what to do through a pipe."""

    def __init__(self, folder: Path) -> None:
        self._pipe, theirs = Pipe()
        self._child = forked(lambda: _live(folder, theirs))

    def get_ready(self, run: Path) -> None:
        """Open the run; returns when it stands in the window."""
        assert self._ask("open", str(run)) == "recorded"

    def go(self, at: float) -> None:
        """Train on at that time of the monotonic clock."""
        self._pipe.send(("go", at))

    def outcome(self) -> Outcome:
        """Wait for what has become of it."""
        return Outcome(*self._answer())

    def stop(self) -> None:
        """Stop training."""
        assert self._ask("stop") == "stopped"

    def close(self) -> int:
        """Close the window; its exit code."""
        self._pipe.send(("close",))
        return ended(self._child)

    def kill(self) -> None:
        """End it, whatever it does."""
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)

    def _ask(self, *command: Any) -> Any:
        self._pipe.send(command)
        return self._answer()

    def _answer(self) -> Any:
        if not self._pipe.poll(PATIENCE):
            raise AssertionError("the window gives no answer")
        return self._pipe.recv()


class CommandRival:
    """`rnnviz train --resume`, begun anew for each race."""

    def __init__(self, folder: Path) -> None:
        self._said = folder / "said.txt"
        self._child = 0

    def get_ready(self, run: Path) -> None:
        self._run = run

    def go(self, at: float) -> None:
        self._child = forked(lambda: _command(self._run, self._said, at))

    def outcome(self) -> Outcome:
        """Refused with its sentence; else it trains."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            code = _exit_code(self._child)
            if code is not None:
                return Outcome(False, self._said.read_text(), f"exit code {code}")
            if _writes(self._run) == self._child:
                return Outcome(True)
            time.sleep(0.01)
        raise AssertionError("the command neither trains nor ends")

    def stop(self) -> None:
        """Ctrl+C."""
        os.kill(self._child, signal.SIGINT)
        code = ended(self._child)
        assert code == 130, f"Ctrl+C ended the command with {code}"

    def kill(self) -> None:
        """End it, whatever it does."""
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)


def _exit_code(child: int) -> int | None:
    if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    return ended(child)


def _writes(run: Path) -> object:
    from rnnviz.engine.presence import read_status

    status = read_status(run)
    return status.get("process") if status.get("state") == "training" else None


def _command(run: Path, said: Path, at: float) -> None:
    """In the child: what a terminal would run, with its messages in a file."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open(said, "w", encoding="utf-8") as file:
        sys.stdout = sys.stderr = file
        time.sleep(max(0.0, at - time.monotonic()))
        code = cli.main(["train", "--resume", str(run), "--steps", "1000000"])
    os._exit(code)


# ---- inside the window's process


def _live(folder: Path, pipe: Connection) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["RNNVIZ_RUNS"] = str(folder / "runs")
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from rnnviz.app.window import MainWindow

    qInstallMessageHandler(lambda *_: None)
    app = QApplication(["rnnviz"])
    window = MainWindow(folder / f"settings-{os.getpid()}.json")
    window.show()
    window.control.load()

    def until(ready: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            if time.monotonic() > end:
                raise AssertionError(f"{window.run.state}: {window.run.message}")
            app.processEvents()
            time.sleep(0.002)

    until(lambda: window.control.torch_ready)
    while True:
        until(pipe.poll)
        match pipe.recv():
            case ("open", path):
                # It may stand there from the last race: only what is read now counts.
                opened: list[object] = []
                window.opener.run_opened.connect(opened.append)
                window.opener.open(path)
                until(lambda opened=opened, path=path: bool(opened) and _shows(window, path))
                window.opener.run_opened.disconnect(opened.append)
                pipe.send(window.run.state)
            case ("go", at):
                time.sleep(max(0.0, at - time.monotonic()))
                window.control.resume()
                until(lambda: window.run.state in ("training", "watched", "failed"))
                if window.run.state == "failed":
                    # It is opened anew, to be watched.
                    until(lambda: window.run.state == "watched")
                window.stage.calm.emit()
                trains = window.run.state == "training"
                shown = "" if trains else window.run_bar.where.toolTip()
                pipe.send((trains, "" if trains else window.banner.text.text(), shown))
            case ("stop",):
                window.control.stop()
                until(lambda: window.run.state == "stopped")
                pipe.send(window.run.state)
            case ("close",):
                window.close()
                return


def _shows(window: Any, path: str) -> bool:
    return window.run.state == "recorded" and str(window.run.path) == path and window.run.step > 0
