"""What docs/adding.md promises: one new file is a new part, and no list has to be changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ROOT / "docs" / "examples" / "parts"

NETWORK = """
[task]
name = "parity"
corpus = "sample:adding/numbers.txt"
distance = 8
[model]
kind = "residual"
cell = "minimal_gated"
hidden_size = 6
layers = 1
[training]
threads = 1
"""

# One process for all: loading PyTorch takes longer than everything that is tested here.
USE = """
from rnnviz.cli import main
assert main(["train", "parity.toml", "--steps", "8", "--out", "run"]) == 0
for view in ("loss_by_token", "cell", "graph"):
    assert main(["export", "run", "--view", view, f"{view}.svg"]) == 0
assert main(["sample", "run", "--prompt", "0110"]) == 0
"""


def test_the_parts_of_the_documentation_train_and_are_drawn(tmp_path: Path) -> None:
    """A cell, a model, a task and a view are dropped into a copy of the program."""
    bare = shutil.ignore_patterns("__pycache__", "_shipped")
    for folder in ("rnnviz", "resources/recipes", "sample_corpora/adding"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=bare)
    shutil.copytree(PARTS, tmp_path / "rnnviz", dirs_exist_ok=True, ignore=bare)
    (tmp_path / "parity.toml").write_text(NETWORK)
    here = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, env=here, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] in ("0110: even", "0110: odd")
    assert {path.name for path in tmp_path.glob("*.svg")} == {
        "loss_by_token.svg", "cell.svg", "graph.svg",
    }  # fmt: skip
