"""The adding problem: what is asked, what always the same answer reaches, and who solves it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Output
from rnnviz.engine.session import build
from rnnviz.tasks.adding import BASELINE, Adding


def config(cell: str = "lstm", **task: object) -> RunConfig:
    data = {"name": "adding", "corpus": "sample:adding/numbers.txt", **task}
    model = {"cell": cell, "layers": 1, "hidden_size": 32, "init_range": 0.0}
    training = {"optimizer": "adam", "learning_rate": 0.01, "clip": "norm", "clip_threshold": 1.0}
    return parse({"task": data, "model": model, "training": training})


def test_the_sum_of_the_two_marked_numbers_is_asked_at_the_end() -> None:
    batch = Adding.open(config(distance=20, lengths="always the longest")).train_batch(3)
    assert batch.inputs.shape == (50, 20, 2)
    numbers, marks = batch.inputs.unbind(-1)
    assert (marks[:, :10].sum(1) == 1).all()
    assert (marks[:, 10:].sum(1) == 1).all()
    assert torch.allclose(batch.targets[:, -1, 0], (numbers * marks).sum(1))
    assert batch.targets[:, :-1].isnan().all()


def test_always_one_has_the_error_of_two_uniform_numbers() -> None:
    task = Adding.open(config(lengths="always the longest"))
    batches = [task.train_batch(step) for step in range(400)]
    errors = [float(task.loss(Output(torch.ones(*b.targets.shape)), b)) for b in batches]
    assert np.mean(errors) == pytest.approx(BASELINE, abs=0.003)
    sums = torch.cat([b.targets[:, -1, 0] for b in batches])
    evaluation = task.evaluate(build(config()).trainer.model)
    assert evaluation is not None
    assert evaluation.figures[1].baseline == pytest.approx(
        float(((sums - 1).abs() < 0.04).float().mean()), abs=0.01
    )


def test_lengths_vary_and_two_is_the_least() -> None:
    task = Adding.open(config(distance=4))
    assert {task.train_batch(step).inputs.shape[1] for step in range(60)} == {2, 3, 4}


def test_a_users_range_is_spelt_in_its_own_units(tmp_path: Path) -> None:
    path = tmp_path / "range.txt"
    path.write_bytes("von -10\r\nbis 30 °C".encode("latin-1"))
    task = Adding.open(config(corpus=str(path)))
    probe = task.probe("0* -10 30*")
    assert probe.tokens.input == ("0*", "-10", "30*")
    assert probe.tokens.target == ("", "", "30")
    assert probe.batch.inputs[0, :, 0].tolist() == [0.25, 0.0, 1.0]
    assert task.read(probe.batch.targets[0, -1:]) == ("30",)


@pytest.mark.parametrize("text", ["nothing", "only 3", "5 5", "-1e308 1e308", "0 1e999"])
def test_what_states_no_range_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "range.txt"
    path.write_text(text)
    with pytest.raises(UserError, match="write two numbers"):
        Adding.open(config(corpus=str(path)))


@pytest.mark.parametrize("text", ["", "0.5", "0.5 x*", "0.1 *", "1e999 1", "0.1**x 2"])
def test_a_probe_that_is_none_is_explained(text: str) -> None:
    with pytest.raises(UserError, match="with a star"):
        Adding.open(config()).probe(text)


def test_an_lstm_solves_a_short_one() -> None:
    session = build(config(distance=6, lengths="always the longest"))
    for _ in range(350):
        session.trainer.step()
    evaluation = session.trainer.evaluate()
    assert evaluation is not None
    assert evaluation.figures[0].value < BASELINE / 8
    steps = np.asarray(evaluation.arrays["lag/steps"].values)
    assert steps.tolist() == [2, 5, 6, 10, 20, 47, 100]
    assert np.asarray(evaluation.arrays["lag/accuracy"].values).max() <= 1
