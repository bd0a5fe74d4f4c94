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

from benchmarks._machine import machine
from benchmarks._reference import BareLoop
from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import NEEDS
from rnnviz.engine.runner import Runner

PROCESSES = 3
ROUNDS = 7
STEPS = 40
THREADS = 1


def measure() -> dict[str, object]:
    """`ratio_headless`: our steps a second with recording, divided by the bare loop's; medians."""
    return headless() | machine() | {"threads": THREADS, "bar_headless": "ratio_headless >= 0.97"}


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
            "look.snapshots_per_second": 0.5,
        }
    )


def compare() -> dict[str, float]:
    """Both loops in this process, alternating, so that both suffer alike from the machine."""
    config = configuration()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(config, Path(folder) / "run")
        runner.start()
        runner.send(events.Look(frozenset(NEEDS)))
        bare = BareLoop(config)
        pairs = alternate(bare.step, lambda steps: train(runner, steps))
        runner.send(events.Stop())
        runner.join()
    return {
        "ratio_headless": statistics.median(ours / theirs for theirs, ours in pairs),
        "bare_steps_per_second": statistics.median(theirs for theirs, _ in pairs),
        "headless_steps_per_second": statistics.median(ours for _, ours in pairs),
    }


def alternate(
    step: Callable[[], object], many: Callable[[int], object]
) -> list[tuple[float, float]]:
    """Steps a second of both, (theirs, ours), once per round."""

    def theirs(steps: int) -> None:
        for _ in range(steps):
            step()

    theirs(STEPS)
    many(STEPS)
    return [(_rate(theirs), _rate(many)) for _ in range(ROUNDS)]


def train(runner: Runner, steps: int) -> None:
    """So many steps in the training thread."""
    runner.send(events.Train(steps))
    trained = False
    while True:
        for event in runner.poll():
            if isinstance(event, events.Changed):
                if event.state == "failed":
                    raise RuntimeError(event.message)
                if trained and event.state == "paused":
                    return
                trained = event.state == "training"
        time.sleep(0.002)


def _rate(work: Callable[[int], object]) -> float:
    begun = time.perf_counter()
    work(STEPS)
    return STEPS / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps(compare()))
