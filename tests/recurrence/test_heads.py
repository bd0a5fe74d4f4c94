"""Addressing a memory, against loops written from the paper's formulas."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.recurrence.heads import Address, read, similarity, weights, written

ROWS, SLOTS, WIDTH = 2, 5, 3


def address(**changes: torch.Tensor) -> Address:
    asked = {
        "key": torch.randn(ROWS, WIDTH, dtype=torch.float64),
        "strength": torch.rand(ROWS, 1, dtype=torch.float64) * 5,
        "gate": torch.rand(ROWS, 1, dtype=torch.float64),
        "shift": torch.randn(ROWS, 3, dtype=torch.float64).softmax(-1),
        "sharpen": 1 + torch.rand(ROWS, 1, dtype=torch.float64) * 3,
    }
    return Address(**{**asked, **changes})


def by_hand(asked: Address, memory: torch.Tensor, before: torch.Tensor, row: int) -> list[float]:
    """Graves et al. 2014, equations 5 to 9, one number at a time."""
    key, slots = asked.key[row].tolist(), memory[row].tolist()

    def cosine(a: list[float], b: list[float]) -> float:
        length = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
        return sum(x * y for x, y in zip(a, b, strict=True)) / length

    scores = [math.exp(float(asked.strength[row]) * cosine(key, slot)) for slot in slots]
    gate, gamma = float(asked.gate[row]), float(asked.sharpen[row])
    gated = [
        gate * score / sum(scores) + (1 - gate) * float(before[row, i])
        for i, score in enumerate(scores)
    ]
    back, stay, on = asked.shift[row].tolist()
    moved = [
        on * gated[i - 1] + stay * gated[i] + back * gated[(i + 1) % SLOTS] for i in range(SLOTS)
    ]
    total = sum(w**gamma for w in moved)
    return [w**gamma / total for w in moved]


@given(st.integers(0, 10_000))
def test_weights_are_those_of_the_paper(seed: int) -> None:
    torch.manual_seed(seed)
    memory = torch.randn(ROWS, SLOTS, WIDTH, dtype=torch.float64)
    before = torch.rand(ROWS, SLOTS, dtype=torch.float64).softmax(-1)
    asked = address()
    found = weights(asked, memory, before)
    for row in range(ROWS):
        assert found[row].tolist() == pytest.approx(by_hand(asked, memory, before, row), abs=1e-6)
    assert torch.allclose(found.sum(-1), torch.ones(ROWS, dtype=torch.float64))


def test_a_head_can_walk_on_by_one_slot() -> None:
    one = torch.ones(ROWS, 1, dtype=torch.float64)
    on = torch.tensor([[0.0, 0.0, 1.0]] * ROWS, dtype=torch.float64)
    asked = address(gate=0 * one, shift=on, sharpen=one)
    before = torch.eye(SLOTS, dtype=torch.float64)[[1, 4]]
    memory = torch.randn(ROWS, SLOTS, WIDTH, dtype=torch.float64)
    assert weights(asked, memory, before).argmax(-1).tolist() == [2, 0]


def test_what_is_written_at_one_slot_is_read_there() -> None:
    memory = torch.randn(ROWS, SLOTS, WIDTH)
    where = torch.eye(SLOTS)[[3, 0]]
    add = torch.randn(ROWS, WIDTH)
    after = written(memory, where, torch.ones(ROWS, WIDTH), add)
    assert torch.allclose(read(after, where), add)
    untouched = torch.eye(SLOTS)[[2, 2]]
    assert torch.allclose(read(after, untouched), memory[:, 2])


def test_a_slot_like_the_key_is_the_most_similar() -> None:
    memory = torch.randn(1, SLOTS, WIDTH)
    assert int(similarity(3 * memory[:, 2], memory).argmax()) == 2
