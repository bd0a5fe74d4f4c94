"""What needs a new run and what a running one can take."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnviz.app import opening
from rnnviz.app.run_control import LIVE, differences, new_run_path
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError


def test_differences_are_named_as_on_the_command_line() -> None:
    old = RunConfig()
    new = old.replaced({"training.learning_rate": 0.1, "model.hidden_size": 7})
    assert differences(old, new) == {"training.learning_rate": 0.1, "model.hidden_size": 7}
    assert differences(old, old) == {}


def test_live_options_are_fields() -> None:
    data = RunConfig().model_dump()
    for name in LIVE:
        section, field = name.split(".")
        assert field in data[section]


def test_run_folders_do_not_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNVIZ_RUNS", str(tmp_path))
    config = RunConfig(title="Odd / name: * ?")
    first = new_run_path(config)
    first.mkdir()
    second = new_run_path(config)
    assert first != second
    assert first.parent == tmp_path
    assert "odd-name" in first.name


def test_kinds_of_paths(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.toml").write_text("")
    for name in ("a.TSV", "b.toml", "c.md", "d"):
        (tmp_path / name).write_text("x")
    kinds = {name: opening.kind_of(tmp_path / name) for name in ("run", "a.TSV", "b.toml", "c.md")}
    assert kinds == {
        "run": "run",
        "a.TSV": "translation",
        "b.toml": "recipe",
        "c.md": "language_model",
    }
    assert opening.kind_of(tmp_path) == "language_model"
    with pytest.raises(UserError, match="does not exist"):
        opening.kind_of(tmp_path / "nothing")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        opening.kind_of(Path("/dev/null"))
