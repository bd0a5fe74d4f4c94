from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rnnviz.engine.family import Family, RunInfo, families, run_info, runs_in
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def folder(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, one that was killed, and damaged ones."""
    folder = tmp_path_factory.mktemp("list")
    for name in ("whole", "killed", "torn", "silent", "mutated", "unheard"):
        shutil.copytree(trained, folder / name)
    status = json.loads((folder / "killed/status.json").read_text())
    said = status | {"state": "training", "process": 2**22 + 1, "step": 7}
    (folder / "killed/status.json").write_text(json.dumps(said))
    (folder / "torn/run.json").write_text((trained / "run.json").read_text()[:90])
    (folder / "silent/status.json").unlink()
    (folder / "mutated/status.json").write_text(json.dumps(status | {"step": "many"}))
    (folder / "unheard/status.json").write_text(json.dumps(status | {"state": ".."}))
    (folder / "thesis.txt").write_text("x")
    (folder / "empty").mkdir()
    return folder


def branch(run: Run, trained: Path, out: Path, step: int) -> None:
    code = run("train", "--branch", f"{trained}@{step}", "--steps", 25, "--out", out)[0]
    assert code == 0


def test_states(folder: Path) -> None:
    found = {run.path.name: run for run in runs_in(folder)}
    states = {name: run.state for name, run in found.items()}
    assert states == {
        "whole": "finished", "killed": "interrupted", "torn": "damaged", "silent": "recorded",
        "mutated": "recorded", "unheard": "recorded",
    }  # fmt: skip
    whole, killed, silent = (found[name] for name in ("whole", "killed", "silent"))
    assert (whole.steps, whole.goal, whole.task, whole.cell) == (20, 20, "language_model", "lstm")
    assert whole.best_loss is not None
    assert 1 < whole.best_loss < 4
    assert (killed.steps, killed.goal) == (7, 20)
    assert (silent.name, silent.begun, silent.id) == (whole.name, whole.begun, whole.id)
    assert (silent.steps, silent.best_loss) == (whole.steps, whole.best_loss)
    assert "run.json is damaged" in found["torn"].message


def test_command(run: Run, folder: Path, tmp_path: Path) -> None:
    code, out, err = run("runs", folder)
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 7
    assert "7 of 20" in out
    assert "interrupted" in out
    listed = json.loads(run("runs", folder, "--json")[1])
    assert {each["state"] for each in listed} == {"finished", "interrupted", "damaged", "recorded"}
    assert run("runs", tmp_path)[1] == f"There are no runs in {tmp_path}.\n"
    assert run("runs", folder / "whole")[1].count("\n") == 2
    assert run("runs", folder / "absent")[0] == 2


def test_without_a_folder_those_of_the_window(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RNNVIZ_RUNS", str(folder))
    assert len(run("runs")[1].splitlines()) == 7
    monkeypatch.setenv("RNNVIZ_RUNS", str(tmp_path / "absent"))
    code, out, _ = run("runs")
    assert (code, out[:17]) == (0, "There are no runs")


def test_a_family_is_a_tree(run: Run, trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "first")
    branch(run, tmp_path / "first", tmp_path / "second", 20)
    branch(run, tmp_path / "second", tmp_path / "third", 20)
    branch(run, tmp_path / "first", tmp_path / "fourth", 0)
    top = families(runs_in(tmp_path))
    assert [names(each) for each in top] == [["first", ["fourth"], ["second", ["third"]]]]
    out = run("runs", tmp_path, "--tree")[1].splitlines()
    assert [line[: line.index("Write")] for line in out[1:]] == ["", "├ ", "└ ", "  └ "]
    assert "(from step 20)" in out[3]
    assert json.loads(run("runs", tmp_path, "--tree", "--json")[1])[0]["branches"][1]["branches"]


def names(family: Family) -> list[object]:
    return [family.run.path.name, *(names(each) for each in family.branches)]


def test_a_circle_of_parents_is_no_tree() -> None:
    one = RunInfo(Path("a"), id="a", parent_id="b")
    two = RunInfo(Path("b"), id="b", parent_id="a")
    alone = RunInfo(Path("c"), id="c", parent_id="c")
    assert [each.run for each in families((one, two, alone))] == [one, two, alone]


def test_hundreds_are_read_without_their_vocabularies(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "run")
    text = (tmp_path / "run/run.json").read_text()
    (tmp_path / "run/run.json").write_text(text + " " * 2**19 + "not JSON at all")
    assert run_info(tmp_path / "run").state == "finished"


def test_a_copy_without_its_curves_is_not_listed_as_finished(trained: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    (copy / "steps.bin").unlink()
    (found,) = runs_in(copy)
    assert found.state == "damaged"
    assert "steps.bin is missing" in found.message
