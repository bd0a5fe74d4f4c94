"""Figures do not flatter: every class counts the same, and what is examined was never learned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from rnnviz.contracts.model import Batch
from rnnviz.corpora.opened import BucketedTask
from tests.tasks.test_every_task import NAMES, every_task, network, opened

OF_EXAMPLES = [name for name in NAMES if isinstance(opened(name), BucketedTask)]


@every_task
def test_classes_of_unequal_size_are_judged_evenly(name: str) -> None:
    """Where classes are told apart, the mean of the recalls stands beside the accuracy; where one
    class is looked for among few, its precision and recall.
    """
    evaluation = opened(name).evaluate(network(name))
    if evaluation is None or "confusion" not in evaluation.arrays:
        return
    figures = {figure.name: figure.value for figure in evaluation.figures}
    counts = np.asarray(evaluation.arrays["confusion"].values, np.float64)
    recalls = np.diag(counts)[counts.any(1)] / counts.sum(1)[counts.any(1)]
    if "balanced accuracy" in figures:
        assert figures["accuracy"] == pytest.approx(np.trace(counts) / counts.sum())
        assert figures["balanced accuracy"] == pytest.approx(recalls.mean())
    else:
        assert {"precision", "recall"} <= set(figures)
        assert figures["recall"] == pytest.approx(recalls[1])
    assert evaluation.labels


@pytest.mark.parametrize("name", OF_EXAMPLES)
def test_no_held_out_example_is_trained_on(name: str) -> None:
    task = opened(name)
    batches = (task.train_batch(step) for step in range(task.batches_per_epoch))
    trained, held_out = set(read(batches)), set(read(task.validation_batches()))
    assert trained
    assert held_out
    assert not trained & held_out


def read(batches: Iterable[Batch]) -> Iterator[bytes]:
    """What the network is given of each example, without what it is filled up with."""
    for batch in batches:
        for row in range(len(batch.inputs)):
            yield b"|".join(_given(batch, row))


def _given(batch: Batch, row: int) -> Iterator[bytes]:
    if batch.picture is not None:
        yield batch.picture[row].numpy().tobytes()
    elif batch.source is not None:
        yield _cut(batch.source, batch.source_lengths, row)
    elif batch.facts is not None:
        for part in (batch.facts, batch.context):
            values = part[row].numpy()
            yield values[values != 0].tobytes()
    else:
        yield _cut(batch.inputs, batch.lengths, row)
        yield b"" if batch.children is None else _cut(batch.children, batch.lengths, row)


def _cut(values: Any, lengths: Any, row: int) -> bytes:
    whole = values[row] if lengths is None else values[row, : int(lengths[row])]
    return bytes(whole.contiguous().numpy().tobytes())
