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
    assert opening.kind_of(tmp_path / "a.TSV", "sentiment") == "sentiment"
    assert opening.kind_of(tmp_path / "c.md", "sentiment") == "language_model"
    with pytest.raises(UserError, match="does not exist"):
        opening.kind_of(tmp_path / "nothing")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        opening.kind_of(Path("/dev/null"))


def test_a_corpus_is_recognised_by_what_is_in_it(tmp_path: Path) -> None:
    labels = tmp_path / "labels.tsv"
    rows = [f"{'good' if k % 2 else 'bad'}\tsentence number {k}" for k in range(20)]
    labels.write_text("\n".join(rows), encoding="utf-8")
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("\n".join(f"one {k}\tun {k}" for k in range(20)), encoding="utf-8")
    tags = tmp_path / "tags.CONLLU"
    tags.write_text("1\ta\t_\tDET\n", encoding="utf-8")
    opinions = tmp_path / "opinions"
    opinions.mkdir()
    for name in ("pos.txt", "neg.txt"):
        (opinions / name).write_text("text", encoding="utf-8")
    assert opening.kind_of(labels) == "sentiment"
    assert opening.kind_of(labels, "translation") == "translation"
    assert opening.kind_of(pairs) == "translation"
    assert opening.kind_of(tags) == "tagging"
    assert opening.kind_of(opinions) == "sentiment"
    assert opening.kind_of(opinions, "detection") == "detection"
    names = tmp_path / "names"
    names.mkdir()
    for name in ("Here.txt", "There.txt"):
        (names / name).write_text("Ann\nBob Bee\n" * 6, encoding="utf-8")
    assert opening.kind_of(names) == "name_classes"
    assert opening.kind_of(names, "name_generation") == "name_generation"
    (names / "There.txt").write_text("And so it went on, as in any other book.\n" * 40)
    assert opening.kind_of(names) == "language_model"


def test_an_empty_table_is_recognised_without_a_complaint(tmp_path: Path) -> None:
    (tmp_path / "empty.tsv").touch()
    assert opening.kind_of(tmp_path / "empty.tsv") == "translation"
