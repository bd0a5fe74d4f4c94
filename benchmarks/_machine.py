"""The machine in general terms, for the reader of a figure."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path


def machine() -> dict[str, object]:
    """Architecture, system and number of usable processor cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "machine": f"{platform.machine()}, {platform.system()}",
        "cores": cores,
        "python": platform.python_version(),
    }


def resident() -> int:
    """Bytes of memory that this process holds now; where no system file says so, the most ever."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        # Windows has no such module, and gets nothing measured here.
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else 1024 * most
