"""How soon the window stands: process start to first painting, against `python -c "import
torch"`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from benchmarks._machine import machine

ROUNDS = 5

_PAINTED = """
import gc, sys, time
gc.disable()  # as the command does
from PySide6.QtCore import QTimer
from rnnviz.app import main, window
class Painted(window.MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, self, self.report)
    def report(self):
        print(time.time(), flush=True)
        import os
        os._exit(0)
main.MainWindow = Painted
main.run_window()
"""


def measure() -> dict[str, object]:
    """Alternate both in fresh processes; medians in seconds and their ratio. Both are compiled, as
    everything is from its second start on.
    """
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.setdefault("QT_QPA_PLATFORM", "xcb" if "DISPLAY" in environment else "offscreen")
    window, torch = [], []
    for _ in range(1 + ROUNDS):
        torch.append(_seconds_to_end([sys.executable, "-c", "import torch"], environment))
        window.append(_seconds_to_print([sys.executable, "-c", _PAINTED], environment))
    del window[0], torch[0]
    return {
        "ratio": statistics.median(a / b for a, b in zip(window, torch, strict=True)),
        "window_seconds": statistics.median(window),
        "import_torch_seconds": statistics.median(torch),
        "bar": "ratio <= 0.7",
    } | machine()


def _seconds_to_end(command: list[str], environment: dict[str, str]) -> float:
    begun = time.time()
    subprocess.run(command, check=True, env=environment)
    return time.time() - begun


def _seconds_to_print(command: list[str], environment: dict[str, str]) -> float:
    begun = time.time()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout.split()[0]) - begun
