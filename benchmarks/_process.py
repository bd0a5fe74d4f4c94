"""Runs a measurement in fresh processes and takes medians."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any


def in_fresh_processes(module: str, processes: int, *arguments: str) -> dict[str, Any]:
    """Medians of every figure that `python -m MODULE` prints; of a `max` the largest."""
    found = [_run(module, arguments) for _ in range(processes)]
    return {name: _together(name, [each[name] for each in found]) for name in found[0]}


def _together(name: str, values: list[float]) -> float:
    return round(max(values) if "max" in name else statistics.median(values), 2)


def _run(module: str, arguments: tuple[str, ...]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
