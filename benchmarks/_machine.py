"""The machine in general terms, for the reader of a figure."""

from __future__ import annotations

import os
import platform


def machine() -> dict[str, object]:
    """Architecture, system and number of usable processor cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "machine": f"{platform.machine()}, {platform.system()}",
        "cores": cores,
        "python": platform.python_version(),
    }
