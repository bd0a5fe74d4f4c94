"""Runs the measurement of the live window in fresh processes and takes medians."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

PROCESSES = 3
ROUNDS = 3
SECONDS = 4.0


@cache
def live() -> dict[str, Any]:
    """Medians over the processes of every figure, and the worst frame of all."""
    found = [_in_fresh_process() for _ in range(PROCESSES)]
    names = [name for name, value in found[0].items() if isinstance(value, int | float)]
    figures: dict[str, Any] = {
        name: statistics.median(each[name] for each in found) for name in names
    }
    figures["frame_max_ms"] = max(each["frame_max_ms"] for each in found)
    figures["ratios"] = [round(each["ratio"], 3) for each in found]
    return figures


def _in_fresh_process() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._window", str(ROUNDS), str(SECONDS)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures
