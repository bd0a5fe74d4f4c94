"""How soon a run with 1,000,000 steps and 1,000 snapshots is open, as the window opens it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks._machine import machine
from benchmarks._process import in_fresh_processes
from benchmarks._recorded import recorded_run

STEPS, SNAPSHOTS = 1_000_000, 1000
PROCESSES = 5


def measure() -> dict[str, object]:
    """Medians over fresh processes, of memory the most: open, and with every open view painted.

    The run of a 2x128 LSTM at T = 50 lies in the system's file cache, as one just trained does.
    """
    with tempfile.TemporaryDirectory(prefix="rnnviz-bench-") as folder:
        needs = frozenset({"states", "gates", "gradients", "next"})
        path = recorded_run(Path(folder) / "run", STEPS, SNAPSHOTS, needs)
        figures = in_fresh_processes("benchmarks._opening", PROCESSES, str(path))
    about = {"steps": STEPS, "snapshots": SNAPSHOTS, "processes": PROCESSES}
    bar = {"bar": "open_seconds <= 1.5, memory_max_megabytes <= 300"}
    return figures | about | bar | machine()
