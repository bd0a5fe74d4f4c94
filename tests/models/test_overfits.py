"""Every network learns four examples by heart, and every task has a network that does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.task import Task
from rnnviz.engine.session import make_model

EXAMPLES, MOST_STEPS = 4, 300
CORPORA = {"language_model": "sample:language_model/kinematics.txt"}


torch.set_num_threads(1)  # networks this small only lose by sharing their work


def usual() -> Iterator[tuple[str, str, str]]:
    """Task, network, cell: each task with its usual network, each other network with a task that it
    can do, each other cell.
    """
    tasks = discovery.names("tasks")
    pairs = [(task, fitting.models_for(task)[0]) for task in tasks]
    for model in sorted(set(discovery.names("models")) - {model for _, model in pairs}):
        pairs.append((next(t for t in tasks if model in fitting.models_for(t)), model))
    yield from ((*pair, "lstm") for pair in pairs)
    yield from (("language_model", "recurrent", cell) for cell in discovery.names("cells"))


USUAL = sorted(set(usual()))


def config(task: str, model: str, cell: str) -> RunConfig:
    """The shipped corpus, a network just large enough, short sequences."""
    return parse(
        {
            "task": {
                "name": task,
                "corpus": CORPORA.get(task, fitting.default_corpus(task)),
                "length": 3,
                "distance": 5,
                "lengths": "always the longest",
                "word_dropout": 0.0,
                "picture_size": 16,
            },
            "model": {
                "kind": model,
                "cell": cell,
                "skip": 2,
                "hidden_size": 24,
                "layers": 1,
                "init_range": 0.0,
                "input": "embedding",
                "embedding_size": 12,
            },
            "training": {"batch_size": EXAMPLES, "sequence_length": 8, "seed": 3},
        }
    )


@pytest.mark.parametrize(("task", "model", "cell"), USUAL, ids=map(" ".join, USUAL))
def test_overfits_four_examples(task: str, model: str, cell: str) -> None:
    """The loss on them falls to a tenth of what it was."""
    chosen = config(task, model, cell)
    opened = discovery.find("tasks", task, Task).open(chosen)
    network = make_model(chosen, opened.sizes).train()
    batch = opened.train_batch(0)
    assert len(batch.inputs) == EXAMPLES
    optimizer = torch.optim.Adam(network.parameters(), 0.02)
    losses = []
    while len(losses) < MOST_STEPS and (not losses or losses[-1] > 0.1 * losses[0]):
        optimizer.zero_grad()
        loss = opened.loss(network(batch), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] <= 0.1 * losses[0]
