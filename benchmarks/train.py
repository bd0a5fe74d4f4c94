"""Steps a second against a bare PyTorch loop of the same network, taken side by side."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks._live import live
from benchmarks._machine import machine
from benchmarks._reference import BareLoop
from rnnviz.cli.train import LOOK_PERCENT
from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import USUAL
from rnnviz.engine.runner import Runner

PROCESSES = 3
ROUNDS = 4
STEPS = 50
WARM_UP = 20
POLL_SECONDS = 0.002
THREADS = 1


def measure() -> dict[str, object]:
    """`ratio_headless`: our steps a second with recording, divided by the bare loop's; medians.

    `ratio_window`: the same with the window and every view of a language model live.
    """
    bars = {
        "bar_headless": "ratio_headless >= 0.97",
        "bar_window": "ratio_window >= 0.90 at snapshots_per_second >= 5",
    }
    return headless() | windowed() | machine() | {"threads": THREADS} | bars


def windowed() -> dict[str, object]:
    """With a 1440x900 window and all views of a language model side by side."""
    figures = live()
    return {
        "ratio_window": figures["ratio"],
        "ratios_window": figures["ratios"],
        "snapshots_per_second": figures["snapshots_per_second"],
        "views_open": figures["views_open"],
    }


def headless() -> dict[str, object]:
    """Medians over fresh processes, because rates drift between them."""
    found = [in_fresh_process() for _ in range(PROCESSES)]
    figures = {name: statistics.median(each[name] for each in found) for name in found[0]}
    ratios = [round(each["ratio_headless"], 3) for each in found]
    return figures | {"ratios_headless": ratios}


def in_fresh_process() -> dict[str, float]:
    """`compare` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.train"],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def configuration() -> RunConfig:
    """2x128 LSTM, B = T = 50, looked at and recorded as `rnnviz train --out` does."""
    return RunConfig().replaced(
        {
            "training.threads": THREADS,
            "training.device": "cpu",
            "training.steps": 10**7,
            "look.budget_percent": LOOK_PERCENT,
        }
    )


def compare() -> dict[str, float]:
    """Both loops in this process, alternating, so that both suffer alike from the machine."""
    config = configuration()
    theirs, ours = side_by_side(config, BareLoop(config).step, ROUNDS, STEPS)
    return {
        # Totals, not medians: what comes now and then (a sample, a checkpoint) counts too.
        "ratio_headless": theirs / ours,
        "bare_steps_per_second": ROUNDS * STEPS / theirs,
        "headless_steps_per_second": ROUNDS * STEPS / ours,
    }


def side_by_side(
    config: RunConfig, bare: Callable[[], object], rounds: int, steps: int
) -> tuple[float, float]:
    """Seconds of both, (theirs, ours), for `rounds` times `steps` steps in turn; ours is recorded
    and looked into.
    """
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(config, Path(folder) / "run")
        runner.start()
        runner.send(events.Look(USUAL))
        seconds = alternate(bare, lambda count: train(runner, count), rounds, steps)
        runner.send(events.Stop())
        runner.join()
    theirs, ours = map(sum, zip(*seconds, strict=True))
    return theirs, ours


def alternate(
    step: Callable[[], object], ours: Callable[[int], float], rounds: int, steps: int
) -> list[tuple[float, float]]:
    """Seconds for `steps` steps of both, (theirs, ours), once per round."""

    def theirs(count: int) -> float:
        begun = time.perf_counter()
        for _ in range(count):
            step()
        return time.perf_counter() - begun

    theirs(WARM_UP)
    ours(WARM_UP)
    return [(theirs(steps), ours(steps)) for _ in range(rounds)]


def train(runner: Runner, steps: int) -> float:
    """So many steps in the training thread; the seconds they took."""
    begun = time.perf_counter()
    runner.send(events.Train(steps))
    done = _until_paused(runner)
    seconds = time.perf_counter() - begun
    # A resting run looks once more; the other side shall not pay for that.
    while (snapshot := runner.latest()) is None or snapshot.step < done:
        time.sleep(POLL_SECONDS)
    return seconds


def _until_paused(runner: Runner) -> int:
    trained = False
    while True:
        for event in runner.poll():
            if isinstance(event, events.Changed):
                if event.state == "failed":
                    raise RuntimeError(event.message)
                if trained and event.state == "paused":
                    return event.step
                trained = event.state == "training"
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    print(json.dumps(compare()))
