from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from rnnviz.contracts.errors import UserError
from rnnviz.engine import checkpoints
from rnnviz.engine.run_folder import create
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session

Make = Callable[..., Session]


def written(session: Session, path: Path, steps: int = 4) -> Path:
    folder = create(path, session)
    rows = [session.trainer.step() for _ in range(steps)]
    folder.add_steps(rows)
    folder.checkpoint(session.trainer.state())
    folder.close()
    return path


def test_everything_comes_back(session: Make, tmp_path: Path) -> None:
    trained = session(title="my run")
    run = Run.open(written(trained, tmp_path / "run"))
    assert run.name == "my run"
    assert run.config == trained.config
    assert run.structure == trained.model.structure
    assert run.corpus == trained.task.summary
    assert run.task.vocabulary == trained.task.vocabulary
    assert run.history.column("loss").shape == (4,)
    assert run.state.step == 4
    for name, value in trained.model.state_dict().items():
        assert torch.equal(run.model.state_dict()[name], value)
    mine = trained.task.sample(trained.model, "the ", 30, 0.8, 3)
    assert run.task.sample(run.model, "the ", 30, 0.8, 3) == mine
    assert run.facts["corpus"]["bytes"] == trained.task.summary.size_bytes


def test_goes_on_from_disk_exactly(session: Make, tmp_path: Path) -> None:
    trained = session(model__dropout=0.2, training__optimizer="adam")
    path = written(trained, tmp_path / "run", steps=7)
    expected = [trained.trainer.step().loss for _ in range(5)]
    again = session(model__dropout=0.2, training__optimizer="adam")
    again.trainer.load_state(Run.open(path).state)
    assert [again.trainer.step().loss for _ in range(5)] == expected


def test_keeps_the_last_two_checkpoints(session: Make, tmp_path: Path) -> None:
    trained = session()
    for _ in range(4):
        trained.trainer.step()
        checkpoints.write(tmp_path / "c", trained.trainer.state())
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == [
        "step-000000003",
        "step-000000004",
    ]


@pytest.mark.parametrize("file", ["model.safetensors", "manifest.json", "state.json"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_falls_back_to_the_checkpoint_before(
    session: Make, tmp_path: Path, file: str, how: str
) -> None:
    trained = session()
    for _ in range(2):
        trained.trainer.step()
        newest = checkpoints.write(tmp_path, trained.trainer.state())
    data = (newest / file).read_bytes()
    if how == "gone":
        (newest / file).unlink()
    else:
        bad = data[: len(data) // 2] if how == "cut" else data[:-3] + b"\x00\xff\x00"
        (newest / file).write_bytes(bad)
    found = checkpoints.newest(tmp_path)
    assert found is not None
    assert found.step == 1


def test_run_without_a_whole_checkpoint(session: Make, tmp_path: Path) -> None:
    path = written(session(), tmp_path / "run")
    shutil.rmtree(path / "checkpoints")
    run = Run.open(path)
    assert len(run.history) == 4
    with pytest.raises(UserError, match="no whole checkpoint"):
        _ = run.model


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"format": "other"}', '{"format": "rnnviz-run-1"}'],
)
def test_damaged_facts_are_one_sentence(session: Make, tmp_path: Path, text: str) -> None:
    path = written(session(), tmp_path / "run")
    (path / "run.json").write_text(text)
    with pytest.raises(UserError):
        _ = Run.open(path).structure


@pytest.mark.parametrize("field", ["structure", "summary", "task"])
def test_one_damaged_fact(session: Make, tmp_path: Path, field: str) -> None:
    path = written(session(), tmp_path / "run")
    facts = json.loads((path / "run.json").read_text())
    facts[field] = {"nonsense": 1}
    (path / "run.json").write_text(json.dumps(facts))
    run = Run.open(path)
    with pytest.raises(UserError, match="damaged"):
        _ = {"structure": lambda: run.structure, "summary": lambda: run.corpus}.get(
            field, lambda: run.task
        )()


def test_not_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file", tmp_path / "absent"):
        with pytest.raises(UserError, match="is not a run"):
            Run.open(path)


def test_never_touches_what_it_did_not_write(session: Make, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(UserError, match="not empty and holds no run"):
        create(tmp_path, session(), overwrite=True)
    with pytest.raises(UserError, match="is a file"):
        create(tmp_path / "thesis.txt", session())
    assert (tmp_path / "thesis.txt").read_text() == "x"


def test_replaces_a_run_only_when_told(session: Make, tmp_path: Path) -> None:
    path = written(session(), tmp_path / "run")
    with pytest.raises(UserError, match="already holds a run"):
        create(path, session())
    assert len(Run.open(path).history) == 4
    create(path, session(), overwrite=True).close()
    assert len(Run.open(path).history) == 0


def test_unwritable_place_is_one_sentence(session: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "run", Path("/proc/rnnviz-run")):
        with pytest.raises(UserError, match=r"Cannot write to .*: choose another folder"):
            create(place, session())
