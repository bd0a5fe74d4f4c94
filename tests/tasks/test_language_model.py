"""The language model task on real files with a real network."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from rnnviz.contracts.config import ModelConfig, RunConfig
from rnnviz.contracts.errors import Cancelled, UserError
from rnnviz.models.recurrent import Recurrent
from rnnviz.tasks.language_model import LanguageModel

LINE = "The quick brown fox jumps over the lazy dog, isn't it?\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "fox.txt"
    path.write_text("".join(f"{i} {LINE}" for i in range(100)))
    return path


def _config(path: Path, **changes: Any) -> RunConfig:
    plain = {"task.corpus": str(path), "training.batch_size": 4, "training.sequence_length": 20}
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return RunConfig().replaced(plain | named)


def _network(task: LanguageModel, dropout: float = 0.0) -> Recurrent:
    torch.manual_seed(1)
    return Recurrent(ModelConfig(hidden_size=8, layers=2, dropout=dropout), task.sizes)


def test_batches_of_a_million_characters(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    letters = "abcdefghijklmnopqrstuvwxyz \n"
    path.write_text("".join(itertools.islice(itertools.cycle(letters), 1_115_394)))
    task = LanguageModel.open(RunConfig().replaced({"task.corpus": str(path)}))
    summary = task.summary
    assert (summary.chunks_train, summary.chunks_validation) == (423, 23)
    assert task.batches_per_epoch == 423
    assert summary.token_count == 1_115_394
    assert sum(1 for _ in task.validation_batches()) == 23


@pytest.mark.parametrize("tokens", ["characters", "words"])
def test_targets_are_the_text_one_later(corpus: Path, tokens: str) -> None:
    task = LanguageModel.open(_config(corpus, task__tokens=tokens))
    step, chunks = 0, []
    while step < task.batches_per_epoch:
        batch = task.train_batch(step)
        assert batch.inputs.dtype == batch.targets.dtype == torch.int64
        assert batch.inputs.shape == batch.targets.shape == (4, 20)
        assert batch.continues == (step > 0)
        chunks.append(batch)
        step += 1
    inputs = torch.cat([batch.inputs for batch in chunks], 1)
    targets = torch.cat([batch.targets for batch in chunks], 1)
    assert torch.equal(inputs[:, 1:], targets[:, :-1])
    begin = task.probe(corpus.read_text()[:500]).batch.inputs[0, :20]
    assert torch.equal(inputs[0, :20], begin)


def test_batch_is_a_function_of_the_step(corpus: Path) -> None:
    task, again = (LanguageModel.open(_config(corpus)) for _ in range(2))
    epoch = task.batches_per_epoch
    for step in (0, 5, epoch, epoch + 5):
        batch, other = task.train_batch(step), again.train_batch(step % epoch)
        assert torch.equal(batch.inputs, other.inputs)
        assert torch.equal(batch.targets, other.targets)
        assert batch.continues == (step % epoch > 0)


def test_state_not_carried(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus, training__carry_state=False))
    assert not any(task.train_batch(step).continues for step in range(5))
    assert not any(batch.continues for batch in task.validation_batches())


def test_validation_follows_the_training_part(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus, task__validation_fraction=0.2))
    held_out = list(task.validation_batches())
    last = task.train_batch(task.batches_per_epoch - 1)
    assert torch.equal(held_out[0].inputs[:, 0], last.targets[:, -1])
    assert [batch.continues for batch in held_out] == [False] + [True] * (len(held_out) - 1)


def test_nothing_held_out(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus, task__validation_fraction=0))
    assert list(task.validation_batches()) == []
    assert task.summary.warnings == ("Nothing is held out, so generalisation is not measured.",)
    assert task.default_probe in corpus.read_text()


def test_summary(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus))
    summary = task.summary
    text = corpus.read_text()
    assert (summary.size_bytes, summary.token_count) == (len(text), len(text))
    assert summary.vocabulary_size == len(set(text)) == len(task.vocabulary)
    assert len(summary.most_frequent) == 20
    assert summary.most_frequent[0].token == "␣"
    assert summary.most_frequent[0].count == text.count(" ")
    assert summary.first_lines == tuple(text.split("\n")[:12])
    assert [len(row) for row in summary.batch_rows] == [4] * 4
    assert "".join(summary.batch_rows[0]) == text[:80].replace(" ", "␣").replace("\n", "↵")
    assert dict(summary.facts)["encoding"] == "UTF-8"


def test_summary_of_words_tells_the_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("dé " * 400 + " ".join(f"w{i}" for i in range(100))).encode("cp1252"))
    task = LanguageModel.open(_config(path, task__tokens="words", task__vocabulary_size=10))
    # 11 words are kept out of 101: `dé` and nine of the others.
    assert dict(task.summary.facts)["read as <unk>"] == "18.2% of the words"
    assert any("18% of the words are read as <unk>" in text for text in task.summary.warnings)
    assert any("read as Latin-1" in text for text in task.summary.warnings)
    assert task.vocabulary[:2] == ("<unk>", "dé")


@pytest.mark.parametrize("tokens", ["characters", "words"])
def test_default_probe_is_held_out_and_begins_a_line(corpus: Path, tokens: str) -> None:
    task = LanguageModel.open(_config(corpus, task__tokens=tokens, task__validation_fraction=0.5))
    assert f"\n{task.default_probe}" in corpus.read_text()
    probe = task.probe(task.default_probe)
    assert probe.text == task.default_probe
    assert probe.batch.inputs.shape == (1, 20)


def test_default_probe_skips_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n\nx " + "\n\n\n  ab" * 1000)
    task = LanguageModel.open(_config(path, task__validation_fraction=0.3))
    assert task.default_probe.startswith("ab")


def test_default_probe_of_a_single_line_begins_a_word(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("some words " * 300)
    task = LanguageModel.open(_config(path, task__validation_fraction=0.3))
    assert task.default_probe.startswith(("some", "words"))


def test_probe_shifts_and_shows_its_tokens(corpus: Path) -> None:
    probe = LanguageModel.open(_config(corpus)).probe("dog\r\nox€")
    assert probe.text == "dog\nox"
    assert probe.tokens.input == ("d", "o", "g", "↵", "o")
    assert probe.tokens.target == ("o", "g", "↵", "o", "x")
    assert torch.equal(probe.batch.inputs[:, 1:], probe.batch.targets[:, :-1])


def test_probe_of_words_keeps_unknown_ones(corpus: Path) -> None:
    probe = LanguageModel.open(_config(corpus, task__tokens="words")).probe("The cat jumps")
    assert probe.tokens.input == ("The", "<unk>")
    assert probe.tokens.target == ("<unk>", "jumps")


def test_probe_is_lowercased_like_the_corpus(corpus: Path) -> None:
    assert LanguageModel.open(_config(corpus, task__lowercase=True)).probe("FOX").text == "fox"


def test_long_probe_is_cut(corpus: Path) -> None:
    assert LanguageModel.open(_config(corpus)).probe(LINE * 20).batch.inputs.shape == (1, 499)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "at least two tokens"), ("a", "at least two tokens"), ("€€a世", "does not contain € 世")],
)
def test_probe_too_short(corpus: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        LanguageModel.open(_config(corpus)).probe(text)


@pytest.mark.parametrize("tokens", ["characters", "words"])
@pytest.mark.parametrize("prompt", ["", "The qu"])
def test_samples_repeat(corpus: Path, tokens: str, prompt: str) -> None:
    task = LanguageModel.open(_config(corpus, task__tokens=tokens))
    model = _network(task, dropout=0.5)
    before = torch.get_rng_state()
    text = task.sample(model, prompt, 30, 0.8, 7)
    assert text == task.sample(model, prompt, 30, 0.8, 7)
    assert text != task.sample(model, prompt, 30, 0.8, 8)
    assert model.training
    assert torch.equal(torch.get_rng_state(), before)
    if tokens == "characters":
        assert len(text) == 30


def test_prompt_primes_the_state(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus))
    model = _network(task)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    assert task.sample(model, "The fox", 20, 0.5, 1) != task.sample(model, "dog x", 20, 0.5, 1)


def test_cold_samples_are_the_likeliest_tokens(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus))
    model = _network(task).eval()
    text = task.sample(model, "dog", 10, 1e-4, 1)
    written = task.probe(f"dog{text} ")
    likeliest = model(written.batch).logits.argmax(-1)[0, 2:-1]
    assert torch.equal(likeliest, written.batch.inputs[0, 3:])


def test_sample_of_a_broken_network(corpus: Path) -> None:
    task = LanguageModel.open(_config(corpus))
    model = _network(task)
    torch.nn.init.constant_(model.readout.weight, float("nan"))
    with pytest.raises(UserError, match="not a number"):
        task.sample(model, "dog", 10, 1.0, 1)
    assert model.training


@pytest.mark.parametrize("tokens", ["characters", "words"])
def test_restored_task_probes_and_samples_alike(corpus: Path, tokens: str) -> None:
    config = _config(corpus, task__tokens=tokens)
    task = LanguageModel.open(config)
    restored = LanguageModel.restore(config, json.loads(json.dumps(task.state())))
    assert restored.state() == task.state()
    assert (restored.summary, restored.vocabulary) == (task.summary, task.vocabulary)
    assert (restored.sizes, restored.default_probe) == (task.sizes, task.default_probe)
    model = _network(task)
    assert restored.sample(model, "The", 20, 0.8, 1) == task.sample(model, "The", 20, 0.8, 1)
    with pytest.raises(RuntimeError, match="without its corpus"):
        restored.train_batch(0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"a" * 10_000, "only one distinct token"),
        (b"\n" * 10_000, "only one distinct token"),
        (b"some text\0\1\2", "not plain text"),
        (b"abc " * 30, "has 120 tokens, but 4 rows of 20 need at least 161"),
    ],
)
def test_files_that_cannot_be_trained_on(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UserError, match=message):
        LanguageModel.open(_config(path))


@pytest.mark.parametrize("data", [b"   \n", b" word word " * 100])
def test_files_with_fewer_than_two_words(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data.replace(b"\n", b" "))
    with pytest.raises(UserError, match="only one distinct token"):
        LanguageModel.open(_config(path, task__tokens="words"))


def test_wrong_encoding(corpus: Path) -> None:
    corpus.write_bytes("é".encode("cp1252") * 1000)
    with pytest.raises(UserError, match="is not utf-8 text"):
        LanguageModel.open(_config(corpus, task__encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings_and_line_ends_make_no_difference(corpus: Path, encoding: str) -> None:
    text = corpus.read_text().replace("dog", "Köter")
    corpus.write_bytes(text.encode())
    plain = LanguageModel.open(_config(corpus))
    corpus.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    other = LanguageModel.open(_config(corpus))
    assert other.vocabulary == plain.vocabulary
    assert torch.equal(other.train_batch(3).inputs, plain.train_batch(3).inputs)


def test_one_line_of_fifty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    path.write_bytes(b"one line without an end " * (50_000_000 // 24))
    task = LanguageModel.open(_config(path))
    assert task.summary.token_count == path.stat().st_size
    assert [len(line) for line in task.summary.first_lines] == [200]


def test_cancelled(corpus: Path) -> None:
    def cancel(what: str, fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        LanguageModel.open(_config(corpus), cancel)
