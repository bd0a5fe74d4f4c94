"""What every task promises. A new file in rnnviz/tasks is tested here without being named."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.model import Batch, Model, Plan
from rnnviz.contracts.task import Task
from rnnviz.engine.inside import Inside
from rnnviz.engine.session import make_model

NAMES = discovery.names("tasks")
every_task = pytest.mark.parametrize("name", NAMES)


def config(name: str) -> RunConfig:
    """The task on the corpus that ships with it, its usual network small."""
    return parse(
        {
            "task": {
                "name": name,
                "corpus": fitting.default_corpus(name),
                "validation_fraction": 0.1,
            },
            "model": {"kind": fitting.models_for(name)[0], "hidden_size": 8, "layers": 1},
            "training": {"batch_size": 6, "sequence_length": 12},
        }
    )


@cache
def opened(name: str) -> Task:
    return discovery.find("tasks", name, Task).open(config(name))


def network(name: str) -> Model:
    return make_model(config(name), opened(name).sizes).eval()


def same(one: Batch, other: Batch) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Batch)]
    return all(
        torch.equal(a.nan_to_num(), b.nan_to_num()) if isinstance(a, Tensor) else a == b
        for a, b in pairs
    )


@every_task
def test_batches_are_a_function_of_the_step(name: str) -> None:
    task, again = opened(name), discovery.find("tasks", name, Task).open(config(name))
    assert task.batches_per_epoch >= 1
    for step in (3, 0, task.batches_per_epoch, 1, 3):
        assert same(task.train_batch(step), again.train_batch(step))
    pairs = zip(task.validation_batches(), again.validation_batches(), strict=True)
    assert all(same(a, b) for a, b in pairs)


@every_task
def test_something_is_asked_and_the_loss_is_its_mean(name: str) -> None:
    task, model = opened(name), network(name)
    batch = task.train_batch(0)
    output = model(batch)
    losses = task.losses(output, batch)
    assert losses.shape == batch.targets.shape[:2]
    assert batch.asked.any()
    assert not losses[~batch.asked].any()
    assert torch.allclose(losses.sum() / batch.asked.sum(), task.loss(output, batch), atol=1e-6)
    task.loss(output, batch).backward()  # type: ignore[no-untyped-call]
    assert any(p.grad is not None and p.grad.any() for p in model.parameters())


@every_task
def test_its_probe_can_be_looked_into(name: str) -> None:
    task, model = opened(name), network(name)
    probe = task.probe(task.default_probe, model)
    steps = probe.batch.inputs.shape[1]
    assert len(probe.tokens.input) == len(probe.tokens.target) == steps
    inside = Inside(model, task, probe.batch, frozenset({"states", "next", "gradients"}))
    assert inside.difference < 1e-5
    assert len(task.read(inside.logits.detach())) == steps
    assert inside.arrays()["loss"].values.shape == (steps,)
    assert model.graph(Plan.of(probe.batch)).nodes


@every_task
def test_it_writes_and_the_same_seed_writes_the_same(name: str) -> None:
    task, model = opened(name), network(name)
    written = [task.sample(model, "", 10, 0.8, seed=4) for _ in range(2)]
    assert written[0] == written[1] != ""


@every_task
def test_an_evaluation_can_be_written_down(name: str) -> None:
    evaluation = opened(name).evaluate(network(name))
    if opened(name).summary.metric:
        assert evaluation is not None
    if evaluation is not None:
        assert evaluation.figures[0].name == opened(name).summary.metric
        for array in evaluation.arrays.values():
            assert len(evaluation.labels) in (0, *array.values.shape)


@every_task
def test_restored_it_still_probes_and_writes(name: str) -> None:
    task, model = opened(name), network(name)
    state: dict[str, Any] = json.loads(json.dumps(task.state()))
    restored = type(task).restore(config(name), state)
    assert restored.sizes == task.sizes
    assert restored.vocabulary == task.vocabulary
    assert restored.summary == task.summary
    assert restored.default_probe == task.default_probe
    assert same(
        restored.probe(task.default_probe, model).batch, task.probe(task.default_probe, model).batch
    )
    assert restored.sample(model, "", 5, 0.8, 1) == task.sample(model, "", 5, 0.8, 1)


@every_task
def test_it_describes_its_corpus(name: str) -> None:
    task = opened(name)
    summary = task.summary
    assert summary.task == name == task.name
    assert summary.facts
    assert summary.first_lines
    assert summary.chunks_train == task.batches_per_epoch
    assert task.title
    assert task.sentence.endswith(".")
    assert task.formats
