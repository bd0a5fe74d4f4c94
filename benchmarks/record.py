"""Training with full recording against training with none, taken side by side."""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._machine import machine
from benchmarks._process import in_fresh_processes
from benchmarks.train import configuration, train
from rnnviz.contracts import events
from rnnviz.contracts.snapshot import USUAL
from rnnviz.engine.runner import Runner

PROCESSES = 3
ROUNDS = 6
STEPS = 50
WARM_UP = 20
REST_SECONDS = 0.3


def measure() -> dict[str, object]:
    """`ratio`: steps a second with recording (all scalars, samples, checkpoints, full snapshots),
    divided by those of the same run that keeps nothing. Both look inside equally often.

    `ratio_of_processor_time`: the same of what the training thread alone worked for a step, which
    other programs on the machine change little; NaN where the system does not count that.
    """
    figures = in_fresh_processes("benchmarks.record", PROCESSES)
    bar = {"bar": "ratio >= 0.97", "processes": PROCESSES, "rounds": ROUNDS}
    return figures | bar | machine()


def compare() -> dict[str, float]:
    """Both runs in this process, alternating, each of them resting while the other trains."""
    with tempfile.TemporaryDirectory(prefix="rnnviz-bench-") as folder:
        kept, bare = _begun(Path(folder) / "run"), _begun(None)
        for runner in (kept, bare):
            train(runner, WARM_UP)
        seconds, worked = [], {kept: -_worked(kept), bare: -_worked(bare)}
        for turn in range(ROUNDS):
            # Whoever begins alternates too: a machine that warms up slows the second one.
            order = (kept, bare) if turn % 2 else (bare, kept)
            taken = {runner: _alone(runner) for runner in order}
            seconds.append((taken[bare], taken[kept]))
        for runner in (kept, bare):
            worked[runner] += _worked(runner)
            runner.send(events.Stop())
            runner.join()
    theirs, ours = map(sum, zip(*seconds, strict=True))
    return {
        "ratio": theirs / ours,
        "ratio_of_medians": statistics.median(a for a, _ in seconds)
        / statistics.median(b for _, b in seconds),
        "ratio_of_processor_time": worked[bare] / worked[kept],
        "steps_per_second_recording": ROUNDS * STEPS / ours,
    }


def _alone(runner: Runner) -> float:
    seconds = train(runner, STEPS)
    # What is recorded of the rest must not fall into the other's time.
    time.sleep(REST_SECONDS)
    return seconds


def _worked(runner: Runner) -> float:
    """Seconds that the training thread has worked so far."""
    thread = runner.thread_number
    if sys.platform != "linux" or thread is None:
        return math.nan
    return time.clock_gettime(time.pthread_getcpuclockid(thread))


def _begun(out: Path | None) -> Runner:
    runner = Runner(configuration(), out)
    runner.start()
    runner.send(events.Look(USUAL))
    while not any(isinstance(event, events.Ready) for event in runner.poll()):
        time.sleep(0.01)
    return runner


if __name__ == "__main__":
    print(json.dumps(compare()))
