"""A little of everything that `python -m tests.robustness` does in full; in a process of its own,
for it forks, which nobody may who runs a window.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.robustness.__main__ import COUNTS


def test_survives_a_little_of_everything() -> None:
    command = [sys.executable, "-m", "tests.robustness", "--short"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["name"] for report in reports] == list(COUNTS)
    assert all(not report["failures"] for report in reports)
