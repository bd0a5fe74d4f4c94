"""How soon every visible view shows another step of a recorded run, in the real window."""

from __future__ import annotations

from benchmarks._machine import machine
from benchmarks._process import in_fresh_processes

PROCESSES = 3


def measure() -> dict[str, object]:
    """Milliseconds from moving the timeline to the end of painting all views of the default layout;
    1,000 snapshots of a 2×128 LSTM at T = 50. Each jump goes to another random step; `near` are
    moves to the next snapshot, as while playing. `processor`: the time that all threads of the
    program worked for it, which other programs on the machine change little.
    """
    return in_fresh_processes("benchmarks._scrub", PROCESSES) | {"bar": "p95 <= 50 ms"} | machine()
