"""The translation task on real tables with a real network."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Batch
from rnnviz.models.encoder_decoder import EncoderDecoder
from rnnviz.tasks.translation import Translation

NOUNS = (
    ("cat", "chat"),
    ("dog", "chien"),
    ("bird", "oiseau"),
    ("horse", "cheval"),
    ("bear", "ours"),
)
VERBS = (("sees", "voit"), ("hears", "entend"), ("likes", "aime"), ("wants", "veut"))


def _rows() -> list[str]:
    rows = []
    for subject in NOUNS:
        for verb in VERBS:
            for thing in NOUNS:
                target = f"L'{subject[1]} {verb[1]} l'{thing[1]} !"
                rows.append(f"The {subject[0]} {verb[0]} the {thing[0]}!\t{target}\tignored")
    # Two references of one source, and short sentences, so that lengths differ.
    rows += [f"A {noun[0]}.\tUn {noun[1]}." for noun in NOUNS]
    rows += [f"A {noun[0]}.\tUne bête." for noun in NOUNS]
    return rows


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(_rows()), encoding="utf-8")
    return path


def _config(path: Path, **changes: Any) -> RunConfig:
    plain = {
        "task.name": "translation",
        "task.corpus": str(path),
        "task.validation_fraction": 0.2,
        "model.kind": "encoder_decoder",
        "model.cell": "gru",
        "model.layers": 1,
        "model.hidden_size": 16,
        "model.input": "embedding",
        "training.batch_size": 8,
    }
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return RunConfig().replaced(plain | named)


def _exact(task: Translation, model: EncoderDecoder) -> float:
    found = task.evaluate(model)
    assert found is not None
    assert [figure.name for figure in found.figures] == ["exact match", "BLEU"]
    return found.metric


def _network(task: Translation, config: RunConfig) -> EncoderDecoder:
    torch.manual_seed(1)
    return EncoderDecoder(config.model, task.sizes)


def _sentences(task: Translation, batch: Batch) -> list[tuple[str, str]]:
    """The pairs of a batch as text, read through the task's state."""
    state = task.state()
    assert batch.source is not None
    assert batch.source_lengths is not None
    assert batch.lengths is not None
    pairs = []
    for row in range(len(batch.inputs)):
        source = batch.source[row, : batch.source_lengths[row]].tolist()
        target = batch.targets[row, : batch.lengths[row] - 1].tolist()
        left = " ".join(state["source"][i] for i in source)
        pairs.append((left, " ".join(state["target"][i] for i in target)))
    return pairs


def test_every_pair_once_an_epoch_in_changing_order(table: Path) -> None:
    task = Translation.open(_config(table))
    count = task.batches_per_epoch
    epochs = [
        [
            pair
            for step in range(e * count, (e + 1) * count)
            for pair in _sentences(task, task.train_batch(step))
        ]
        for e in range(2)
    ]
    assert Counter(epochs[0]) == Counter(epochs[1])
    assert epochs[0] != epochs[1]
    held_out = [pair for batch in task.validation_batches() for pair in _sentences(task, batch)]
    assert len(epochs[0]) + len(held_out) == len(_rows())
    assert len(held_out) >= 0.2 * len(_rows())


@pytest.mark.parametrize("seed", range(5))
def test_no_source_sentence_on_both_sides(table: Path, seed: int) -> None:
    task = Translation.open(_config(table, training__seed=seed))
    trained = {
        source
        for step in range(task.batches_per_epoch)
        for source, _ in _sentences(task, task.train_batch(step))
    }
    held_out = {s for batch in task.validation_batches() for s, _ in _sentences(task, batch)}
    assert held_out
    assert not trained & held_out


def test_batches_are_framed_and_padded(table: Path) -> None:
    task = Translation.open(_config(table))
    sizes = task.sizes
    for step in range(task.batches_per_epoch):
        batch = task.train_batch(step)
        assert batch.lengths is not None
        assert torch.equal(batch.inputs[:, 0], torch.full((len(batch.inputs),), sizes.begin))
        positions = torch.arange(batch.targets.shape[1])
        valid = positions < batch.lengths[:, None]
        assert (batch.targets[~valid] == sizes.padding).all()
        assert (batch.targets[valid] != sizes.padding).all()
        ends = batch.targets.gather(1, batch.lengths[:, None] - 1)
        assert (ends == sizes.end).all()
        same = (batch.inputs[:, 1:] == batch.targets[:, :-1]) | ~valid[:, 1:]
        assert same.all()
        assert int(batch.lengths.max()) == batch.targets.shape[1]


