"""Several pictures in one file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from rnnviz.comparison.sheet import WHAT, Wish, sheet
from rnnviz.contracts import discovery
from rnnviz.contracts.view import View
from rnnviz.export import SUFFIXES, numbers_of, write_picture
from rnnviz.export import sheet as paper
from rnnviz.export.ink import settings
from tests import snapshots
from tests.comparison import sides

VIEWS = discovery.every("views", View)


def words(path: Path) -> str:
    return "\n".join(ET.parse(path).getroot().itertext())


def drawn(name: str, count: int, what: str = "view") -> Figure:
    cells = ("lstm", "simple_rnn", "gru", "lstm")[:count]
    made = [sides.scene(snapshots.language_snapshot(c, seed=s)) for s, c in enumerate(cells)]
    page = sheet(sides.of(*made), VIEWS[name](), Wish(what))  # type: ignore[arg-type]
    with settings():
        figure = paper.draw(page, "light", 5.5 * count)
        figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_file_holds_it_all(suffix: str, tmp_path: Path) -> None:
    page = sheet(sides.pair(), VIEWS["states"](), Wish())
    path = write_picture(page, tmp_path / f"a.{suffix}", width=11.0)
    again = write_picture(page, tmp_path / f"b.{suffix}", width=11.0)
    assert path.read_bytes() == again.read_bytes()
    if suffix == "svg":
        for text in ("Curves", "A: States", "B: States", "Difference: States", "Configurations"):
            assert text in words(path)


@pytest.mark.parametrize("what", WHAT)
def test_each_part_alone(what: str, tmp_path: Path) -> None:
    page = sheet(sides.pair(), VIEWS["states"](), Wish(what))  # type: ignore[arg-type]
    assert words(write_picture(page, tmp_path / "part.svg", "dark"))


def test_numbers_bear_the_title_of_their_picture() -> None:
    compared = sides.pair()
    found = numbers_of(sheet(compared, VIEWS["states"](), Wish()))
    h = found["A: States/heat/recurrent/0/h/0-h layer 1/values"]
    snapshot = compared[0].scene.snapshot
    assert snapshot is not None
    recorded = np.asarray(snapshot.arrays["recurrent/0/h"].values).T
    order = found["A: States/heat/recurrent/0/h/y_ids"]
    np.testing.assert_allclose(h, recorded[order], atol=1e-6)
    np.testing.assert_array_equal(found["Curves/B/step"], np.arange(1, 301))


def test_equal_tracks_stand_level() -> None:
    """An LSTM has a c, a GRU has none; their h lie at the same height all the same."""
    figure = drawn("states", 3)
    first = [axes for axes in figure.axes if axes.get_ylabel().startswith("h  layer 1")]
    tops = [axes.get_window_extent().y1 for axes in first]
    assert len(tops) == 3
    assert max(tops) - min(tops) < 0.15 * figure.dpi


@pytest.mark.parametrize("count", [2, 4])
def test_nothing_leaves_the_page(count: int) -> None:
    figure = drawn("score", count, "all")
    wide, high = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        box = axes.get_tightbbox()
        if box is not None and axes.get_visible() and axes.has_data():
            assert box.x0 > -4
            assert box.x1 < wide + 4
            assert box.y0 > -4
            assert box.y1 < high + 4
