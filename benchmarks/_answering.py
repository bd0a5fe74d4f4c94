"""How the window answers while it opens a corpus: `python -m benchmarks._answering PATH`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")

from PySide6.QtWidgets import QApplication

from benchmarks._window import Frames, spin
from rnnviz.app.window import MainWindow


def answering(path: str) -> dict[str, float]:
    """Longest and 99th percentile interval of a 16 ms timer, in ms, from opening to the first
    batch.
    """
    os.environ["RNNVIZ_RUNS"] = tempfile.mkdtemp(prefix="rnnviz-bench-")
    app = QApplication(sys.argv[:1])
    window = MainWindow(Path(os.environ["RNNVIZ_RUNS"]) / "settings.json")
    window.resize(1440, 900)
    window.show()
    window.control.load()
    while not window.control.torch_ready:
        spin(app, 0.05)
    spin(app, 1.0)
    frames, begun = Frames(), time.monotonic()
    frames.start()
    window.opener.open(path)
    while window.run.state != "paused":
        if window.run.state == "failed":
            raise RuntimeError(window.run.message)
        spin(app, 0.1)
    frames.stop()
    seconds = time.monotonic() - begun
    window.close()
    ordered = sorted(1000 * interval for interval in frames.intervals)
    return {
        "window_seconds": round(seconds, 1),
        "window_frame_p99_ms": round(ordered[int(0.99 * len(ordered))], 1),
        "window_frame_max_ms": round(ordered[-1], 1),
    }


if __name__ == "__main__":
    print(json.dumps(answering(sys.argv[1])))
