"""Describes a corpus of labelled or tagged sentences for the user to judge before training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.snapshot import Baseline, CorpusSummary
from rnnviz.corpora import portrait
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.word_rows import WordRows

_RARE = 10


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """What a task knows of its corpus besides the sentences.

    classes  (name, how often it occurs)
    noun     what a class is called: `label` or `tag`
    """

    classes: tuple[tuple[str, int], ...]
    noun: str
    ragged: int
    shortened: int
    longest: int
    baselines: tuple[Baseline, ...]


def of_sentences(task: TaskConfig, texts: Texts, rows: WordRows, about: About) -> CorpusSummary:
    """The summary; the metric is the accuracy."""
    tokens = rows.lexicon.tokens
    return CorpusSummary(
        **portrait.origin(task, texts),
        unit="words",
        token_count=len(rows.sentences.ids),
        vocabulary_size=len(tokens),
        most_frequent=portrait.most_frequent(
            tokens, np.bincount(rows.sentences.ids, minlength=len(tokens))
        ),
        first_lines=texts.first_lines(portrait.LINES),
        facts=_facts(texts, rows, about),
        warnings=_warnings(texts, rows, about),
        batch_rows=portrait.first_rows(rows.training, rows.text),
        **portrait.batching(rows.training, rows.validation),
        chunk_length=int(rows.sentences.lengths.max(initial=1)),
        metric="accuracy",
        baselines=about.baselines,
    )


def _facts(texts: Texts, rows: WordRows, about: About) -> tuple[tuple[str, str], ...]:
    shown = ", ".join(f"{name} {count:,}" for name, count in about.classes[:24])
    held_out = rows.unknown_share(rows.held_out)
    return (
        ("files", f"{len(texts.files):,}"),
        ("size", portrait.size(texts.size)),
        ("encoding", texts.encoding),
        ("sentences", f"{len(rows.train):,} to train, {len(rows.held_out):,} to validate"),
        ("words", f"{len(rows.sentences.ids):,}"),
        ("vocabulary", f"{len(rows.lexicon.tokens):,}"),
        (f"{about.noun}s", shown),
        ("sentences that occur before", f"{rows.duplicates:,}, kept on one side"),
        ("unknown words", f"{held_out:.1%} of the held-out words"),
        ("left out", f"{about.ragged:,} lines"),
        ("padding", f"{rows.training.padding():.1%} of what is computed"),
    )


def _warnings(texts: Texts, rows: WordRows, about: About) -> tuple[str, ...]:
    warnings = [*portrait.latin_1_warning(texts)]
    if about.ragged:
        warnings.append(f"{about.ragged:,} lines that could not be read are left out.")
    if about.shortened:
        warnings.append(
            f"{about.shortened:,} sentences are cut after {about.longest} words: what follows is "
            "not read."
        )
    if rows.duplicates:
        warnings.append(
            f"{rows.duplicates:,} sentences occur more than once; none of them is both trained on "
            "and held out."
        )
    rare = [name for name, count in about.classes if count < _RARE]
    if rare:
        warnings.append(f"Seen fewer than {_RARE} times: {', '.join(rare[:12])}.")
    if rows.unknown_share(rows.train) > portrait.MANY_UNKNOWN:
        warnings.append("Many words are read as <unk>: a larger vocabulary keeps more.")
    if not len(rows.held_out):
        warnings.append(portrait.NOTHING_HELD_OUT)
    return tuple(warnings)
