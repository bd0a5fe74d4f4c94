"""What happened at which step of a run, gathered for the timeline."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rnnviz.contracts.history import History
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Sample
from rnnviz.contracts.timeline import Contents

# A rate that changes more often than this follows a schedule: its curve says so, not marks.
MOST_CHANGES = 40


def milestones(history: History, samples: Iterable[Sample], contents: Contents) -> tuple[Mark, ...]:
    """Checkpoints, samples, changes of the learning rate, losses that are no number; by step."""
    known = {(m.step, m.kind): m for m in contents.marks}
    for found in (*_sampled(samples), *_changed_rates(history), *_not_finite(history)):
        known.setdefault((found.step, found.kind), found)
    return tuple(sorted(known.values(), key=lambda each: each.step))


def _sampled(samples: Iterable[Sample]) -> list[Mark]:
    return [Mark(sample.step, "sample", sample.text) for sample in samples]


def _changed_rates(history: History) -> list[Mark]:
    steps, rates = history.column("step"), history.column("learning_rate")
    at = np.flatnonzero(np.diff(rates)) + 1
    if len(at) > MOST_CHANGES:
        return []
    texts = [f"learning rate {rates[i - 1]:.3g} → {rates[i]:.3g}" for i in at]
    changes = zip(at, texts, strict=True)
    return [Mark(int(steps[i]), "learning_rate", text) for i, text in changes]


def _not_finite(history: History) -> list[Mark]:
    at = np.flatnonzero(~np.isfinite(history.column("loss")))[:MOST_CHANGES]
    steps = history.column("step")
    return [Mark(int(steps[i]), "not_finite", "the loss is not a number") for i in at]
