"""Names: classified and invented, on folders of a few names and on the one that ships."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED, Model
from rnnviz.contracts.task import Task
from rnnviz.engine.session import make_model
from rnnviz.tasks.name_classes import NameClasses
from rnnviz.tasks.name_generation import NameGeneration

A = [f"{a}{b}{c}o" for a in "klm" for b in "au" for c in ("no", "ri", "to")]
B = [f"{a}{b}{c}ev" for a in "dvb" for b in "ie" for c in ("sh", "zk")]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    (tmp_path / "A.txt").write_text("\n".join(A * 3))
    (tmp_path / "B.txt").write_text("\n".join(B))
    return tmp_path


def config(path: Path | str, task: str = "name_classes", **changes: Any) -> RunConfig:
    kind = "recurrent" if task == "name_classes" else "conditioned"
    plain = {
        "task": {"name": task, "corpus": str(path), "validation_fraction": 0.2},
        "model": {"kind": kind, "cell": "gru", "hidden_size": 16, "layers": 1, "init_range": 0.0},
        "training": {"batch_size": 8},
    }
    return parse(plain).replaced({n.replace("__", "."): v for n, v in changes.items()})


def trained(task: Task, settings: RunConfig, steps: int) -> Model:
    torch.manual_seed(1)
    model = make_model(settings, task.sizes)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for step in range(steps):
        optimizer.zero_grad()
        batch = task.train_batch(step)
        task.loss(model(batch), batch).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return model


@cache
def shipped(task: type[NameClasses] | type[NameGeneration]) -> NameClasses | NameGeneration:
    return task.open(config("sample:name_classes", task.name, training__batch_size=128))


# ---- telling classes apart


def test_one_answer_is_asked_at_the_last_letter(names: Path) -> None:
    task = NameClasses.open(config(names))
    for step in range(task.batches_per_epoch):
        batch = task.train_batch(step)
        assert batch.lengths is not None
        asked = batch.targets != NOTHING_ASKED
        assert asked.sum(1).tolist() == [1] * len(batch.targets)
        assert torch.equal(asked.long().argmax(1), batch.lengths - 1)
    assert task.sizes.answers_once


def test_no_name_is_on_both_sides(names: Path) -> None:
    task = NameClasses.open(config(names))
    rows = [
        {
            tuple(row[:n].tolist())
            for b in batches
            for row, n in zip(b.inputs, b.lengths, strict=True)
        }
        for batches in (
            [task.train_batch(k) for k in range(task.batches_per_epoch)],
            list(task.validation_batches()),
        )
    ]
    assert rows[1]
    assert not rows[0] & rows[1]


def test_weights_change_the_loss_by_how_rare_a_class_is(names: Path) -> None:
    plain = NameClasses.open(config(names))
    weighted = NameClasses.open(config(names, task__balance="weights"))
    batch, model = plain.train_batch(0), make_model(config(names), plain.sizes).eval()
    output = model(batch)
    asked = batch.asked
    true = batch.targets[asked]
    everything = [plain.train_batch(k) for k in range(plain.batches_per_epoch)]
    counts = Counter(int(k) for b in everything for k in b.targets[b.asked])
    each = torch.tensor([sum(counts.values()) / (2 * counts[int(k)]) for k in true])
    expected = (plain.losses(output, batch)[asked] * each).mean()
    assert weighted.loss(output, batch).item() == pytest.approx(expected.item(), rel=1e-5)
    assert torch.equal(weighted.losses(output, batch), plain.losses(output, batch))


def test_sampling_asks_all_classes_alike(names: Path) -> None:
    task = NameClasses.open(config(names, task__balance="sampling"))
    batches = [task.train_batch(k) for k in range(task.batches_per_epoch)]
    counts = Counter(int(k) for b in batches for k in b.targets[b.asked])
    assert abs(counts[0] - counts[1]) <= 1


def test_a_short_training_tells_them_apart_and_says_how_well(names: Path) -> None:
    settings = config(names)
    task = NameClasses.open(settings)
    model = trained(task, settings, 60)
    evaluation = task.evaluate(model)
    assert evaluation is not None
    counts = np.asarray(evaluation.arrays["confusion"].values)
    assert counts.sum() == sum(len(b.inputs) for b in task.validation_batches())
    assert evaluation.figures[0].value == pytest.approx(np.trace(counts) / counts.sum())
    assert evaluation.figures[0].value > 0.9
    assert {e.right for e in evaluation.examples} <= {True, False}
    assert model.training


def test_evaluation_does_not_depend_on_how_names_are_batched(names: Path) -> None:
    settings = config(names)
    task = NameClasses.open(settings)
    model = make_model(settings, task.sizes).eval()
    evaluation = task.evaluate(model)
    assert evaluation is not None
    right = 0
    for batch in task.validation_batches():
        asked = batch.asked
        right += int((model(batch).logits[asked].argmax(1) == batch.targets[asked]).sum())
    assert evaluation.figures[0].value * sum(
        len(b.inputs) for b in task.validation_batches()
    ) == pytest.approx(right)


def test_a_typed_name_gets_three_answers_and_no_truth(names: Path) -> None:
    settings = config(names)
    task = NameClasses.open(settings)
    model = make_model(settings, task.sizes)
    text = task.sample(model, "Zorro!", 10, 0.8, 1)
    assert re.fullmatch(r"Zorro! => [AB] \d\.\d\d · [AB] \d\.\d\d", text)
    probe = task.probe("kano", model)
    assert probe.tokens.input == tuple("kano")
    assert set(probe.tokens.target) == {""}
    assert probe.batch.asked.sum() == 1
    assert task.probe("kano => b").tokens.target == ("", "", "", "B")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "type at least one letter"), ("x => C", "no class “C”"), ("kano", "has no class")],
)
def test_probes_that_cannot_be_shown(names: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        NameClasses.open(config(names)).probe(text)


def test_nothing_held_out_has_no_evaluation(names: Path) -> None:
    settings = config(names, task__validation_fraction=0)
    task = NameClasses.open(settings)
    assert task.evaluate(make_model(settings, task.sizes)) is None
    assert "Nothing is held out" in task.summary.warnings[-1]


# ---- inventing


def test_names_are_framed_and_bring_their_class(names: Path) -> None:
    task = NameGeneration.open(config(names, "name_generation"))
    tokens = task.state()["letters"]
    for step in range(task.batches_per_epoch):
        batch = task.train_batch(step)
        assert batch.context is not None
        assert batch.lengths is not None
        for row, n, label in zip(batch.targets, batch.lengths, batch.context, strict=True):
            letters = [tokens[i] for i in row[:n].tolist()]
            assert letters[-1] == "</s>"
            assert "".join(letters[:-1]) in (A, B)[int(label)]


def test_a_short_training_invents_names_of_each_class(names: Path) -> None:
    settings = config(names, "name_generation", model__hidden_size=32)
    task = NameGeneration.open(settings)
    model = trained(task, settings, 80)
    evaluation = task.evaluate(model)
    assert evaluation is not None
    figures = {figure.name: figure for figure in evaluation.figures}
    assert figures["recognised"].value > 0.9
    assert figures["loss"].value < 2
    text = task.sample(model, "", 20, 0.5, 3)
    lines = text.split("\n")
    assert [line[0] for line in lines] == ["A", "B"]
    assert all(len(line.split(", ")) == 4 for line in lines)
    assert text == task.sample(model, "", 20, 0.5, 3) != task.sample(model, "", 20, 0.5, 4)


def test_class_and_first_letters_can_be_asked_for(names: Path) -> None:
    settings = config(names, "name_generation")
    task = NameGeneration.open(settings)
    model = make_model(settings, task.sizes)
    one = task.sample(model, "b: di", 8, 1.0, 1)
    assert one.startswith("B  di")
    assert "\n" not in one
    assert all(name.startswith("di") and len(name) <= 8 for name in one[3:].split(", "))
    both = task.sample(model, "ku", 8, 1.0, 1).split("\n")
    assert [line[:5] for line in both] == ["A  ku", "B  ku"]


def test_a_class_alone_is_written_by_the_network(names: Path) -> None:
    settings = config(names, "name_generation")
    task = NameGeneration.open(settings)
    model = make_model(settings, task.sizes)
    probe = task.probe("A:", model)
    assert probe.tokens.input[0] == "<A>"
    assert probe.batch.context is not None
    assert probe.batch.context.tolist() == [0]
    assert task.probe("A: kano").tokens.target == (*"kano", "</s>")


@pytest.mark.parametrize(
    ("text", "message"), [("kano", "has no class"), ("C: x", "no class “C”"), ("A:", "has no name")]
)
def test_wishes_that_cannot_be_met(names: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        NameGeneration.open(config(names, "name_generation")).probe(text)


def test_a_network_that_broke_says_so(names: Path) -> None:
    settings = config(names, "name_generation")
    task = NameGeneration.open(settings)
    model = make_model(settings, task.sizes)
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(UserError, match="not a number"):
        task.sample(model, "", 5, 1.0, 1)


# ---- the corpus that ships


@pytest.mark.parametrize("task", [NameClasses, NameGeneration])
def test_little_padding_is_computed(task: type[NameClasses] | type[NameGeneration]) -> None:
    opened = shipped(task)
    computed = valid = 0
    for step in range(opened.batches_per_epoch):
        batch = opened.train_batch(step)
        assert batch.lengths is not None
        computed += batch.inputs.numel()
        valid += int(batch.lengths.sum())
    assert 1 - valid / computed <= 0.1


def test_the_shipped_classes_are_unequal_and_letter_pairs_do_not_settle_them() -> None:
    summary = shipped(NameClasses).summary
    sizes = dict(summary.facts)["classes"]
    assert sizes.startswith("9: Velish 2,400")
    assert any("balanced accuracy" in warning for warning in summary.warnings)
    baselines = {b.name: b.value for b in summary.baselines}
    assert baselines["always Velish"] < baselines["letter pairs"] < 0.93
