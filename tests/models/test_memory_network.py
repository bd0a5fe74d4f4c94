"""The memory network against its formulas, and what it learns."""

from __future__ import annotations

import torch

from rnnviz.contracts.config import parse
from rnnviz.contracts.model import Batch
from rnnviz.engine.session import build
from tests.networks import largest_difference, network


def test_equals_the_formulas_one_fact_at_a_time() -> None:
    model = network("memory_network", hops=2)
    p = dict(model.named_parameters())
    facts = [[3, 5, 2], [7, 1], [4, 4, 8]]
    question = [2, 9]

    def position(words: list[int], table: torch.Tensor) -> torch.Tensor:
        total, size, length = torch.zeros(6, dtype=torch.float64), 6, len(words)
        for j, word in enumerate(words, start=1):
            for d in range(1, size + 1):
                weight = (1 - j / length) - (d / size) * (1 - 2 * j / length)
                total[d - 1] += weight * table[word, d - 1]
        return total

    u = position(question, p["question.weight"])
    expected = []
    for _ in range(2):
        scores, values = [], []
        for i, fact in enumerate(facts):
            age = len(facts) - 1 - i
            scores.append((position(fact, p["key.weight"]) + p["key_age.weight"][age]) @ u)
            values.append(position(fact, p["value.weight"]) + p["value_age.weight"][age])
        chances = torch.stack(scores).softmax(0)
        found = sum(c * v for c, v in zip(chances, values, strict=True))
        u = p["hop.weight"] @ u + found
        expected.append(p["readout.weight"] @ u + p["readout.bias"])
    padded = torch.tensor([[*fact, 0][:3] for fact in [*facts, [0, 0, 0]]])
    inputs = torch.arange(2)[None]
    batch = Batch(inputs, inputs, context=torch.tensor([[2, 9, 0]]), facts=padded[None])
    output = model(batch)
    assert largest_difference(output.logits[0], torch.stack(expected)) < 1e-12
    assert output.attention is not None
    assert float(output.attention[0, :, 3].detach().abs().max()) == 0.0


def test_learns_to_look_up_one_fact() -> None:
    session = build(
        parse(
            {
                "task": {"name": "questions", "corpus": "sample:questions/one-fact.txt"},
                "model": {
                    "kind": "memory_network", "hidden_size": 16, "hops": 2, "init_range": 0.0,
                },
                "training": {
                    "optimizer": "adam", "learning_rate": 0.02, "batch_size": 32,
                    "clip": "norm", "clip_threshold": 10.0,
                },
            }
        )
    )  # fmt: skip
    for _ in range(200):
        session.trainer.step()
    evaluation = session.trainer.evaluate()
    assert evaluation is not None
    accuracy, *_, looked = evaluation.figures
    assert accuracy.value > 0.8
    assert looked.value > 0.9
    padding = dict(session.task.summary.facts)["padding"]
    assert float(padding.split("%")[0]) < 10