def test_little_padding_is_computed(table: Path) -> None:
    task = Translation.open(_config(table))
    computed = valid = 0
    for step in range(task.batches_per_epoch):
        batch = task.train_batch(step)
        assert batch.source is not None
        assert batch.source_lengths is not None
        assert batch.lengths is not None
        computed += batch.targets.numel() + batch.source.numel()
        valid += int(batch.lengths.sum() + batch.source_lengths.sum())
    assert valid / computed > 0.9


def test_batch_is_a_function_of_step_and_seed(table: Path) -> None:
    task, again = (Translation.open(_config(table)) for _ in range(2))
    steps = [task.batches_per_epoch * 2 + 1, 0, 3]
    for step in steps:
        assert torch.equal(task.train_batch(step).targets, again.train_batch(step).targets)
    other = Translation.open(_config(table, training__seed=2))
    assert _sentences(other, other.train_batch(0)) != _sentences(task, task.train_batch(0))


def test_loss_does_not_see_the_padding(table: Path) -> None:
    config = _config(table)
    task = Translation.open(config)
    model = _network(task, config).eval()
    whole = next(task.validation_batches())
    assert whole.lengths is not None
    output = model(whole)
    rows = [
        torch.nn.functional.cross_entropy(
            output.logits[i, :n], whole.targets[i, :n], reduction="sum"
        )
        for i, n in enumerate(whole.lengths.tolist())
    ]
    expected = torch.stack(rows).sum() / whole.lengths.sum()
    assert task.loss(output, whole).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_short_training_finds_held_out_translations(table: Path) -> None:
    config = _config(table, model__hidden_size=32)
    task = Translation.open(config)
    model = _network(task, config)
    before = _exact(task, model)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for step in range(80):
        optimizer.zero_grad()
        batch = task.train_batch(step)
        task.loss(model(batch), batch).backward()
        optimizer.step()
    assert before == 0.0
    assert _exact(task, model) > 0.3
    assert model.training
    seen = "The cat sees the dog!"
    assert task.translate(model, seen) == task.sample(model, seen, 20, 1e-3, 1)


def test_metric_accepts_any_reference(table: Path) -> None:
    rows = [f"{a}{b} x\t{target}" for a in "pqrs" for b in "tuvw" for target in ("ja", "nein")]
    table.write_text("\n".join(rows))
    config = _config(table)
    task = Translation.open(config)
    model = _network(task, config)
    words = task.state()["target"]
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.readout.bias[words.index("nein")] = 1.0
    # It writes `nein` without end, which is no translation.
    assert _exact(task, model) == 0.0
    assert task.translate(model, "pt x").startswith("nein nein")


def test_nothing_held_out_has_no_metric(table: Path) -> None:
    config = _config(table, task__validation_fraction=0)
    task = Translation.open(config)
    assert task.evaluate(_network(task, config)) is None
    assert list(task.validation_batches()) == []
    assert "Nothing is held out" in task.summary.warnings[-1]


def test_default_probe_shows_the_reference(table: Path) -> None:
    task = Translation.open(_config(table))
    probe = task.probe(task.default_probe)
    held_out = {s for batch in task.validation_batches() for s, _ in _sentences(task, batch)}
    assert " ".join(probe.tokens.source) in held_out
    assert probe.tokens.target[-1] == "</s>"
    assert probe.tokens.input == ("<s>", *probe.tokens.target[:-1])


def test_typed_sentence_is_written_by_the_model(table: Path) -> None:
    config = _config(table)
    task = Translation.open(config)
    model = _network(task, config)
    probe = task.probe("The zebra sees the cat!", model)
    assert probe.tokens.source == ("The", "<unk>", "sees", "the", "cat", "!")
    assert probe.tokens.input[0] == "<s>"
    likeliest = model.eval()(probe.batch).logits
    likeliest[..., [task.sizes.padding, task.sizes.begin]] = -1e9
    assert torch.equal(likeliest.argmax(-1), probe.batch.targets)


