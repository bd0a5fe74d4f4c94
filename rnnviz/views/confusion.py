"""Confusion: which true class was taken for which other one, with precision and recall of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.picture import (
    AnyPanel,
    Axis,
    Boxes,
    ColourScale,
    Heatmap,
    Mark,
    Panel,
    Picture,
    Table,
)
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.caption import plural
from rnnviz.tracks.tokens import shorten

Counts = NDArray[np.float64]

BOTH_BESIDE = 640
"""Pixels of width from which the table stands beside the matrix, else below it."""

LETTERS, AROUND, ROOM_FOR_COUNT = 12, 170, 19.0
"""Longest label; pixels that labels and colour bar take; pixels of a cell that can hold a count."""


class Confusion(View):
    """Rows are true classes, columns what the network said; a perfect one fills the diagonal."""

    name = "confusion"
    title = "Confusion"
    sentence = "Held-out examples by true class and by what the network took them for."
    depends = frozenset({"evaluations", "selection"})
    options = (
        Option(
            "share",
            "Share of",
            "true class",
            ("true class", "guess"),
            "True class: the diagonal is the recall. Guess: it is the precision.",
        ),
        Option(
            "order",
            "Order",
            "by name",
            ("by name", "by size"),
            "Order of the classes on both axes.",
        ),
    )
    group = "Quality"
    menu_order = 76

    def missing(self, scene: Scene) -> str:
        """Waits for an evaluation that counts classes."""
        if scene.evaluation is None:
            return (
                "Train a network that tells classes apart: at each validation, what it took for "
                "what will be counted here."
            )
        if counted(scene.evaluation) is None:
            return "This task has no classes that could be confused; its figures are in Scores."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """The matrix, and a row per class beside it."""
        evaluation = scene.evaluation
        assert evaluation is not None
        counts = counted(evaluation)
        assert counts is not None
        labels = _labels(evaluation, len(counts))
        if scene.choice(self, "order") == "by size":
            order = np.argsort(-counts.sum(1), kind="stable")
            counts, labels = counts[np.ix_(order, order)], tuple(labels[k] for k in order)
        beside = scene.width >= BOTH_BESIDE
        matrix = _matrix(scene, counts, labels, scene.choice(self, "share") == "guess", beside)
        table = _table(counts, labels)
        rows: tuple[tuple[AnyPanel, ...], ...] = (
            ((matrix, table),) if beside else ((matrix,), (table,))
        )
        return Picture(
            self.title, rows, _subtitle(evaluation, counts), numbers={"confusion": counts}
        )


def shares(counts: Counts, of_guesses: bool = False) -> Counts:
    """Each row divided by its sum, or each column by its own; 0 where that is 0."""
    total = counts.sum(0, keepdims=True) if of_guesses else counts.sum(1, keepdims=True)
    found: Counts = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return found


def precision_and_recall(counts: Counts) -> tuple[Counts, Counts]:
    """(K,) each; NaN for a class that was never guessed, or never true."""
    right = np.diag(counts)
    guessed, true = counts.sum(0), counts.sum(1)
    nothing = np.full(len(right), np.nan)
    return (
        np.divide(right, guessed, out=nothing.copy(), where=guessed > 0),
        np.divide(right, true, out=nothing.copy(), where=true > 0),
    )


def counted(evaluation: Evaluation) -> Counts | None:
    """(K, K) what was counted, None where nothing was."""
    found = evaluation.arrays.get("confusion")
    if found is None or found.values.ndim != 2 or len(set(found.values.shape)) != 1:
        return None
    values = np.asarray(found.values, np.float64)
    counts: Counts = np.where(np.isfinite(values), values, 0.0)
    return counts if counts.sum() > 0 else None


def _labels(evaluation: Evaluation, count: int) -> tuple[str, ...]:
    named = evaluation.labels
    return named if len(named) == count else tuple(str(number) for number in range(count))


def _matrix(
    scene: Scene, counts: Counts, labels: tuple[str, ...], of_guesses: bool, beside: bool
) -> Panel:
    size = len(counts)
    scale = ColourScale("unit", 0.0, 1.0, f"share of the {'guess' if of_guesses else 'true class'}")
    names = tuple(shorten(label, LETTERS) for label in labels)
    x = Axis("guessed", low=-0.5, high=size - 0.5, texts=names)
    y = Axis("true", low=-0.5, high=size - 0.5, texts=names, inverted=True)
    room = (scene.width * (0.58 if beside else 1.0) - AROUND) / size
    drawn = _boxes if room >= ROOM_FOR_COUNT else _image
    return Panel(
        "matrix", x, y, (drawn(counts, shares(counts, of_guesses), scale),),
        equal=True, width=1.4, height=3.0, colour_bar=scale,
    )  # fmt: skip


def _boxes(counts: Counts, values: Counts, scale: ColourScale) -> Mark:
    rows, columns = np.indices(counts.shape)
    ones = np.ones(counts.size)
    written = tuple(f"{round(count):,}" if count else "" for count in counts.ravel())
    return Boxes(
        columns.ravel().astype(float), rows.ravel().astype(float), ones, ones, "count",
        values.ravel(), scale, outline="panel", texts=written, rounded=False,
    )  # fmt: skip


def _image(counts: Counts, values: Counts, scale: ColourScale) -> Mark:
    """Without counts: there are too many cells to write in."""
    return Heatmap(values, scale, label="share")


def _table(counts: Counts, labels: tuple[str, ...]) -> Table:
    precision, recall = precision_and_recall(counts)
    true, guessed = counts.sum(1), counts.sum(0)
    rows: list[tuple[str | int | float, ...]] = [
        (shorten(label, 18), round(true[k]), round(guessed[k]), *_digits(precision[k], recall[k]))
        for k, label in enumerate(labels)
    ]
    total = round(counts.sum())
    rows.append(("total, mean", total, total, *_digits(_mean(precision), _mean(recall))))
    columns = ("class", "examples", "guessed", "precision", "recall")
    return Table("classes", columns, tuple(rows), pixels=0, height=3.0)


def _digits(*values: float) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _mean(values: Counts) -> float:
    """Over the classes that have a value."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _subtitle(evaluation: Evaluation, counts: Counts) -> str:
    total = counts.sum()
    _, recall = precision_and_recall(counts)
    return " · ".join(
        (
            f"step {evaluation.step:,}",
            plural(round(total), "held-out example"),
            f"accuracy {np.trace(counts) / total:.3f}",
            f"class-balanced {_mean(recall):.3f}",
            f"always the largest class {counts.sum(1).max() / total:.3f}",
        )
    )
