"""Describes a folder of names for the user to judge before training: classes, twins, baselines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.snapshot import Baseline, CorpusSummary, TokenCount
from rnnviz.corpora import portrait
from rnnviz.corpora.named import Named
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.sentences import Buckets

_UNEQUAL = 10


@dataclass(frozen=True, slots=True)
class Measures:
    """How the held-out names are judged, and what simple methods reach on them."""

    metric: str
    baselines: tuple[Baseline, ...]


def of_names(
    task: TaskConfig, texts: Texts, named: Named, batches: tuple[Buckets, Buckets], found: Measures
) -> CorpusSummary:
    """The summary of names in classes; `batches` of those to train on and of the held-out ones."""
    counts = np.bincount(named.names.ids, minlength=len(named.letters.tokens))
    return CorpusSummary(
        **portrait.origin(task, texts),
        unit="letters",
        token_count=len(named.names.ids),
        vocabulary_size=len(named.letters.tokens),
        most_frequent=portrait.most_frequent(named.letters.tokens, counts),
        first_lines=_first_lines(named),
        facts=_facts(texts, named),
        warnings=_warnings(texts, named),
        batch_rows=portrait.first_rows(batches[0], lambda index: _row(named, index)),
        **portrait.batching(*batches),
        chunk_length=int(named.names.lengths.max()),
        metric=found.metric,
        baselines=found.baselines,
    )


def class_sizes(named: Named) -> tuple[TokenCount, ...]:
    """Names of each class, the largest first."""
    counts = np.bincount(named.labels, minlength=len(named.classes))
    order = np.argsort(-counts, kind="stable").tolist()
    return tuple(TokenCount(named.classes[k], int(counts[k])) for k in order)


def _first_lines(named: Named) -> tuple[str, ...]:
    """A name of each of the largest classes: the first lines of a folder are of one class only."""
    lines = []
    for entry in class_sizes(named)[: portrait.LINES]:
        first = int(np.flatnonzero(named.labels == named.classes.index(entry.token))[0])
        lines.append(f"{entry.token}: {named.text(first)}")
    return tuple(lines)


def _facts(texts: Texts, named: Named) -> tuple[tuple[str, str], ...]:
    sizes = class_sizes(named)
    parted = named.split
    listed = ", ".join(f"{entry.token} {entry.count:,}" for entry in sizes[:8])
    more = f", {len(sizes) - 8} more" if len(sizes) > 8 else ""
    return (
        ("files", f"{len(texts.files) + len(texts.empty):,}"),
        ("size", portrait.size(texts.size)),
        ("encoding", texts.encoding),
        ("names", f"{len(parted.train):,} to train, {len(parted.held_out):,} to validate"),
        ("classes", f"{len(sizes):,}: {listed}{more}"),
        ("letters", f"{len(named.letters.tokens):,}, special ones included"),
        ("again in the same class", f"{named.twins:,} names"),
        ("in several classes", f"{named.shared:,} names"),
        ("left out", f"{named.too_long:,} lines too long"),
    )


def _warnings(texts: Texts, named: Named) -> tuple[str, ...]:
    warnings = [*portrait.latin_1_warning(texts)]
    sizes = class_sizes(named)
    if named.empty:
        warnings.append(f"Files without a name are no classes: {', '.join(named.empty[:8])}.")
    if sizes[0].count > _UNEQUAL * sizes[-1].count:
        warnings.append(
            f"{sizes[0].token} has {sizes[0].count:,} names, {sizes[-1].token} only "
            f"{sizes[-1].count:,}: watch the balanced accuracy too."
        )
    if not len(named.split.held_out):
        warnings.append(portrait.NOTHING_HELD_OUT)
    return tuple(warnings)


def _row(named: Named, index: int) -> str:
    return f"{named.text(index)} ({named.classes[named.labels[index]]})"
