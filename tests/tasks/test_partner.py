"""Partner words: how far back the opening word stands, what is nested, and what a file may hold."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED, Output
from rnnviz.corpora.nested import pairs_between
from rnnviz.engine.session import build
from rnnviz.tasks.partner import PartnerTask


def config(**task: object) -> RunConfig:
    data = {"name": "partner", "corpus": "sample:partner/pairs.txt", **task}
    model = {"layers": 1, "hidden_size": 24, "init_range": 0.0}
    training = {"optimizer": "adam", "learning_rate": 0.01, "clip": "norm", "clip_threshold": 1.0}
    return parse({"task": data, "model": model, "training": training})


def test_the_partner_is_asked_as_many_words_later() -> None:
    task = PartnerTask.open(config(distance=47, lengths="always the longest"))
    batch = task.train_batch(0)
    assert batch.inputs.shape == (50, 48)
    assert torch.equal(batch.inputs[:, 0], batch.targets[:, -1])  # six pairs, six partners
    assert (batch.targets[:, :-1] == NOTHING_ASKED).all()
    assert (batch.inputs[:, 1:-1] >= 6).all()


@given(
    distance=st.integers(1, 40), pairs=st.integers(2, 5), seed=st.integers(0, 1000)
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_pairs_between_close_before_the_first_one_does(
    distance: int, pairs: int, seed: int
) -> None:
    read, wanted = pairs_between(np.random.default_rng(seed), 20, distance, pairs, fillers=3)
    for words, asked in zip(read.tolist(), wanted.tolist(), strict=True):
        opened: list[int] = []
        for t, (word, ask) in enumerate(zip(words, asked, strict=True)):
            if word == pairs + 3:
                assert opened.pop() == ask
            else:
                assert ask == NOTHING_ASKED
                opened += [word] if word < pairs else []
            assert bool(opened) == (t < distance)
            assert len(opened) <= 4


def test_brackets_are_not_always_the_same() -> None:
    task = PartnerTask.open(config(test="brackets", lengths="always the longest"))
    asked = task.train_batch(0).asked.sum(1)
    assert asked.min() >= 1
    assert asked.float().mean() > 3


def test_guessing_has_the_loss_that_is_told() -> None:
    task = PartnerTask.open(config())
    batch = task.train_batch(1)
    blind = Output(torch.zeros(*batch.targets.shape, 6))
    assert float(task.loss(blind, batch)) == pytest.approx(math.log(6))
    assert task.summary.baselines[0].value == pytest.approx(math.log(6))


def test_a_users_pairs(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    text = "\ufeff# mine\r\n( → )\r\n[\t]\r\n«->)\r\na b\r\n\r\na ( c ?\r\n"
    path.write_text(text, encoding="utf-8", newline="")
    task = PartnerTask.open(config(corpus=str(path)))
    assert task.vocabulary == (")", "]")
    assert task.sizes.inputs == 3 + 3 + 1
    assert task.summary.baselines[0].value == pytest.approx(
        -2 / 3 * math.log(2 / 3) - 1 / 3 * math.log(1 / 3)
    )
    probe = task.probe("( a [ b ] zzz c")
    assert probe.tokens.input == ("(", "a", "[", "b", "?", "c", "?")
    assert probe.tokens.target == ("", "", "", "", "]", "", ")")
    assert "zzz" in task.remark("( zzz")
    assert task.remark("( ]") == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a b c", "fewer than two pairs"),
        ("a -> b\nc -> b\nx", "fewer than two pairs"),
        ("a -> b\nc -> d\n", "no words to stand between"),
        ("a -> b\nnot only -> but", "line 2 is no pair"),
        ("a -> b -> c", "line 1 is no pair"),
        ("-> b", "line 1 is no pair"),
        ("a -> b\na -> c\nx", "line 2: 'a' has a partner"),
    ],
)
def test_what_cannot_be_drawn_from_is_explained(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(text)
    with pytest.raises(UserError, match=says):
        PartnerTask.open(config(corpus=str(path)))


@pytest.mark.parametrize("text", ["", "lamp kettle", "?", "or or"])
def test_a_probe_without_an_opening_word(text: str) -> None:
    with pytest.raises(UserError, match="opens a pair"):
        PartnerTask.open(config()).probe(text)


@pytest.mark.parametrize("test", ["partner", "brackets"])
def test_short_distances_are_learned(test: str) -> None:
    session = build(config(test=test, distance=4))
    for _ in range(150):
        session.trainer.step()
    evaluation = session.trainer.evaluate()
    assert evaluation is not None
    assert evaluation.figures[0].value > 0.9
    arrays = {name: np.asarray(array.values) for name, array in evaluation.arrays.items()}
    assert arrays["lag/steps"].tolist() == [1, 2, 4, 5, 10, 20, 47, 100]
    assert arrays["lag/accuracy"][2] == evaluation.figures[0].value
    assert set(arrays["lag/guessing"].tolist()) == {np.float32(1 / 6)}
