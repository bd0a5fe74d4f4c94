"""Copying: what is asked is what was read, and what a network without memory reaches."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED, Output
from rnnviz.engine.session import build
from rnnviz.tasks.copying import Copying


def config(**task: object) -> RunConfig:
    data = {"name": "copying", "corpus": "sample:copying/eight-letters.txt", **task}
    return parse({"task": data, "model": {"kind": "neural_turing_machine", "layers": 1}})


def test_the_copy_is_asked_after_the_pause() -> None:
    batch = Copying.open(config(length=4, lag=3, lengths="always the longest")).train_batch(5)
    assert batch.inputs.shape == batch.targets.shape == (50, 4 + 3 + 1 + 4)
    assert torch.equal(batch.targets[:, -4:], batch.inputs[:, :4])
    assert (batch.targets[:, :-4] == NOTHING_ASKED).all()
    assert (batch.inputs[:, 4:7] == 9).all()
    assert (batch.inputs[:, 7] == 8).all()


def test_lengths_vary_from_one_to_the_longest() -> None:
    task = Copying.open(config(length=5))
    found = {(task.train_batch(step).inputs.shape[1] - 1) // 2 for step in range(100)}
    assert found == {1, 2, 3, 4, 5}


def test_without_memory_the_loss_is_that_of_guessing() -> None:
    task = Copying.open(config(length=10, lag=10, lengths="always the longest"))
    batch = task.train_batch(0)
    blind = Output(torch.zeros(*batch.targets.shape, 8))
    assert float(task.loss(blind, batch)) == pytest.approx(math.log(8))
    assert task.summary.baselines[0].value == pytest.approx(math.log(8))
    # Counted over all positions, as Arjovsky et al. 2016 do: 10 ln 8 / (T + 20).
    over_all = float(task.losses(blind, batch)[0].sum()) / (10 + 20)
    assert over_all == pytest.approx(10 * math.log(8) / 30)


def test_no_sequence_to_be_examined_is_one_that_is_trained_on() -> None:
    task = Copying.open(config(length=10, lengths="always the longest"))
    trained = {tuple(row) for step in range(50) for row in task.train_batch(step).inputs.tolist()}
    held_out = {tuple(row) for b in task.validation_batches() for row in b.inputs.tolist()}
    assert trained.isdisjoint(held_out)


def test_a_users_symbols(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("xyz zyx\n\tq", encoding="utf-8-sig")
    task = Copying.open(config(corpus=str(path)))
    assert task.vocabulary == ("q", "x", "y", "z")
    assert task.probe("a z x!").text == "zx"
    with pytest.raises(UserError, match="q x y z"):
        task.probe("123")
    path.write_text("aaa\n a")
    with pytest.raises(UserError, match="fewer than two"):
        Copying.open(config(corpus=str(path)))


def test_a_machine_with_a_memory_learns_to_copy_two_symbols() -> None:
    data = config(length=2).replaced(
        {
            "model.hidden_size": 32,
            "model.memory_slots": 5,
            "model.memory_width": 6,
            "model.init_range": 0.0,
            "training.optimizer": "adam",
            "training.learning_rate": 0.01,
            "training.batch_size": 16,
            "training.clip": "norm",
            "training.clip_threshold": 10.0,
        }
    )
    session = build(data)
    losses = [session.trainer.step().loss for _ in range(250)]
    evaluation = session.trainer.evaluate()
    assert evaluation is not None
    assert np.mean(losses[-20:]) < 0.5 * math.log(8)
    assert evaluation.figures[0].value > 0.6


def test_every_lag_is_the_way_from_a_symbol_to_its_copy() -> None:
    evaluation = build(config(length=4, lag=3)).trainer.evaluate()
    assert evaluation is not None
    steps = np.asarray(evaluation.arrays["lag/steps"].values)
    assert steps.tolist() == [length + 3 + 1 for length in (1, 2, 4, 5, 8)]
    assert np.asarray(evaluation.arrays["lag/guessing"].values) == pytest.approx([1 / 8] * 5)
