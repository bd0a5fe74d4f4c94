"""How well whole sentences are written: exact matches and BLEU, with examples of both kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.corpora.words import UNKNOWN

METRIC = "exact match"
_EXAMPLES = 24
# Occurs in no reference: who writes that a word is unknown has not met an unknown word.
_NO_WORD = "\ufffd"


@dataclass(frozen=True, slots=True)
class Written:
    """One held-out example: what was `given`, all texts that are `true`, and what was `said`."""

    given: str
    true: tuple[str, ...]
    said: str
    right: bool


def judged(written: Sequence[Written], constant: str = "", name: str = "") -> Evaluation:
    """Figures and examples of at least one text.

    constant  what is held against them: this text every time, called `name`; "" where nothing is
    """
    right = [one.right for one in written]
    fixed = [constant in one.true for one in written] if constant else [float("nan")]
    figures = (
        Figure(METRIC, _mean(right), "", "higher", _mean(fixed), name),
        Figure("BLEU", bleu(written), "", "higher", _bleu_of(constant, written), name),
    )
    return Evaluation(figures, examples=_examples(written))


def bleu(written: Sequence[Written]) -> float:
    """Of all texts together, 0 to 100 (Papineni et al. 2002), as sacrebleu computes it (13a)."""
    # Half a second to import, and only who translates or describes pictures needs it.
    from sacrebleu.metrics.bleu import BLEU

    said = [one.said.replace(UNKNOWN, _NO_WORD) for one in written]
    most = max(len(one.true) for one in written)
    # As many streams as the richest example has references; "" where another has fewer.
    streams = [[one.true[i] if i < len(one.true) else "" for one in written] for i in range(most)]
    return float(BLEU(force=True).corpus_score(said, streams).score)


def _bleu_of(constant: str, written: Sequence[Written]) -> float:
    if not constant:
        return float("nan")
    return bleu([Written(one.given, one.true, constant, False) for one in written])


def _examples(written: Sequence[Written]) -> tuple[Example, ...]:
    """The wrong ones first, as many right ones where there are."""
    wrong = [one for one in written if not one.right][: _EXAMPLES // 2]
    right = [one for one in written if one.right][: _EXAMPLES - len(wrong)]
    return tuple(Example(one.given, one.true[0], one.said, one.right) for one in (*wrong, *right))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
