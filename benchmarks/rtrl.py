"""Real-time recurrent learning against backpropagation through time: the same gradient, and what it
costs to have it without looking back.
"""

from __future__ import annotations

from benchmarks._machine import machine
from benchmarks._process import in_fresh_processes
from benchmarks._rtrl import SIZES, STEPS, difference, numbers

PROCESSES = 3


def measure() -> dict[str, object]:
    """`times_as_long_H` and `times_as_much_kept_H` for H units of a simple RNN and 50 steps;
    `difference`: the largest of any entry of the gradient, in double precision.
    """
    kept = {f"times_as_much_kept_{units}": round(numbers(units), 1) for units in SIZES}
    figures = in_fresh_processes("benchmarks._rtrl", PROCESSES)
    return {"difference": f"{difference():.0e}", "steps": STEPS} | figures | kept | machine()
