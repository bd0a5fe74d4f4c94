"""What the held-out part says of a trained network: on the terminal, and as JSON types."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from rnnviz.contracts.evaluation import Evaluation


def words(figures: Sequence[Mapping[str, Any]]) -> str:
    """`accuracy 0.924 (letter pairs 0.89), balanced accuracy 0.841 (0.78)`; "" without any."""
    said, named = [], ""
    for figure in figures:
        if figure["value"] is not None:
            said.append(_words(figure, named))
            named = figure["baseline_name"]
    return ", ".join(said)


def figures(evaluation: Evaluation | None) -> list[dict[str, Any]]:
    """Each with its baseline; a number that there is none of is None."""
    if evaluation is None:
        return []
    return [_without_nan(asdict(figure)) for figure in evaluation.figures]


def classes(evaluation: Evaluation | None) -> dict[str, dict[str, Any]]:
    """How many held-out examples each class has, its precision and its recall."""
    from rnnviz.views.confusion import counted, precision_and_recall

    counts = None if evaluation is None else counted(evaluation)
    if evaluation is None or counts is None or len(evaluation.labels) != len(counts):
        return {}
    sizes, (precision, recall) = counts.sum(1), precision_and_recall(counts)
    rows = np.stack((sizes, precision, recall), 1).tolist()
    return {
        label: _without_nan({"examples": int(size), "precision": right, "recall": found})
        for label, (size, right, found) in zip(evaluation.labels, rows, strict=True)
    }


def _words(figure: Mapping[str, Any], named: str) -> str:
    """The baseline's name only where it is another than before."""
    unit = f" {figure['unit']}" if figure["unit"] else ""
    text = f"{figure['name']} {figure['value']:.3g}{unit}"
    if figure["baseline"] is None:
        return text
    name = figure["baseline_name"]
    return f"{text} ({f'{name} ' if name not in ('', named) else ''}{figure['baseline']:.3g})"


def _without_nan(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }
