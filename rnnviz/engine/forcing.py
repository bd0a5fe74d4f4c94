"""Both losses of a network that reads its own outputs: with the true ones, and running freely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import nan

from rnnviz.contracts.evaluation import Evaluation, Figure
from rnnviz.contracts.model import Batch, Model, TeacherForced
from rnnviz.contracts.task import Task, evaluating

BATCHES = 5
"""Held-out batches that are read both ways: free running takes one step at a time."""


def with_both_losses(task: Task, model: Model, found: Evaluation | None) -> Evaluation | None:
    """The evaluation with the two losses behind its figures; as it is for other networks."""
    if not isinstance(model, TeacherForced):
        return found
    free, forced = _losses(task, model)
    unit = task.summary.loss_unit
    figures = (
        Figure("loss, free running", free, unit, "lower", forced, "teacher forcing"),
        Figure("loss, teacher forcing", forced, unit, "lower", free, "free running"),
    )
    found = found or Evaluation(())
    return replace(found, figures=(*found.figures, *figures))


def _losses(task: Task, model: TeacherForced) -> tuple[float, float]:
    """Mean over the positions of the first held-out batches, NaN without any."""
    sums, count = [0.0, 0.0], 0
    with evaluating(model) as device:
        for batch, asked in _asked(task):
            moved = batch.to(device)
            # Each batch from the start: only the two ways of reading are compared.
            for which, output in enumerate((model(moved), model.forced(moved))):
                sums[which] += float(task.loss(output, moved)) * asked
            count += asked
    return (sums[0] / count, sums[1] / count) if count else (nan, nan)


def _asked(task: Task) -> Iterator[tuple[Batch, int]]:
    for batch in islice(task.validation_batches(), BATCHES):
        asked = int(batch.asked.sum())
        if asked:
            yield replace(batch, continues=False), asked
