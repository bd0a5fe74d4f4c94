"""Two processes that share a batch do what one does with all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnnviz.contracts.config import RunConfig
from rnnviz.engine import checkpoints
from rnnviz.engine.session import build
from tests.engine.distributed.child import course
from tests.engine.distributed.teams import ended, start

Small = Callable[..., RunConfig]

# The numbers of pairs and rows are odd on purpose: shares differ, and one batch has a single row.
PAIRS = [
    f"{subject} {verb}{more}\t{obj} {verb[::-1]}{more[::-1]}"
    for subject, obj in (("i", "je"), ("you", "tu"), ("she", "elle"))
    for verb in ("see", "read", "like")
    for more in ("", " a dog", " the old door", " a b c d e f g")
][:-1]
KINDS: dict[str, dict[str, Any]] = {
    "carried": {"training__batch_size": 5, "training__clip": "norm"},
    "clipped": {
        "training__clip": "norm",
        "training__clip_threshold": 0.05,
        "training__optimizer": "adam",
        "model__cell": "gru",
    },
    "values": {
        "training__batch_size": 3,
        "training__clip_threshold": 0.01,
        "training__optimizer": "sgd",
        "training__learning_rate": 0.5,
        "model__cell": "simple_rnn",
        "model__input": "embedding",
    },
    "ragged": {
        "task__name": "translation",
        "task__corpus": "pairs.tsv",
        "task__validation_fraction": 0.25,
        "model__kind": "encoder_decoder",
        "training__optimizer": "adam",
        "training__learning_rate": 0.01,
        "training__clip": "norm",
        "training__batch_size": 5,
    },
}


@pytest.fixture
def configurations(small: Small, tmp_path: Path) -> dict[str, RunConfig]:
    (tmp_path / "pairs.tsv").write_text("\n".join(PAIRS), encoding="utf-8")
    found = {}
    for name, changes in KINDS.items():
        if "task__corpus" in changes:
            changes = {**changes, "task__corpus": str(tmp_path / "pairs.tsv")}
        found[name] = small(**changes)
    return found


def test_same_losses(configurations: dict[str, RunConfig], tmp_path: Path) -> None:
    for name, config in configurations.items():
        (tmp_path / f"{name}.toml").write_text(config.to_toml(), encoding="utf-8")
    command = ["-m", "tests.engine.distributed.child", str(tmp_path)]
    for code, out, err in ended(start(command, [tmp_path, tmp_path])):
        assert (code, out, err) == (0, "", "")
    for name, config in configurations.items():
        alone = course(build(config).trainer, tmp_path / f"{name}.alone")
        together = json.loads((tmp_path / f"{name}.json").read_text())
        compare(together, alone)
        one, two = (
            checkpoints.newest(tmp_path / f"{name}.{end}") for end in ("alone", "checkpoints")
        )
        assert one is not None
        assert two is not None
        assert_same_state(one, two)


def compare(together: dict[str, Any], alone: dict[str, Any]) -> None:
    assert together["ahead"] == together["again"]
    assert together["broken"] == alone["broken"] != ""
    assert together["validation"] == pytest.approx(alone["validation"], abs=1e-5)
    assert together["ahead"] == pytest.approx(alone["ahead"], abs=1e-5)
    for ours, theirs in zip(together["rows"], alone["rows"], strict=True):
        assert ours.keys() == theirs.keys()
        for name in ("step", "epoch", "tokens", "learning_rate"):
            assert ours[name] == theirs[name]
        for name in ("loss", "norm", "norm_clipped"):
            assert ours[name] == pytest.approx(theirs[name], abs=1e-5)


def assert_same_state(one: Any, two: Any) -> None:
    assert one.model.keys() == two.model.keys()
    assert one.optimizer.keys() == two.optimizer.keys()
    for name, value in one.model.items():
        assert two.model[name].shape == value.shape
        assert float((two.model[name] - value).abs().max()) < 1e-4
    assert (one.carried is None) == (two.carried is None)
    for ours, theirs in zip(one.carried or (), two.carried or (), strict=True):
        assert ours.shape == theirs.shape
        assert float((ours - theirs).abs().max()) < 1e-4
