"""Panning and zooming training curves of a million steps in the real window: frames a second."""

from __future__ import annotations

from benchmarks._machine import machine
from benchmarks._process import in_fresh_processes

PROCESSES = 3


def measure() -> dict[str, object]:
    """From the movement of the mouse or its wheel to the end of painting, one after the other."""
    return (
        in_fresh_processes("benchmarks._curve", PROCESSES)
        | {
            "bar": ">= 30 frames/s",
        }
        | machine()
    )
