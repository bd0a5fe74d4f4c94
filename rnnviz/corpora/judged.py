"""How well classes were told apart: the confusion matrix and what simple methods reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.evaluation import Figure
from rnnviz.contracts.snapshot import Baseline
from rnnviz.corpora.sentences import Indices, Sentences

Table = NDArray[np.int64]


def confusion(true: Indices, said: Indices, classes: int) -> Table:
    """(K, K) how often a true class (row) was taken for another (column)."""
    found = np.bincount(true * classes + said, minlength=classes * classes)
    return found.reshape(classes, classes).astype(np.int64)


def accuracy(table: Table) -> float:
    """Share of right answers, NaN without any."""
    total = int(table.sum())
    return float(np.trace(table)) / total if total else float("nan")


def balanced(table: Table) -> float:
    """Mean recall of the classes that occur: each counts the same, however rare."""
    sizes = table.sum(1)
    there = sizes > 0
    return float((np.diag(table)[there] / sizes[there]).mean()) if there.any() else float("nan")


def figures(table: Table, simple: Table, name: str) -> tuple[Figure, ...]:
    """Accuracy and balanced accuracy beside those of the simple method `name`."""
    return (
        Figure("accuracy", accuracy(table), baseline=accuracy(simple), baseline_name=name),
        Figure("balanced accuracy", balanced(table), baseline=balanced(simple), baseline_name=name),
    )


def baselines(simple: Table, name: str, help: str) -> tuple[Baseline, ...]:
    """What `simple` and the most frequent class alone reach, for the curve of accuracy."""
    sizes = simple.sum(1)
    if not sizes.any():
        return ()
    always = float(sizes.max() / sizes.sum())
    return (
        Baseline(name, "metric", accuracy(simple), help),
        Baseline("most frequent class", "metric", always, "The same answer every time."),
    )


def rates(hits: int, said: int, true: int) -> tuple[float, float, float]:
    """F1, precision and recall; NaN where nothing was said or nothing was there."""
    precision = hits / said if said else float("nan")
    recall = hits / true if true else float("nan")
    return (2 * hits / (said + true) if said + true else float("nan")), precision, recall


def as_array(table: Table) -> NamedArray:
    """The matrix as evaluations carry it."""
    return NamedArray("confusion", ("row", "column"), table.astype(np.float32))


def bag_of_words(
    sentences: Sentences, labels: Indices, train: Indices, asked: Indices, sizes: tuple[int, int]
) -> Indices:
    """What naive Bayes says of the sentences `asked`, having counted the words of `train` (with
    one added to each): order plays no part.

    sizes  words of the vocabulary, classes
    """
    vocabulary, classes = sizes
    of = np.repeat(np.arange(len(sentences)), sentences.lengths)
    trained = np.isin(of, train)
    cells = labels[of[trained]] * vocabulary + sentences.ids[trained]
    counts = np.bincount(cells, minlength=classes * vocabulary).reshape(classes, vocabulary) + 1.0
    weights = np.log(counts / counts.sum(1, keepdims=True))  # (K, V)
    prior = np.log(np.bincount(labels[train], minlength=classes) + 1.0)
    found = [weights[:, sentences[index]].sum(1) + prior for index in asked.tolist()]
    said: Indices = np.array(found).reshape(-1, classes).argmax(1)
    return said


def most_frequent_tags(
    ids: Indices, tags: Indices, asked: Indices, sizes: tuple[int, int]
) -> Indices:
    """For each of the ids `asked` the tag that it mostly has among `ids` with `tags`; the most
    frequent one of all where it never occurs.

    sizes  words of the vocabulary, tags
    """
    vocabulary, classes = sizes
    counts = np.bincount(ids * classes + tags, minlength=vocabulary * classes)
    table = counts.reshape(vocabulary, classes)
    best = np.where(table.any(1), table.argmax(1), int(table.sum(0).argmax()))
    said: Indices = best[asked]
    return said
