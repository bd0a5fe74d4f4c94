"""Runs that are as long as so many passes over their corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import TextPanel
from rnnviz.contracts.view import Scene
from rnnviz.engine.run_store import Run as RecordedRun
from rnnviz.engine.scene import scene
from rnnviz.views.samples import Samples
from tests.cli.conftest import TINY, Run


def headings(seen: Scene) -> list[str]:
    (panel,) = Samples().picture(seen).rows[0]
    assert isinstance(panel, TextPanel)
    return ["".join(s.text for s in line.spans) for line in panel.lines if line.kind == "heading"]


def test_epochs_become_steps_and_samples_say_how_far(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    short = ("train", "char-lm", "--corpus", corpus, *TINY, "--out", tmp_path / "r")
    code, out, _ = run(*short, "--epochs", 2, "--json")
    recorded = RecordedRun.open(tmp_path / "r")
    assert recorded.corpus is not None
    steps = 2 * recorded.corpus.chunks_train
    assert (code, json.loads(out)["steps"], recorded.goal) == (0, steps, steps)
    assert recorded.history.column("epoch")[-1] == 2.0
    assert f"  {1000 / steps:.3g} % · " in headings(scene(recorded))[-1]


def test_resumed_with_more_epochs(run: Run, corpus: Path, tmp_path: Path) -> None:
    short = ("train", "char-lm", "--corpus", corpus, *TINY, "--out", tmp_path / "r")
    assert run(*short, "--epochs", 1)[0] == 0
    once = RecordedRun.open(tmp_path / "r").state.step
    code, _, err = run("train", "--resume", tmp_path / "r")
    assert code == 2
    assert "All" in err
    assert run("train", "--resume", tmp_path / "r", "--epochs", 2)[0] == 0
    assert RecordedRun.open(tmp_path / "r").state.step == 2 * once
    assert run("train", "--resume", tmp_path / "r", "--steps", 2 * once + 3)[0] == 0
    ended = RecordedRun.open(tmp_path / "r")
    assert (ended.state.step, ended.config.training.epochs) == (2 * once + 3, 0)


def test_who_names_steps_does_not_count_in_epochs() -> None:
    in_epochs = RunConfig().replaced({"training.epochs": 30})
    assert in_epochs.settled(7).training.steps == 210
    assert in_epochs.settled(7).settled(9).training.steps == 270
    in_steps = in_epochs.replaced({"training.steps": 12})
    assert in_steps.settled(7) == in_steps
    with pytest.raises(UserError, match=r"training\.steps"):
        in_epochs.replaced({"training.epochs": 10**6}).settled(10**6)
