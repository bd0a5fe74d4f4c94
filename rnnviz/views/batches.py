"""Batches: how one long text becomes rows and chunks, and which of them are kept aside."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Boxes, Mark, Panel, Picture, Texts
from rnnviz.contracts.snapshot import CorpusSummary
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.tokens import shorten

LETTER = 7.4


class Batches(View):
    """A batch is one column of chunks. The state is carried along a row, from chunk to chunk."""

    name = "batches"
    title = "Batches"
    sentence = "Which text stands in which row and chunk, and where the validation part begins."
    depends = frozenset({"corpus"})
    group = "Corpus"
    menu_order = 92

    def missing(self, scene: Scene) -> str:
        """Waits for a corpus that was cut into rows."""
        if scene.corpus is None:
            return "Open a corpus: how it is cut into batch rows and chunks will be drawn here."
        if not scene.corpus.batch_rows or not any(scene.corpus.batch_rows):
            return (
                "This task trains on whole sentences in shuffled batches; nothing is cut into rows."
            )
        return ""

    def draw(self, scene: Scene) -> Picture:
        """The first rows and chunks with their text, and a bar of all chunks with the border."""
        corpus = scene.corpus
        assert corpus is not None
        rows = ((_grid(corpus, scene.width),), (_border(corpus),))
        return Picture(self.title, rows, _subtitle(corpus), stacked=True)


def _subtitle(corpus: CorpusSummary) -> str:
    return (
        f"{corpus.rows:,} rows · {corpus.chunks_train:,} chunks to train on and "
        f"{corpus.chunks_validation:,} kept aside, of {corpus.chunk_length:,} {corpus.unit} each"
    )


def _grid(corpus: CorpusSummary, width: int) -> Panel:
    shown = corpus.batch_rows
    columns = max(len(row) for row in shown)
    places = [(c, r) for r, row in enumerate(shown) for c in range(len(row))]
    x = np.array([float(c) for c, _ in places])
    y = np.array([float(r) for _, r in places])
    letters = max(3, int((max(width - 110, 200) / columns - 12) / LETTER))
    texts = tuple(shorten(shown[r][c], letters) for c, r in places)
    size = np.ones(len(places))
    boxes = Boxes(x, y, 0.97 * size, 0.8 * size, outline="faint", rounded=False)
    words = Texts(x - 0.46, y, texts, "text", monospace=True, anchor="left", size=0.9)
    marks: list[Mark] = [boxes, words]
    more = corpus.rows > len(shown) or corpus.chunks_train > columns
    return Panel(
        "grid",
        Axis("chunk", low=-0.5, high=columns - 0.5, ticks=_numbered(columns)),
        Axis("row", low=-0.5, high=len(shown) - 0.5, inverted=True, ticks=_numbered(len(shown))),
        tuple(marks),
        title="rows",
        note="the first ones" if more else "all of them",
        pixels=60 + 26 * len(shown),
    )


def _numbered(count: int) -> tuple[tuple[float, str], ...]:
    return tuple((float(index), str(index + 1)) for index in range(count))


def _border(corpus: CorpusSummary) -> Panel:
    """All chunks of a row as one bar: training, then validation."""
    train, valid = float(corpus.chunks_train), float(corpus.chunks_validation)
    total = max(train + valid, 1.0)
    ends = ((0.0, train, "accent", "training"), (train, total, "warning", "validation"))
    marks: list[Mark] = []
    for low, high, colour, label in ends:
        if high <= low:
            continue
        marks.append(
            Boxes(
                np.array([(low + high) / 2]), np.zeros(1), np.array([high - low]), np.ones(1),
                label, fill=colour, outline="panel", rounded=False,
                texts=(label,) if high - low > 0.15 * total else (),
            )
        )  # fmt: skip
    return Panel(
        "border",
        Axis("chunks of each row", low=0.0, high=total),
        Axis(low=-0.7, high=0.7, visible=False),
        tuple(marks),
        title="split",
        note=f"{100 * valid / total:.0f} % kept aside",
        pixels=80,
    )
