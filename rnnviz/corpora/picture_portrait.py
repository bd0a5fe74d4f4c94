"""Describes a folder of captioned pictures for the user to judge before training."""

from __future__ import annotations

from collections import Counter

import numpy as np

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import Baseline, CorpusSummary
from rnnviz.corpora import portrait
from rnnviz.corpora.pictures import Captioned
from rnnviz.corpora.sentences import Buckets
from rnnviz.corpora.written import METRIC

ALWAYS = "one caption for all"


def of_pictures(config: RunConfig, found: Captioned) -> CorpusSummary:
    """The summary of the folder."""
    texts, tokens = found.texts, found.vocabulary.tokens
    batches, validation = found.buckets(config)
    return CorpusSummary(
        name=texts.path.parent.name,
        path=str(texts.path.parent),
        task=config.task.name,
        size_bytes=texts.size,
        encoding=texts.encoding,
        unit="words",
        token_count=len(found.captions.ids),
        vocabulary_size=len(tokens),
        most_frequent=portrait.most_frequent(
            tokens, np.bincount(found.captions.ids, minlength=len(tokens))
        ),
        first_lines=texts.first_lines(portrait.LINES),
        facts=_facts(config, found, batches),
        warnings=_warnings(found),
        batch_rows=portrait.first_rows(batches, lambda index: _row(found, index)),
        **portrait.batching(batches, validation),
        chunk_length=int(found.captions.lengths.max(initial=1)) + 1,
        metric=METRIC,
        baselines=(usual_caption(found),),
    )


def most_seen(found: Captioned) -> str:
    """The caption that is learned from most often."""
    return Counter(map(found.caption, found.train.tolist())).most_common(1)[0][0]


def usual_caption(found: Captioned) -> Baseline:
    """What is reached by giving every picture the caption that is seen most often."""
    best = most_seen(found)
    right = [found.caption(index) == best for index in found.held_out.tolist()]
    share = sum(right) / len(right) if right else float("nan")
    return Baseline(ALWAYS, "metric", share, f"Always “{best}”, without looking.")


def _facts(config: RunConfig, found: Captioned, batches: Buckets) -> tuple[tuple[str, str], ...]:
    size = config.task.picture_size
    shown = len(np.unique(found.of[found.train])), len(np.unique(found.of[found.held_out]))
    return (
        ("pictures", f"{shown[0]:,} to train, {shown[1]:,} to validate"),
        ("brought to", f"{size} × {size} pixels"),
        ("captions", f"{len(found.train):,} to train, {len(found.held_out):,} to validate"),
        ("encoding", found.texts.encoding),
        ("vocabulary", f"{len(found.vocabulary.tokens):,} words"),
        ("equal pictures", f"{found.duplicates:,}, kept on one side"),
        ("left out", str(found.left_out)),
        ("padding", f"{batches.padding():.1%} of what is computed"),
    )


def _warnings(found: Captioned) -> tuple[str, ...]:
    warnings = [*portrait.latin_1_warning(found.texts)]
    counts = found.left_out.counts
    if counts:
        first = " ".join(found.left_out.first)
        warnings.append(f"Left out: {found.left_out}. {first}".strip())
    if counts.get("too long", 0) > len(found.of):
        warnings.append("Most captions are too long and left out: raise the maximum length.")
    if found.duplicates:
        warnings.append(
            f"{found.duplicates:,} pictures equal an earlier one; none of them is both trained on "
            "and held out."
        )
    unknown = float(np.mean(found.captions.ids == found.vocabulary.unknown))
    if unknown > portrait.MANY_UNKNOWN:
        warnings.append("Many words are read as <unk>: a larger vocabulary keeps more.")
    if not len(found.held_out):
        warnings.append(portrait.NOTHING_HELD_OUT)
    return tuple(warnings)


def _row(found: Captioned, index: int) -> str:
    return f"{found.names[found.of[index]]} {found.caption(index)}"
