"""Rows are filled up to the longest of their batch: little of what training computes is filling."""

from __future__ import annotations

import pytest
from torch import Tensor

from rnnviz.contracts.model import Batch
from rnnviz.engine import recipes
from rnnviz.engine.session import task_class

MOST_BATCHES = 200
RECIPES = {recipe.config.task.name: recipe.config for recipe in reversed(recipes.every())}
UNEQUAL = {"captions", "name_classes", "name_generation", "sentiment", "tagging", "translation"}
"""Tasks whose shipped examples differ in length, beside trees and stories, which are batched by
level and by fact.
"""


def steps(batch: Batch) -> tuple[int, int]:
    """Steps that are read or written, and steps that are computed, on both sides."""
    sides = [(batch.inputs, batch.lengths)]
    if batch.source is not None:
        sides.append((batch.source, batch.source_lengths))
    true = sum(_true(side, lengths) for side, lengths in sides)
    return true, sum(side.shape[0] * side.shape[1] for side, _ in sides)


def _true(side: Tensor, lengths: Tensor | None) -> int:
    return side.shape[0] * side.shape[1] if lengths is None else int(lengths.sum())


@pytest.mark.parametrize("name", RECIPES)
def test_at_most_a_tenth_of_what_an_epoch_computes_is_padding(name: str) -> None:
    """With the recipe's own batches, as the trainer asks for them."""
    task = task_class(RECIPES[name]).open(RECIPES[name])
    count = min(task.batches_per_epoch, MOST_BATCHES)
    counted = [steps(task.train_batch(step)) for step in range(count)]
    true, computed = (sum(column) for column in zip(*counted, strict=True))
    assert computed > 0
    assert 1 - true / computed <= 0.1
    assert (true < computed) or name not in UNEQUAL
