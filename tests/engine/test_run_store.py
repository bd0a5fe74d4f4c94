from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnviz.contracts.errors import UserError
from rnnviz.engine import checkpoints, disk
from rnnviz.engine.checkpoints import Keep
from rnnviz.engine.layout import checkpoint_steps
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


def test_keeps_checkpoints_evenly_within_number_and_bytes(session: Make, tmp_path: Path) -> None:
    trained = session()
    size = 0
    for step in range(1, 41):
        trained.trainer.step()
        path = checkpoints.write(tmp_path, trained.trainer.state(), Keep(10))
        size = sum(file.stat().st_size for file in path.iterdir())
        steps = checkpoint_steps(tmp_path)
        assert steps[-2:] == (step - 1, step)[-len(steps) :]
    assert len(steps) == 10
    assert steps[0] == 1
    assert np.diff(steps).max() <= 3 * 39 / 9
    checkpoints.thin(tmp_path, Keep(10, int(5.5 * size)))
    assert len(checkpoint_steps(tmp_path)) == 5
    checkpoints.thin(tmp_path, Keep(10, 1))
    assert checkpoint_steps(tmp_path) == (39, 40)


def test_a_checkpoint_is_replaced_without_a_gap(
    session: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = session().trainer.state()
    checkpoints.write(tmp_path, state)
    monkeypatch.setattr(disk, "rename", failing(disk.rename, at=1))
    with pytest.raises(OSError, match="full"):
        checkpoints.write(tmp_path, replace(state, learning_rate=7.0))
    monkeypatch.undo()
    assert checkpoints.read(tmp_path / "step-000000000").learning_rate == state.learning_rate
    checkpoints.write(tmp_path, replace(state, learning_rate=7.0))
    assert [path.name for path in tmp_path.glob("step*")] == ["step-000000000"]
    found = checkpoints.newest(tmp_path)
    assert found is not None
    assert found.learning_rate == 7.0


def test_a_writer_killed_while_replacing_leaves_one_of_both(session: Make, tmp_path: Path) -> None:
    path = checkpoints.write(tmp_path, session().trainer.state())
    path.rename(path.with_suffix(".old"))
    assert checkpoint_steps(tmp_path) == (0,)
    assert checkpoints.newest(tmp_path) is not None
    checkpoints.clear_torn(tmp_path)
    assert [each.name for each in tmp_path.glob("step*")] == ["step-000000000"]


def failing(act: Callable[..., None], at: int) -> Callable[..., None]:
    calls = itertools.count()

    def acting(*arguments: object) -> None:
        if next(calls) == at:
            raise OSError(28, "full")
        act(*arguments)

    return acting


def test_states_of_earlier_steps(session: Make, tmp_path: Path) -> None:
    trained = session(look__checkpoints=20)
    folder = create(tmp_path / "run", trained)
    weights = {}
    for step in range(1, 4):
        trained.trainer.step()
        folder.checkpoint(trained.trainer.state())
        weights[step] = trained.model.state_dict()["readout.bias"].clone()
    folder.close()
    run = Run.open(tmp_path / "run")
    assert run.checkpoint_steps() == (0, 1, 2, 3)
    assert run.state_at(2).step == 2
    assert torch.equal(run.model_at(2).state_dict()["readout.bias"], weights[2])
    with pytest.raises(UserError, match=r"no checkpoint at step 7; it has 0, 1, 2, 3\."):
        run.state_at(7)
    (tmp_path / "run/checkpoints/step-000000002/state.json").write_text("{}")
    with pytest.raises(UserError, match=r"step 2 .* is damaged"):
        run.state_at(2)


def test_a_configuration_of_another_size_takes_no_memory(session: Make, tmp_path: Path) -> None:
    path = written(session(), tmp_path / "run")
    huge = session().config.replaced({"model.hidden_size": 4096, "model.layers": 8})
    (path / "config.toml").write_text(huge.to_toml())
    with pytest.raises(UserError, match="belongs to another network"):
        _ = Run.open(path).model


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
    ["", "{", "[]", "null", "{}", '{"format": "other"}', '{"format": "rnnviz-run-2"}'],
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


def test_a_run_of_an_older_version_is_one_sentence(session: Make, tmp_path: Path) -> None:
    path = written(session(), tmp_path / "run")
    facts = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps(facts | {"format": "rnnviz-run-1"}))
    with pytest.raises(UserError, match=r"'rnnviz-run-1', but .* reads 'rnnviz-run-2'; open it"):
        Run.open(path)


def test_a_run_killed_at_its_beginning_leaves_room_for_another(
    session: Make, tmp_path: Path
) -> None:
    path = written(session(), tmp_path / "run")
    (path / "run.json").rename(path / "run.json.4711.tmp")
    create(path, session()).close()
    assert len(Run.open(path).history) == 0
    assert not list(path.glob("*.tmp"))
    (path / "run.json").rename(path / "mine.4711.tmp")
    with pytest.raises(UserError, match="not empty and holds no run"):
        create(path, session())
