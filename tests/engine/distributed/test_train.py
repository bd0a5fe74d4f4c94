"""`rnnviz train` in several processes: one run, one voice, one sentence when one of them fails."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.engine.run_store import Run
from tests import patience
from tests.engine.distributed.teams import ended, start
from tests.recorded import wait_for_steps

TINY = (
    "--set", "model.hidden_size=6", "--set", "training.batch_size=3", "--set", "training.threads=1",
    "--set", "training.sequence_length=10", "--set", "training.device=cpu",
    "--set", "look.sample_length=5",
)  # fmt: skip
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("the cat sat on the mat, and so did a dog.\n" * 40, encoding="utf-8")
    return path


def arguments(corpus: Path | str, steps: int, out: Path) -> list[str]:
    what = ["train", "char-lm", "--corpus", str(corpus), "--steps", str(steps)]
    return [*what, *TINY, "--out", str(out)]


def tree(folder: Path) -> set[str]:
    """What lies there, numbers left out: how many snapshots there are depends on time."""
    return {re.sub(r"\d+", "N", str(path.relative_to(folder))) for path in folder.rglob("*")}


def column(run: Run, name: str) -> list[float]:
    return [float(value) for value in run.history.column(name)]


def test_torchrun_writes_the_run_of_one_process(text: Path, tmp_path: Path) -> None:
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = arguments(text, 20, tmp_path / "two")
    found = subprocess.run(
        [sys.executable, *torchrun, "-m", "rnnviz", *command, "--json"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
    )
    assert (found.returncode, found.stderr) == (0, "")
    report = json.loads(found.stdout)
    assert (report["steps"], report["saved"], report["interrupted"]) == (20, True, False)
    assert main(arguments(text, 20, tmp_path / "one")) == 0
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    one, two = Run.open(tmp_path / "one"), Run.open(tmp_path / "two")
    assert two.facts.keys() == one.facts.keys()
    assert two.state.step == 20
    assert_same_course(two, one)
    assert report["val_loss"] == pytest.approx(column(one, "validation_loss")[-1], abs=1e-5)


def test_one_goes_on_where_several_stopped_and_they_after_it(text: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main(arguments(text, 33, whole)) == 0
    assert main(arguments(text, 11, parts)) == 0
    command = ["-m", "rnnviz", "train", "--resume", str(parts), "--steps", "22", "--json"]
    first, second = ended(start(command, [tmp_path, tmp_path]))
    assert (first[0], first[2], second) == (0, "", (0, "", ""))
    assert main(["train", "--resume", str(parts), "--steps", "33"]) == 0
    assert_same_course(Run.open(parts), Run.open(whole))


def assert_same_course(run: Run, other: Run) -> None:
    for name in ("step", "tokens", "learning_rate", "loss", "norm", "norm_clipped"):
        assert column(run, name) == pytest.approx(column(other, name), abs=1e-5)


def test_one_cannot_train(text: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    command = ["-m", "rnnviz", *arguments(text.name, 20, tmp_path / "run")]
    first, second = ended(start(command, [tmp_path, tmp_path / "elsewhere"]))
    assert (first[0], second) == (2, (2, "", ""))
    assert first[1] == ""
    assert first[2].startswith("rnnviz: Process 1 of 2: text.txt does not exist")
    assert first[2].count("\n") == 1


@posix
@pytest.mark.parametrize("victim", [0, 1])
def test_one_is_killed(text: Path, tmp_path: Path, victim: int) -> None:
    command = ["-m", "rnnviz", *arguments(text, 1_000_000, tmp_path / "run")]
    processes = start(command, [tmp_path, tmp_path])
    wait_for_steps(tmp_path / "run")
    processes[victim].send_signal(signal.SIGTERM if victim == 0 else signal.SIGKILL)
    first, second = ended(processes)
    run = Run.open(tmp_path / "run")
    if victim == 0:
        assert (first[0], first[2], second) == (130, "", (0, "", ""))
        assert run.state.step == len(run.history) > 0
        assert "Kept in" in first[1]
    else:
        assert (first[0], first[1]) == (2, "")
        assert first[2].startswith("rnnviz: Another process of this training was lost")
        assert first[2].count("\n") == 1
