"""BLEU as the library computes it for us, against the formula of Papineni et al. (2002)."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.corpora.words import UNKNOWN
from rnnviz.corpora.written import Written, bleu, judged

Pairs = list[tuple[list[str], list[list[str]]]]
SENTENCES = st.lists(st.sampled_from("abcde"), min_size=5, max_size=9)


def grams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def by_hand(pairs: Pairs) -> float:
    """Without smoothing: 0 where no four words in a row are right."""
    logs = 0.0
    for n in range(1, 5):
        right = said = 0
        for words, references in pairs:
            most = Counter[tuple[str, ...]]()
            for reference in references:
                most |= grams(reference, n)
            right += (grams(words, n) & most).total()
            said += grams(words, n).total()
        logs += math.log(right / said) / 4 if right else -math.inf
    length = sum(len(words) for words, _ in pairs)
    nearest = sum(
        min((len(r) for r in refs), key=lambda k: (abs(k - len(words)), k)) for words, refs in pairs
    )
    return 100 * math.exp(logs + min(0.0, 1 - nearest / length))


def texts(pairs: Pairs) -> list[Written]:
    return [Written("", tuple(map(" ".join, refs)), " ".join(said), False) for said, refs in pairs]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=3)), min_size=1))
def test_bleu_is_that_of_its_paper(pairs: Pairs) -> None:
    pairs = [*pairs, (list("abcd"), [list("abcdd")])]  # four in a row are right: no smoothing
    assert bleu(texts(pairs)) == pytest.approx(by_hand(pairs), rel=1e-6)


def test_unknown_words_are_not_rewarded() -> None:
    reference = (f"a {UNKNOWN} b {UNKNOWN} c",)
    assert bleu([Written("", reference, reference[0], False)]) < 20
    assert bleu([Written("", reference, "", False)]) == 0


def test_judged_beside_the_same_text_every_time() -> None:
    written = [
        Written("one", ("a b c d", "a b c d e"), "a b c d e", True),
        Written("two", ("e d c b a",), "a b c d", False),
    ]
    found = judged(written, "a b c d", "always")
    exact, score = found.figures
    assert (exact.value, exact.baseline, exact.baseline_name) == (0.5, 0.5, "always")
    assert 0 < score.baseline < score.value < 100
    assert [(one.given, one.right) for one in found.examples] == [("two", False), ("one", True)]
    assert math.isnan(judged(written).figures[1].baseline)
