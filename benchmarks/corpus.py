"""Peak memory for a text of 1 GB, from opening it to the first batch, above the idle program."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._machine import machine
from rnnviz.contracts.errors import UserError

SIZE = 10**9


def measure() -> dict[str, object]:
    """Megabytes and seconds in a fresh process; a second one tells what the idle program takes."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "large.txt"
        write_text(text, SIZE)
        idle = in_fresh_process("benchmarks.corpus", "")
        opened = in_fresh_process("benchmarks.corpus", str(text))
        window = in_fresh_process("benchmarks._answering", str(text))
    return (
        {
            "megabytes_above_idle": round(opened["megabytes"] - idle["megabytes"]),
            "megabytes_idle": round(idle["megabytes"]),
            "seconds_to_first_batch": round(opened["seconds"], 1),
            "corpus_megabytes": SIZE // 10**6,
            "bar": "megabytes_above_idle <= 400; the window keeps answering",
        }
        | window
        | machine()
    )


def write_text(path: Path, size: int) -> None:
    """Random words in lines: seeded, so everybody measures the same text."""
    chance = random.Random(1)
    words = [
        "".join(chance.choices("etaoinshrdlucmfw", k=chance.randint(1, 9))) for _ in range(5000)
    ]
    with open(path, "w", encoding="ascii") as file:
        written = 0
        while written < size:
            picked = chance.choices(words, k=100_000)
            lines = [" ".join(picked[start : start + 10]) for start in range(0, len(picked), 10)]
            block = ("\n".join(lines) + "\n")[: size - written]
            written += file.write(block)


def in_fresh_process(module: str, path: str) -> dict[str, float]:
    """The figures that a module prints, in a process of its own with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-m", module, path],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).resolve().parent.parent,
            env=os.environ | {"XDG_CACHE_HOME": cache},
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def first_batch(path: str) -> dict[str, float]:
    """Open the corpus and take the first batch; without a path only load the program."""
    from rnnviz.contracts.config import RunConfig
    from rnnviz.engine.session import task_class

    config, begun = RunConfig(), time.perf_counter()
    kind = task_class(config)
    if path:
        config = config.replaced({"task.corpus": path})
        batch = kind.open(config).train_batch(0)
        if not batch.inputs.numel():
            raise RuntimeError("the first batch is empty")
    return {"megabytes": _peak_megabytes(), "seconds": time.perf_counter() - begun}


def _peak_megabytes() -> float:
    if sys.platform == "win32":
        raise UserError("The peak memory of a process can only be measured on Linux and macOS.")
    status = Path("/proc/self/status")
    if status.exists():
        # Unlike ru_maxrss this leaves out what the parent had used before it started us.
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024 / 10**6
    import resource

    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 10**6


if __name__ == "__main__":
    print(json.dumps(first_batch(sys.argv[1])))
