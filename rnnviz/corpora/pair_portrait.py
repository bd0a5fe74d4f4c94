"""Describes a table of sentence pairs for the user to judge before training."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.snapshot import CorpusSummary
from rnnviz.corpora import portrait
from rnnviz.corpora.pairs import Pairs
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.sentences import Buckets, Sentences
from rnnviz.corpora.vocabulary import Words
from rnnviz.corpora.written import METRIC


def of_pairs(
    task: TaskConfig, texts: Texts, pairs: Pairs, batches: tuple[Buckets, Buckets]
) -> CorpusSummary:
    """The summary of a table of sentence pairs; the counted tokens are those of the targets."""
    vocabulary = pairs.target_words
    counts = np.bincount(pairs.target.ids, minlength=len(vocabulary.tokens))
    return CorpusSummary(
        **portrait.origin(task, texts),
        unit="words",
        token_count=len(pairs.source.ids) + len(pairs.target.ids),
        vocabulary_size=len(vocabulary.tokens),
        most_frequent=portrait.most_frequent(vocabulary.tokens, counts),
        first_lines=texts.first_lines(portrait.LINES),
        facts=_facts(texts, pairs),
        warnings=_warnings(texts, pairs),
        batch_rows=portrait.first_rows(batches[0], lambda index: _text(pairs, index)),
        **portrait.batching(*batches),
        chunk_length=int(pairs.target.lengths.max()) + 1,
        metric=METRIC,
    )


def _facts(texts: Texts, pairs: Pairs) -> tuple[tuple[str, str], ...]:
    left_out = f"{pairs.too_long:,} too long, {pairs.ragged:,} without two columns"
    return (
        ("files", f"{len(texts.files):,}"),
        ("size", portrait.size(texts.size)),
        ("encoding", texts.encoding),
        ("pairs", f"{len(pairs.train):,} to train, {len(pairs.held_out):,} to validate"),
        ("different source sentences", f"{len(np.unique(pairs.group)):,}"),
        ("left out", left_out),
        ("source vocabulary", f"{len(pairs.source_words.tokens):,}"),
        ("target vocabulary", f"{len(pairs.target_words.tokens):,}"),
        ("source read as <unk>", f"{_unknown_share(pairs.source, pairs.source_words):.1%}"),
        ("target read as <unk>", f"{_unknown_share(pairs.target, pairs.target_words):.1%}"),
    )


def _warnings(texts: Texts, pairs: Pairs) -> tuple[str, ...]:
    warnings = [*portrait.latin_1_warning(texts)]
    rows = len(pairs.source) + pairs.too_long + pairs.ragged
    if pairs.ragged:
        warnings.append(f"{pairs.ragged:,} rows without two filled columns are left out.")
    if pairs.beyond:
        warnings.append(
            f"Only the first {len(pairs.source):,} pairs are used: "
            f"{pairs.beyond:,} further rows are left out."
        )
    if pairs.too_long > rows / 2:
        warnings.append(f"{pairs.too_long / rows:.0%} of the pairs are too long and left out.")
    if _unknown_share(pairs.target, pairs.target_words) > portrait.MANY_UNKNOWN:
        warnings.append("Many target words are read as <unk>: a larger vocabulary keeps more.")
    if not len(pairs.held_out):
        warnings.append(portrait.NOTHING_HELD_OUT)
    return tuple(warnings)


def _unknown_share(sentences: Sentences, vocabulary: Words) -> float:
    return float(np.mean(sentences.ids == vocabulary.unknown))


def _text(pairs: Pairs, index: int) -> str:
    """A pair as a person would write it: `source => target`."""
    source = pairs.source_words.decode(pairs.source[index])
    return f"{source} => {pairs.target_words.decode(pairs.target[index])}"
