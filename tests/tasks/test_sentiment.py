"""Sentiment: tables and folders of labelled sentences, the answer at a row's own end, baselines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED, Batch
from rnnviz.engine.session import make_model
from rnnviz.tasks.sentiment import Sentiment

PRAISE = [f"this {noun} is good {number}" for noun in ("film", "lamp") for number in range(12)]
BLAME = [f"a bad {noun} number {number} indeed" for noun in ("film", "lamp") for number in range(9)]


def config(path: Path | str, **changes: Any) -> RunConfig:
    plain = {
        "task": {"name": "sentiment", "corpus": str(path), "validation_fraction": 0.2},
        "model": {"hidden_size": 8, "layers": 1, "input": "embedding", "embedding_size": 6},
        "training": {"batch_size": 4},
    }
    return parse(plain).replaced(changes)


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def rows(label_first: bool = True) -> str:
    pairs = [("good", s) for s in PRAISE] + [("bad", s) for s in BLAME]
    return "\n".join("\t".join(p if label_first else p[::-1]) for p in pairs)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return table(tmp_path / "reviews.tsv", rows())


def _second_column(folder: Path) -> Path:
    return table(folder / "a.tsv", "text\tlabel\r\n" + rows(False).replace("\n", "\r\n"))


def _with_mark(folder: Path) -> Path:
    path = folder / "b.txt"
    path.write_bytes(b"\xef\xbb\xbf" + rows().encode())
    return path


def _files(folder: Path) -> Path:
    for label, sentences in (("good", PRAISE), ("bad", BLAME)):
        table(folder / f"{label}.txt", "\n".join(sentences))
    return folder


def _folders(folder: Path) -> Path:
    for label, sentences in (("good", PRAISE), ("bad", BLAME)):
        (folder / label).mkdir()
        for k, sentence in enumerate(sentences):
            table(folder / label / f"{k}.txt", sentence)
    return folder


@pytest.mark.parametrize("make", [_second_column, _with_mark, _files, _folders])
def test_every_form_of_corpus_is_read_alike(
    make: Callable[[Path], Path], corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Sentiment.open(config(make(tmp_path / "other")))
    same = Sentiment.open(config(corpus))
    assert other.vocabulary == same.vocabulary == ("bad", "good")
    facts, expected = dict(other.summary.facts), dict(same.summary.facts)
    assert facts["labels"] == expected["labels"] == "bad 18, good 24"
    assert facts["sentences"] == expected["sentences"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("good\n", r"line 1: put a label, a tab and a sentence"),
        ("good\tone\nbad\ttwo\nnothing here\n", r"odd.tsv, line 3: put a label"),
        ("good\tone\ngood\ttwo", "only one label, “good”"),
        ("\n\n \n", "no labelled sentences"),
        ("\n".join(f"{k}\tsentence {k}" for k in range(80)), "80 different labels"),
    ],
)
def test_a_table_that_is_none_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Sentiment.open(config(table(tmp_path / "odd.tsv", text)))


def test_the_label_is_asked_for_at_each_rows_own_end(corpus: Path) -> None:
    task = Sentiment.open(config(corpus, **{"training.batch_size": 42}))
    b = task.train_batch(0)
    assert b.lengths is not None
    assert b.lengths.min() < b.lengths.max()
    for row, length in enumerate(b.lengths.tolist()):
        assert (b.targets[row] != NOTHING_ASKED).nonzero().flatten().tolist() == [length - 1]


@pytest.mark.parametrize("kind", ["recurrent", "bidirectional"])
def test_padding_changes_no_answer(corpus: Path, kind: str) -> None:
    settings = {"training.batch_size": 42, "model.kind": kind, "task.word_dropout": 0.0}
    task = Sentiment.open(config(corpus, **settings))
    model = make_model(config(corpus, **settings), task.sizes).eval()
    b = task.train_batch(0)
    assert b.lengths is not None
    together = model(b).logits
    for row, length in enumerate(b.lengths.tolist()):
        alone = Batch(b.inputs[row : row + 1, :length], b.targets[row : row + 1, :length])
        expected = model(alone).logits[0, -1]
        assert torch.allclose(together[row, length - 1], expected, atol=1e-5)
    after = b.inputs.clone()
    after[torch.arange(b.inputs.shape[1]) >= b.lengths[:, None]] = 3
    assert torch.equal(task.losses(model(b), b), task.losses(model(replaced(b, after)), b))


def replaced(b: Batch, inputs: torch.Tensor) -> Batch:
    return Batch(inputs, b.targets, b.lengths)


def test_unknown_words_are_trained_and_counted(corpus: Path) -> None:
    unknown = 1
    never = Sentiment.open(config(corpus, **{"task.word_dropout": 0.0}))
    often = Sentiment.open(config(corpus, **{"task.word_dropout": 0.5}))
    share = [
        float(np.mean([(t.train_batch(k).inputs == unknown).float().mean() for k in range(20)]))
        for t in (never, often)
    ]
    assert share[0] < 0.25 < 0.4 < share[1]
    assert not (often.train_batch(0).inputs == 0).all()
    assert all(
        torch.equal(a.inputs, b.inputs)
        for a, b in zip(never.validation_batches(), often.validation_batches(), strict=True)
    )
    assert "unknown words" in dict(never.summary.facts)


def test_twins_stay_on_one_side(tmp_path: Path) -> None:
    path = table(tmp_path / "twins.tsv", "\n".join([rows()] * 3))
    task = Sentiment.open(config(path, **{"training.batch_size": 1, "task.word_dropout": 0.0}))
    train = {tuple(task.train_batch(k).inputs[0].tolist()) for k in range(task.batches_per_epoch)}
    held_out = {tuple(b.inputs[0].tolist()) for b in task.validation_batches()}
    assert held_out
    known = [one for one in held_out if 1 not in one]
    assert not train & set(known)
    assert any("occur more than once" in warning for warning in task.summary.warnings)


def test_little_of_the_shipped_corpus_is_padding() -> None:
    task = Sentiment.open(config("sample:sentiment/reviews.tsv", **{"training.batch_size": 32}))
    assert task.opened.rows.training.padding() <= 0.1


def test_order_matters_in_the_shipped_corpus() -> None:
    settings = {"task.lowercase": True, "task.validation_fraction": 0.2}
    task = Sentiment.open(config("sample:sentiment/reviews.tsv", **settings))
    reached = {b.name: b.value for b in task.summary.baselines}
    assert reached["bag of words"] < 0.65
    assert reached["most frequent class"] == pytest.approx(0.6, abs=0.06)


def test_figures_are_those_of_a_count_by_hand(corpus: Path) -> None:
    task = Sentiment.open(config(corpus))
    model = make_model(config(corpus), task.sizes).eval()
    evaluation = task.evaluate(model)
    assert evaluation is not None
    right, total = 0, 0
    for b in task.validation_batches():
        assert b.lengths is not None
        for row, end in enumerate((b.lengths - 1).tolist()):
            right += int(model(b).logits[row, end].argmax() == b.targets[row, end])
            total += 1
    assert evaluation.metric == pytest.approx(right / total)
    assert np.asarray(evaluation.arrays["confusion"].values).sum() == total
    assert sum(e.right for e in evaluation.examples) == right


def test_a_typed_sentence_gets_an_answer(corpus: Path) -> None:
    task = Sentiment.open(config(corpus))
    model = make_model(config(corpus), task.sizes)
    known, open_ = task.probe("a good lamp => good"), task.probe("a good zorble", model)
    assert known.tokens.target == ("", "", "good")
    assert known.batch.targets[0, -1] == 1
    assert open_.tokens.target == ("", "", "")
    assert open_.tokens.input[-1] == "<unk>"
    assert int(open_.batch.targets[0, -1]) in (0, 1)
    assert "(p = 0." in task.sample(model, "a good lamp", 1, 1.0, 1)
    with pytest.raises(UserError, match="no label"):
        task.probe("a good lamp => splendid")
    with pytest.raises(UserError, match="empty"):
        task.probe("  ")


def test_one_word_and_very_long_sentences_are_read(tmp_path: Path) -> None:
    text = rows() + "\ngood\tYes\nbad\t" + "never " * 500
    task = Sentiment.open(config(table(tmp_path / "odd.tsv", text)))
    assert task.summary.chunk_length == 200
    assert any("cut after 200 words" in warning for warning in task.summary.warnings)


def test_overfits_four_sentences(tmp_path: Path) -> None:
    text = "good\tnot bad\nbad\tbad\nbad\tnot good\ngood\tgood\n"
    settings = {"task.validation_fraction": 0.0, "task.word_dropout": 0.0, "model.init_range": 0.0}
    path = table(tmp_path / "four.tsv", text)
    task = Sentiment.open(config(path, **settings))
    torch.manual_seed(0)
    model = make_model(config(path, **settings), task.sizes)
    optimizer = torch.optim.Adam(model.parameters(), 5e-2)
    for step in range(60):
        b = task.train_batch(step)
        loss = task.loss(model(b), b)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss.detach()) < 0.05
