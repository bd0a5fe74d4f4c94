"""Eight hours' worth of steps: memory and open files stay as they are.

A usual recipe does about 20 steps a second, 576,000 in eight hours. The network here is so tiny
that they take minutes; looks, snapshots, checkpoints, validations and samples come as much faster,
so that there are as many of each as eight hours bring.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

from rnnviz.contracts import events
from rnnviz.contracts.snapshot import NEEDS
from rnnviz.engine import course
from rnnviz.engine.run_store import Run
from rnnviz.engine.runner import Runner
from tests.robustness.common import changed, tiny

STEPS = 8 * 3600 * 20

# Of the usual recipes these cost the least per step; what surrounds a step is the same for all.
TINIEST = {"model__cell": "simple_rnn", "training__optimizer": "sgd", "training__clip": "none"}

# The first part fills caches and buffers.
WARM_UP = 0.15
MOST_GROWTH = 30 * 10**6
STEPS_LEAST = 1000


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many steps with recording, looking, samples and checkpoints; growth from the first to the
    last part.
    """
    count = max(count, STEPS_LEAST)
    # Every 2 and 10 s in eight hours: thinning is at work most of the time.
    quick = {"SECONDS_BETWEEN_RECORDED_SNAPSHOTS": 0.05, "SECONDS_BETWEEN_FULL_SNAPSHOTS": 0.25}
    with changed(course, **quick):
        return _survive(folder, count, seed)


def _survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    config = tiny(
        folder,
        training__steps=count,
        training__seed=seed % 2**31,
        training__validate_every=1000,
        training__checkpoint_every=1.0,
        look__sample_every=1000,
        look__budget_percent=10.0,
        **TINIEST,
    )
    runner = Runner(config, folder / "run")
    runner.start()
    runner.send(events.Look(frozenset(NEEDS)))
    runner.send(events.Train())
    seen = _follow(runner, count)
    runner.join()
    return _judged(seen, folder / "run", count)


def _follow(runner: Runner, count: int) -> list[tuple[int, int, int]]:
    """(step, bytes resident, open files) now and then."""
    seen: list[tuple[int, int, int]] = []
    step = 0
    while not runner.join(0.02):
        runner.latest()
        for event in runner.poll():
            if isinstance(event, events.Rows):
                step = event.rows[-1].step
            if isinstance(event, events.Changed) and event.state in ("finished", "failed"):
                runner.send(events.Stop())
        if step >= len(seen) * count / 50:
            gc.collect()
            seen.append((step, _resident(), _open_files()))
    time.sleep(0.1)
    return seen


def _judged(seen: list[tuple[int, int, int]], path: Path, count: int) -> dict[str, Any]:
    settled = [each for each in seen if each[0] >= WARM_UP * count]
    third = max(1, len(settled) // 3)
    early, late = settled[:third], settled[-third:]
    growth = min(each[1] for each in late) - max(each[1] for each in early)
    files = max(each[2] for each in late) - max(each[2] for each in early)
    run = Run.open(path)
    failures = []
    if len(run.history) != count:
        failures.append(f"{len(run.history)} of {count} steps recorded")
    if growth > MOST_GROWTH:
        failures.append(f"memory grew by {growth / 1e6:.0f} MB")
    if files > 2:
        failures.append(f"{files} more open files")
    return {
        "steps": count,
        "checkpoints_kept": len(run.checkpoint_steps()),
        "snapshots_kept": len(run.playback.snapshot_steps()),
        "megabytes_early": round(max(each[1] for each in early) / 1e6),
        "megabytes_late": round(max(each[1] for each in late) / 1e6),
        "open_files_early": max(each[2] for each in early),
        "open_files_late": max(each[2] for each in late),
        "failures": failures,
    }


def _resident() -> int:
    if sys.platform != "linux":
        import psutil

        return int(psutil.Process().memory_info().rss)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _open_files() -> int:
    if sys.platform != "linux":
        import psutil

        return int(psutil.Process().num_fds())
    return len(os.listdir("/proc/self/fd"))
