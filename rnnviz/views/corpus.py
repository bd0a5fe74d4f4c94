"""Corpus: what the text is, before anything is trained on it."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import AnyPanel, Axis, Bars, Panel, Picture, Span, TextLine, TextPanel
from rnnviz.contracts.snapshot import CorpusSummary
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.axes import round_up
from rnnviz.tracks.caption import plural
from rnnviz.tracks.tokens import shorten

MOST_TOKENS, MOST_LINES, LONGEST = 24, 12, 160


class Corpus(View):
    """Facts and warnings, the most frequent tokens, the first lines."""

    name = "corpus"
    title = "Corpus"
    sentence = "Size, encoding, vocabulary, most frequent tokens and first lines of the text."
    depends = frozenset({"corpus"})
    group = "Corpus"
    menu_order = 90

    def missing(self, scene: Scene) -> str:
        """Waits for a corpus."""
        return "" if scene.corpus else "Open a text file or folder: what is in it will stand here."

    def draw(self, scene: Scene) -> Picture:
        """Facts beside the bars, the first lines below."""
        corpus = scene.corpus
        assert corpus is not None
        top: tuple[AnyPanel, ...] = (_facts(corpus),)
        if corpus.most_frequent:
            top = (*top, _frequent(corpus))
        rows = (top, (_lines(corpus),)) if corpus.first_lines else (top,)
        return Picture(self.title, rows, f"{corpus.name} · {corpus.task.replace('_', ' ')}")


def _facts(corpus: CorpusSummary) -> TextPanel:
    lines = [TextLine((Span(f"{name}   ", "muted"), Span(value))) for name, value in corpus.facts]
    lines += [TextLine((Span(warning, "bad"),)) for warning in corpus.warnings]
    return TextPanel("facts", tuple(lines), title="facts")


def _frequent(corpus: CorpusSummary) -> Panel:
    shown = corpus.most_frequent[:MOST_TOKENS]
    places = np.arange(len(shown), dtype=float)
    counts = np.array([entry.count for entry in shown], dtype=float)
    bars = Bars(places, counts, "occurrences", "series:0", 0.7)
    x = Axis(
        low=-0.6,
        high=len(shown) - 0.4,
        texts=tuple(shorten(entry.token, 10) for entry in shown),
    )
    y = Axis("occurrences", low=0.0, high=round_up(float(counts.max(initial=1.0))))
    return Panel(
        "frequent", x, y, (bars,), title="most frequent",
        note=plural(corpus.vocabulary_size, "kind"), width=1.6, pixels=200,
    )  # fmt: skip


def _lines(corpus: CorpusSummary) -> TextPanel:
    lines = tuple(
        TextLine((Span(shorten(line, LONGEST), "code"),), "code")
        for line in corpus.first_lines[:MOST_LINES]
    )
    return TextPanel("first_lines", lines, title="first lines")
