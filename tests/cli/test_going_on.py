"""`train --resume` and `train --branch`, in processes that are killed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rnnviz.contracts.history import COLUMNS
from rnnviz.engine.run_store import Run as RecordedRun
from tests import patience
from tests.cli.conftest import TINY, Run

# What the clock decides differs from run to run.
EXACT = [name for name in COLUMNS if name != "seconds"]


def training(corpus: Path, out: Path, steps: int, *more: str) -> list[str]:
    base = ["train", "char-lm", "--corpus", str(corpus), "--steps", str(steps), *TINY]
    return [*base, "--set", "training.validate_every=20", *more, "--out", str(out)]


def same_history(left: Path, right: Path) -> None:
    one, two = RecordedRun.open(left).history, RecordedRun.open(right).history
    for name in EXACT:
        assert np.array_equal(one.column(name), two.column(name), equal_nan=True), name


def kill_in_the_middle(command: list[str], out: Path) -> int:
    """The last checkpoint that was left."""
    process = subprocess.Popen([sys.executable, "-m", "rnnviz", *command])
    until = time.monotonic() + patience.SECONDS
    while time.monotonic() < until:
        done = RecordedRun.open(out).checkpoint_steps() if (out / "run.json").exists() else ()
        if len(done) > 1:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return RecordedRun.open(out).state.step


def test_a_killed_run_goes_on_as_if_it_never_was(run: Run, corpus: Path, tmp_path: Path) -> None:
    often = ("--set", "training.checkpoint_every=0.05", "--set", "model.dropout=0.2")
    saved = kill_in_the_middle(training(corpus, tmp_path / "a", 10**6, *often), tmp_path / "a")
    steps = saved + 40
    code, out, err = run("train", "--resume", tmp_path / "a", "--steps", steps, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["steps"] == steps
    assert run(*training(corpus, tmp_path / "b", steps, *often))[0] == 0
    same_history(tmp_path / "a", tmp_path / "b")
    resumed = RecordedRun.open(tmp_path / "a")
    assert [mark.step for mark in resumed.playback.marks() if mark.kind == "resumed"] == [saved]
    assert resumed.config.training.steps == steps


def test_a_branch_begins_where_the_other_run_stood(
    run: Run, trained: Path, corpus: Path, tmp_path: Path
) -> None:
    first = ("train", "--branch", f"{trained}@20", "--steps", 40, "--out", tmp_path / "same")
    assert run(*first)[0] == 0
    assert run(*training(corpus, tmp_path / "long", 40))[0] == 0
    branch, long = RecordedRun.open(tmp_path / "same"), RecordedRun.open(tmp_path / "long")
    assert branch.history.column("step").tolist() == list(range(21, 41))
    assert np.array_equal(branch.history.column("loss"), long.history.column("loss")[20:])
    parent = branch.facts["parent"]
    assert (parent["step"], parent["path"]) == (20, str(trained.resolve()))
    assert parent["id"] == RecordedRun.open(trained).facts["id"]
    changed = ("--set", "training.learning_rate=0.5", "--set", "training.optimizer=adam")
    other = ("--set", "training.batch_size=3", "--set", "training.sequence_length=7")
    code, _, err = run(*first[:-1], tmp_path / "other", *changed, *other)
    assert (code, err) == (0, "")
    assert RecordedRun.open(tmp_path / "other").history.column("learning_rate")[0] == 0.5


WRONG = {
    "model.hidden_size 9 instead of 8": ("--branch", "RUN", "--set", "model.hidden_size=9"),
    "model.cell gru instead of lstm": ("--branch", "RUN", "--set", "model.cell=gru"),
    "its tokens are others": ("--branch", "RUN", "--corpus", "OTHER"),
    "no checkpoint at step 7; it has 0, 20": ("--branch", "RUN@7"),
    "'end' is not a step": ("--branch", "RUN@end"),
    "All 20 steps are done": ("--resume", "RUN"),
    "more than 20 in all": ("--resume", "RUN", "--steps", "10"),
    "Choose one of": ("names", "--resume", "RUN"),
    "so --set cannot stand beside it": ("--resume", "RUN", "--set", "model.layers=1"),
    "Say what to train": (),
    "is not a run": ("--resume", "absent"),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_cannot_be_gone_on_with_is_one_sentence(
    run: Run, trained: Path, corpus: Path, tmp_path: Path, sentence: str
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(corpus.read_text().replace("cat", "kat"))
    places = {
        "RUN": str(trained),
        "RUN@7": f"{trained}@7",
        "RUN@end": f"{trained}@end",
        "OTHER": str(other),
    }
    given = [places.get(text, text) for text in WRONG[sentence]]
    steps = ("--steps", "50") if "--branch" in given else ()
    out = ("--out", str(tmp_path / "out")) if "--resume" not in given else ()
    code, _, err = run("train", *given, *steps, *out)
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1


def test_a_changed_corpus_is_explained(
    run: Run, trained: Path, corpus: Path, tmp_path: Path
) -> None:
    copy, text = tmp_path / "run", tmp_path / "text.txt"
    shutil.copytree(trained, copy)
    shutil.copy(corpus, text)
    config = (copy / "config.toml").read_text().replace(str(corpus.resolve()), str(text))
    (copy / "config.toml").write_text(config)
    assert run("train", "--resume", copy, "--steps", "22")[0] == 0
    text.write_text(text.read_text() + "the end.\n")
    code, _, err = run("train", "--resume", copy, "--steps", "30")
    assert code == 2
    assert "has changed since this run began" in err
    assert "put the old corpus back, or branch" in err


def test_a_corpus_that_moved_is_told_with_the_command_that_goes_on(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    mine = Path(shutil.copy(corpus, tmp_path / "mine.txt"))
    assert run(*training(mine, tmp_path / "a", 10))[0] == 0
    mine.rename(tmp_path / "elsewhere.txt")
    code, _, err = run("train", "--resume", tmp_path / "a", "--steps", 20)
    assert code == 2
    assert f"--branch {tmp_path / 'a'}@10 --corpus PATH --out NEW_DIR" in err
    more = ("--corpus", tmp_path / "elsewhere.txt", "--steps", 20, "--out", tmp_path / "b")
    assert run("train", "--branch", f"{tmp_path / 'a'}@10", *more)[0] == 0


def test_ctrl_c_keeps_what_was_trained(corpus: Path, tmp_path: Path) -> None:
    command = training(corpus, tmp_path / "a", 10**6)
    process = subprocess.Popen(
        [sys.executable, "-m", "rnnviz", *command], stdout=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not (tmp_path / "a" / "run.json").exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Kept in" in said or "before the first step" in said
    kept = RecordedRun.open(tmp_path / "a")
    assert kept.state.step == len(kept.history)


def test_a_name_that_no_disk_takes_is_one_sentence(run: Run, corpus: Path, tmp_path: Path) -> None:
    code, _, err = run(*training(corpus, tmp_path / ("x" * 300), 10))
    assert code == 2
    assert "choose another folder" in err
