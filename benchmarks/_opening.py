"""How soon a long run is on the screen: `python -m benchmarks._opening RUN_DIR` prints one JSON
object.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")

from PySide6.QtWidgets import QApplication

from benchmarks._machine import resident
from benchmarks._window import spin
from rnnviz.app.main import threads_end
from rnnviz.app.window import MainWindow


class Highest:
    """The most memory that was held meanwhile, in bytes; looks every few milliseconds."""

    def __init__(self) -> None:
        self.bytes = resident()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.003):
            self.bytes = max(self.bytes, resident())

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


def opening(path: Path) -> dict[str, float]:
    """Seconds from asking for the run until it is open, and until all open views are painted;
    memory above that of the window at rest.
    """
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory(prefix="rnnviz-bench-") as folder:
        os.environ["RNNVIZ_RUNS"] = folder
        window = MainWindow(Path(folder) / "settings.json")
        window.resize(1440, 900)
        window.show()
        window.control.load()
        while not window.control.torch_ready:
            spin(app, 0.05)
        window.use_layout("Train")
        spin(app, 2.0)
        idle, highest = resident(), Highest()
        begun, at = time.perf_counter(), time.monotonic()
        window.opener.open(str(path))
        _until(app, lambda: window.run.state == "recorded")
        opened = time.perf_counter() - begun
        hosts = [host for host in window.workspace.hosts.values() if host.in_sight]
        _until(app, lambda: all(host.drawn_at > at for host in hosts))
        painted = time.perf_counter() - begun
        spin(app, 1.0)
        highest.stop()
        after = resident()
        window.close()
        threads_end(60.0)
    return {
        "open_seconds": opened,
        "painted_seconds": painted,
        "memory_max_megabytes": (highest.bytes - idle) / 1e6,
        "memory_after_megabytes": (after - idle) / 1e6,
        "views_painted": float(len(hosts)),
    }


def _until(app: QApplication, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError("the run did not appear")
        spin(app, 0.005)


if __name__ == "__main__":
    print(json.dumps(opening(Path(sys.argv[1]))))
