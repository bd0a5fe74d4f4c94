"""How old a snapshot is when it stands on the screen: from the end of the probe to the end of
painting.
"""

from __future__ import annotations

from benchmarks._live import live
from benchmarks._machine import machine


def measure() -> dict[str, object]:
    """Milliseconds, over every picture of every view painted from a fresh snapshot."""
    names = ("age_p50_ms", "age_p95_ms", "pictures", "snapshots_per_second", "views_open")
    figures = live()
    return {name: figures[name] for name in names} | {"bar": "p95 <= 100 ms"} | machine()
