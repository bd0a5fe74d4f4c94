"""Whatever the size of the paper, no word leaves it and no word stands on another."""

from __future__ import annotations

import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.export import figure
from rnnviz.export.ink import drawing
from tests import snapshots
from tests.export.words_on_paper import off_the_page, on_one_another

VIEWS = discovery.every("views", View)
PAPERS = {
    "in a column": (snapshots.language_snapshot(), 3.3, None),
    "on half a page": (snapshots.translation_snapshot(), 7.5, 5.0),
    "at its own height": (snapshots.translation_snapshot(), 9.0, None),
}


def scene(snapshot: Snapshot) -> Scene:
    return Scene(
        snapshot, snapshots.history(200), samples=snapshots.samples(), corpus=snapshots.corpus(),
        past=(snapshot,), evaluations=tuple(snapshots.evaluation(step) for step in (300, 600)),
    )  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", VIEWS)
def test_every_word_can_be_read(name: str, paper: str) -> None:
    snapshot, width, height = PAPERS[paper]
    picture = VIEWS[name]().picture(scene(snapshot))
    with drawing():
        drawn = figure.draw(picture, "light", width, height)
        figure.settle(drawn)
        assert off_the_page(drawn) == []
        assert on_one_another(drawn) == []


def test_long_sequences_on_low_paper_too() -> None:
    long = snapshots.language_snapshot(units=4, time=500)
    with drawing():
        drawn = figure.draw(VIEWS["score"]().picture(scene(long)), "dark", 7.5, 5.0)
        figure.settle(drawn)
        assert off_the_page(drawn) == []
        assert on_one_another(drawn) == []
