"""Borders between chunks: where they are, and that every view over time shows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.picture import Panel, Rule
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.borders import borders, staircase
from tests.snapshots import corpus, language_snapshot


@pytest.mark.parametrize(
    ("length", "chunk", "expected"),
    [(10, 4, [4, 8]), (8, 4, [4]), (4, 4, []), (3, 4, []), (3, 0, []), (3, 1, [1, 2])],
)
def test_first_positions_of_chunks(length: int, chunk: int, expected: list[int]) -> None:
    assert list(borders(length, chunk)) == expected
    assert (staircase(length, chunk) is None) == (not expected)


@pytest.mark.parametrize(("length", "chunk"), [(10, 4), (8, 4), (7, 1), (9, 8)])
def test_the_staircase_parts_pairs_of_one_chunk_from_all_others(length: int, chunk: int) -> None:
    stairs = staircase(length, chunk)
    assert stairs is not None
    for t in range(length):
        for k in range(t + 1):
            walls = ((stairs.x0 == stairs.x1) & (stairs.x0 > k) & (stairs.x0 < t)
                     & (stairs.y0 < t) & (stairs.y1 > t))  # fmt: skip
            assert bool(walls.any()) == (t // chunk != k // chunk)


@pytest.mark.parametrize("name", ["bptt", "gates", "gradients", "score", "states"])
def test_every_view_over_time_shows_them(name: str) -> None:
    view = discovery.every("views", View)[name]()
    cut = replace(corpus(), rows=4, chunk_length=15)
    picture = view.picture(Scene(language_snapshot(time=40), corpus=cut))
    along = [p for row in picture.rows for p in row if isinstance(p, Panel) and p.x.dim == "time"]
    marked = [
        panel for panel in along
        if {m.position for m in panel.marks if isinstance(m, Rule)} >= {14.5, 29.5}
    ]  # fmt: skip
    assert len(marked) >= (1 if name == "bptt" else len(along))
    whole = view.picture(Scene(language_snapshot(time=40), corpus=replace(cut, rows=0)))
    assert not [m for row in whole.rows for p in row if isinstance(p, Panel) and p.x.dim == "time"
                for m in p.marks if isinstance(m, Rule) and m.axis == "x"]  # fmt: skip
    assert np.isfinite(along[0].x.high)
