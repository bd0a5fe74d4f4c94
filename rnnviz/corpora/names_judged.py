"""How a classifier of names is judged: which names it is asked, and what simple methods reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.evaluation import Figure
from rnnviz.contracts.snapshot import Baseline
from rnnviz.corpora import judged
from rnnviz.corpora.letter_pairs import LetterPairs
from rnnviz.corpora.named import Named
from rnnviz.corpora.sentences import Indices

Floats = NDArray[np.float64]
_EXAMINED = 4_000


def examined(named: Named) -> Indices:
    """The held-out names that every evaluation asks: the same ones each time."""
    held_out = named.split.held_out
    return np.random.default_rng(0).permutation(held_out)[:_EXAMINED]


def by_pairs(named: Named, asked: Indices) -> Indices:
    """What letter pairs say of the names `asked`."""
    sizes = len(named.letters.tokens), len(named.classes)
    pairs = LetterPairs(named.names, named.labels, named.split.train, sizes)
    return pairs.classify([named.names[i] for i in asked.tolist()])


def baselines(named: Named) -> tuple[Baseline, ...]:
    """The accuracy of always saying the largest class, and of letter pairs."""
    asked = examined(named)
    if not len(asked):
        return ()
    true, classes = named.labels[asked], len(named.classes)
    pairs = judged.accuracy(judged.confusion(true, by_pairs(named, asked), classes))
    largest = int(np.bincount(named.labels[named.split.train], minlength=classes).argmax())
    always = float(np.mean(true == largest))
    return (
        Baseline(f"always {named.classes[largest]}", "metric", always, "The largest class."),
        Baseline("letter pairs", "metric", pairs, "Naive Bayes on pairs of neighbouring letters."),
    )


def among_first(chances: Floats, true: Indices, first: int) -> Figure:
    """How often the truth is among the `first` likeliest."""
    best = np.argsort(-chances, axis=1)[:, :first]
    share = float((best == true[:, None]).any(1).mean())
    sizes = np.sort(np.bincount(true, minlength=chances.shape[1]))[::-1]
    always = float(sizes[:first].sum() / sizes.sum())
    return Figure(
        f"among the first {first}", share, "", "higher", always, f"the {first} largest classes"
    )
