"""A training thread keeps the memory that each step takes and gives back."""

from __future__ import annotations

import os
import subprocess
import sys

FAULTS = """
import sys, threading
from rnnviz.cli import libraries
libraries.settle()
import torch

def faults():
    with open("/proc/thread-self/stat") as file:
        return int(file.read().rsplit(")", 1)[1].split()[7])

def train():
    held, counts = [], []
    for _ in range(10):
        held.append(torch.ones(25_000))
        step(), step()
        before = faults()
        step()
        counts.append(faults() - before)
    print(sorted(counts)[5])

def step():
    return [torch.ones(1_250_000) for _ in range(6)]  # 5 MB each, as gates of a step

thread = threading.Thread(target=train)
thread.start()
thread.join()
"""


def test_a_step_fetches_no_pages_anew() -> None:
    # What a process without luck ends up with: what a step takes comes from the system each time.
    unlucky = os.environ | {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
    done = subprocess.run(
        [sys.executable, "-c", FAULTS], check=True, capture_output=True, text=True, env=unlucky
    )
    assert float(done.stdout) < 500  # of the 7,000 that a step takes
