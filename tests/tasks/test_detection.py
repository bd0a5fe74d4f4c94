"""The word detector: where targets stand, streams as functions of the step, and its figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Output
from rnnviz.corpora.stream import Drawn, ends_of
from rnnviz.engine.session import make_model
from rnnviz.tasks.detection import Detection

LINE = "xxudacityxx udacit udxcity\n"


def config(path: Path | str, **changes: Any) -> RunConfig:
    plain = {
        "task": {"name": "detection", "corpus": str(path), "validation_fraction": 0.2},
        "model": {"hidden_size": 8, "layers": 1},
        "training": {"batch_size": 4, "sequence_length": 10},
    }
    return parse(plain).replaced(changes)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "stream.txt"
    path.write_text(LINE * 60, encoding="utf-8")
    return path


@given(st.text("ab", max_size=30), st.text("ab", min_size=1, max_size=4))
def test_a_word_ends_where_it_ends(text: str, word: str) -> None:
    letters, wanted = (np.array([ord(c) for c in t], np.int64) for t in (text, word))
    expected = [text[: i + 1].endswith(word) for i in range(len(text))]
    assert ends_of(wanted, letters).tolist() == expected


@pytest.mark.parametrize("stream", ["corpus", "drawn"])
def test_targets_are_right_across_the_borders_of_chunks(corpus: Path, stream: str) -> None:
    task = Detection.open(config(corpus, **{"task.stream": stream}))
    batches = [task.train_batch(step) for step in range(8)]
    assert [b.continues for b in batches] == [False] + [True] * 7
    letters = "".join(sorted(set(LINE)))
    for row in range(4):
        text = "".join(letters[i] for b in batches for i in b.inputs[row].tolist())
        targets = [t for b in batches for t in b.targets[row].tolist()]
        assert targets == [int(text[: i + 1].endswith("udacity")) for i in range(len(text))]


def test_without_a_carried_state_a_torn_word_is_not_asked_for(corpus: Path) -> None:
    task = Detection.open(config(corpus, **{"training.carry_state": False}))
    asked = {NOTHING_ASKED, 0, 1}
    found = [t for step in range(8) for t in task.train_batch(step).targets.flatten().tolist()]
    assert set(found) == asked
    for step in range(8):
        assert not (task.train_batch(step).targets[:, :6] == 1).any()


def test_drawn_letters_are_new_in_every_epoch_and_never_those_held_out(corpus: Path) -> None:
    task = Detection.open(config(corpus, **{"task.stream": "drawn"}))
    first, later = task.train_batch(0), task.train_batch(task.batches_per_epoch)
    assert not torch.equal(first.inputs, later.inputs)
    assert later.continues
    held_out = next(iter(task.validation_batches()))
    assert not torch.equal(first.inputs, held_out.inputs)


def test_a_drawn_word_comes_about_as_often_as_asked() -> None:
    word = np.arange(7)
    stream = Drawn(np.arange(26), word, 40, 32, 50, 5, 1)
    ends = sum(int(stream.chunk(index)[1].sum()) for index in range(40))
    assert 32 * 50 * 40 / ends == pytest.approx(40, rel=0.1)


class Said(Model):
    """Notices the word at every letter of `said`, nothing elsewhere."""

    name, title, shapes = "said", "said", ("aligned",)

    def __init__(self, said: set[int]) -> None:
        super(Model, self).__init__()
        self.said = said
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, batch: Batch, state: Any = None) -> Output:
        found = torch.isin(batch.inputs, torch.tensor(sorted(self.said)))
        chance = torch.where(found, 0.95, 0.85)
        return Output(torch.stack((1 - chance, chance), -1).log())

    tapped = structure = graph = None  # type: ignore[assignment]


def test_figures_are_those_of_a_count_by_hand(corpus: Path) -> None:
    task = Detection.open(config(corpus))
    y = sorted(set(LINE)).index("y")
    evaluation = task.evaluate(Said({y}))
    assert evaluation is not None
    true = said = 0
    for b in task.validation_batches():
        true += int((b.targets == 1).sum())
        said += int((b.inputs == y).sum())
    figures = {figure.name: figure.value for figure in evaluation.figures}
    assert figures["hits"] == true
    assert figures["false alarms"] == said - true
    assert figures["precision"] == pytest.approx(true / said)
    assert figures["recall"] == 1
    assert figures["F1"] == pytest.approx(2 * true / (said + true))
    assert np.asarray(evaluation.arrays["confusion"].values)[1].tolist() == [0, true]
    assert figures["F1"] <= evaluation.figures[0].baseline < 1


def test_the_threshold_decides_what_counts_as_noticed(corpus: Path) -> None:
    logits = torch.tensor([[0.15, 0.85], [0.05, 0.95]]).log()
    assert Detection.open(config(corpus)).read(logits) == ("0", "1")
    low = Detection.open(config(corpus, **{"task.threshold": 0.8}))
    assert low.read(logits) == ("1", "1")
    assert low.evaluate(Said(set())).figures[1].value < 0.2  # type: ignore[union-attr]
    silent = Detection.open(config(corpus)).evaluate(Said(set()))
    assert silent is not None
    assert math.isnan(silent.figures[1].value)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("qqq", "does not contain q"), ("yx\n", "occurs nowhere"), ("yxd", "occurs nowhere")],
)
def test_a_word_that_cannot_be_learned_is_one_sentence(
    corpus: Path, word: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        Detection.open(config(corpus, **{"task.word": word}))


def test_learns_to_notice_the_word(corpus: Path) -> None:
    settings = {
        "task.stream": "drawn",
        "task.word": "ud",
        "task.word_every": 10,
        "training.batch_size": 16,
        "model.cell": "gru",
        "model.init_range": 0.0,
    }
    task = Detection.open(config(corpus, **settings))
    torch.manual_seed(0)
    model = make_model(config(corpus, **settings), task.sizes)
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    state = None
    for step in range(150):
        b = task.train_batch(step)
        output = model(b, state)
        state = output.state
        optimizer.zero_grad()
        task.loss(output, b).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    evaluation = task.evaluate(model)
    assert evaluation is not None
    assert evaluation.metric > 0.95
    assert "noticed at" in task.sample(model, "xxudxx", 1, 1.0, 1)