@pytest.mark.parametrize("between", [" => ", "=>", "\t"])
def test_typed_pair(table: Path, between: str) -> None:
    probe = Translation.open(_config(table)).probe(f"A cat.{between}Un chat.")
    assert probe.tokens.source == ("A", "cat", ".")
    assert probe.tokens.target == ("Un", "chat", ".", "</s>")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "source sentence is empty"), (" => x", "source"), ("A cat", "no target")],
)
def test_probes_that_cannot_be_shown(table: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Translation.open(_config(table)).probe(text)


def test_samples_repeat_and_an_empty_prompt_names_its_source(table: Path) -> None:
    config = _config(table)
    task = Translation.open(config)
    model = _network(task, config)
    text = task.sample(model, "A cat.", 10, 1.0, 3)
    assert text == task.sample(model, "A cat.", 10, 1.0, 3)
    assert task.sample(model, "", 10, 1.0, 3).startswith(f"{task.default_probe} => ")


def test_restored_task_translates_alike(table: Path) -> None:
    config = _config(table)
    task = Translation.open(config)
    restored = Translation.restore(config, json.loads(json.dumps(task.state())))
    model = _network(task, config)
    assert restored.state() == task.state()
    assert (restored.summary, restored.sizes) == (task.summary, task.sizes)
    assert restored.translate(model, "A cat.") == task.translate(model, "A cat.")
    assert restored.probe(restored.default_probe).tokens == task.probe(task.default_probe).tokens
    assert restored.evaluate(model) is None
    with pytest.raises(RuntimeError, match="without its corpus"):
        restored.train_batch(0)


def test_lowercase_and_composed(table: Path) -> None:
    table.write_text("ÉTÉ Un\tE\u0301te\u0301 deux\nHiver un\tHiver deux\n", encoding="utf-8")
    config = _config(table, task__lowercase=True, task__validation_fraction=0)
    state = Translation.open(config).state()
    assert set(state["source"][4:]) == {"été", "un", "hiver"}
    assert set(state["target"][4:]) == {"été", "deux", "hiver"}


def test_long_sentences_are_left_out(table: Path) -> None:
    config = _config(table, task__max_length=3)
    summary = Translation.open(config).summary
    assert dict(summary.facts)["left out"] == "100 too long, 0 without two columns"
    assert summary.chunk_length == 4
    with pytest.raises(UserError, match="longer than 2 tokens"):
        Translation.open(_config(table, task__max_length=2))


def test_few_ragged_rows_are_counted(table: Path) -> None:
    rows = _rows() * 2
    rows[7] = "no tab here"
    rows[9] = "empty target\t "
    table.write_text("\r\n".join(["", *rows, "", ""]), encoding="utf-8")
    summary = Translation.open(_config(table)).summary
    assert dict(summary.facts)["left out"] == "0 too long, 2 without two columns"
    assert summary.warnings == ("2 rows without two filled columns are left out.",)


def test_many_ragged_rows_are_refused(table: Path) -> None:
    rows = _rows()
    rows[7] = rows[8] = "no tab here"
    table.write_text("\n".join(rows))
    with pytest.raises(UserError, match=r"2 of 110 rows .*/pairs\.tsv, line 8:"):
        Translation.open(_config(table))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"only one column\nand one more\n", r"pairs\.tsv, line 1 does not have two filled"),
        (b"\n\na\tb\n", "fewer than two source sentences"),
        (b"   \n\n", "fewer than two source sentences"),
        (b"a\tb\0\n", "not plain text"),
    ],
)
def test_tables_that_are_none(table: Path, data: bytes, message: str) -> None:
    table.write_bytes(data)
    with pytest.raises(UserError, match=message):
        Translation.open(_config(table))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_make_no_difference(table: Path, encoding: str) -> None:
    plain = Translation.open(_config(table)).state()
    table.write_bytes("\r\n".join(_rows()).encode(encoding))
    other = Translation.open(_config(table)).state()
    assert (other["source"], other["target"]) == (plain["source"], plain["target"])


def test_folder_of_tables(table: Path) -> None:
    table.with_name("more.tsv").write_text("One more.\tUn de plus.\n")
    summary = Translation.open(_config(table.parent)).summary
    assert dict(summary.facts)["files"] == "2"


def test_pairs_beyond_the_limit_are_told(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnviz.corpora.pairs.MOST_PAIRS", 60)
    summary = Translation.open(_config(table)).summary
    beyond = len(_rows()) - 60
    told = f"Only the first 60 pairs are used: {beyond} further rows are left out."
    assert told in summary.warnings


def test_unknown_words_of_a_probe_are_named(table: Path) -> None:
    task = Translation.open(_config(table))
    assert task.remark("The cat sees the dog!") == ""
    assert task.remark("The moon sees the dog! => La lune voit.") == (
        "Not in the corpus, read as <unk>: moon. Not in the corpus, read as <unk>: La lune."
    )
