"""How evenly the window answers while a network trains and every view is live."""

from __future__ import annotations

from benchmarks._live import live
from benchmarks._machine import machine


def measure() -> dict[str, object]:
    """Intervals of a 16 ms timer, in milliseconds."""
    names = ("frame_p50_ms", "frame_p99_ms", "frame_max_ms", "snapshots_per_second", "views_open")
    figures = live()
    bars = {"bar": "p99 <= 33 ms, no stall above 100 ms"}
    return {name: figures[name] for name in names} | bars | machine()
