"""Equal colours and heights mean equal numbers, in every view."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.comparison.harmony import harmonised
from rnnviz.comparison.side_by_side import common_selection, side_by_side
from rnnviz.contracts import discovery
from rnnviz.contracts.picture import Axis, Bars, ColourScale, Heatmap, Panel, Picture
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.focus import focus
from rnnviz.tracks.ranges import panels_of
from tests import snapshots
from tests.comparison import sides
from tests.views.test_every_view import check

VIEWS = discovery.every("views", View)
MIXED = sides.of(
    sides.scene(snapshots.language_snapshot("simple_rnn", units=40, seed=1), 1),
    sides.scene(snapshots.language_snapshot("lstm", seed=2), 2),
    sides.scene(snapshots.language_snapshot("gru", units=24, layers=1, seed=3), 3),
    sides.scene(snapshots.translation_snapshot(), 4),
)


def scales(panel: Panel) -> list[ColourScale]:
    found = [getattr(mark, "scale", None) for mark in panel.marks]
    return [scale for scale in (*found, panel.colour_bar) if scale is not None]


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_of_different_runs_side_by_side(name: str) -> None:
    drawn = side_by_side(VIEWS[name](), MIXED, width=1900)
    assert [picture.title.split(":")[0] for picture in drawn] == ["A", "B", "C", "D"]
    assert len({picture.colour for picture in drawn}) == 4
    for picture in drawn:
        check(picture)


@pytest.mark.parametrize("name", VIEWS)
def test_panels_of_one_name_share_their_scales(name: str) -> None:
    drawn = side_by_side(VIEWS[name](), MIXED[1:3])
    for one, other in itertools.combinations(drawn, 2):
        others = {panel.id: panel for panel in panels_of(other)}
        for panel in panels_of(one):
            mine = {(s.name, s.label): s for s in scales(panel)}
            theirs = {(s.name, s.label): s for s in scales(others.get(panel.id, panel))}
            assert all(mine[key] == theirs[key] for key in mine.keys() & theirs.keys())


def image(scale: ColourScale, values: list[float], y: Axis) -> Picture:
    heat = Heatmap(np.array([values]), scale)
    bars = Bars(np.arange(len(values), dtype=float), np.array(values), "loss")
    x = Axis("position", dim="time", low=-0.5, high=len(values) - 0.5)
    rows = (Panel("heat", x, Axis(), (heat,), colour_bar=scale), Panel("loss", x, y, (bars,)))
    return Picture("View", tuple((row,) for row in rows))


def test_the_wider_scale_and_range_holds_for_all() -> None:
    narrow = image(ColourScale("signed", -1, 1, "c"), [0.5, -1], Axis("l", high=2.0))
    wide = image(ColourScale("signed", -5, 5, "c, clipped"), [4, 2], Axis("l", high=6.0))
    for picture in harmonised([narrow, wide]):
        heat, loss = panels_of(picture)
        assert {(s.low, s.high, s.label) for s in scales(heat)} == {(-5, 5, "c")}
        assert loss.y.high == 6.0
    assert [panels_of(p)[0].marks[0].values.tolist() for p in harmonised([narrow, wide])] == [
        [[0.5, -1.0]],
        [[4.0, 2.0]],
    ]


def test_clipped_is_said_while_it_is_true() -> None:
    clipped = image(ColourScale("signed", -1, 1, "c, clipped"), [9, 0], Axis())
    other = image(ColourScale("signed", -2, 2, "c"), [0, 0], Axis())
    assert {s.label for p in harmonised([clipped, other]) for s in scales(panels_of(p)[0])} == {
        "c, clipped"
    }


def test_positions_and_units_are_not_stretched() -> None:
    short, long = (
        image(ColourScale("unit", 0, 1), [0], Axis()),
        image(ColourScale("unit", 0, 1), [0, 1, 0], Axis()),
    )
    assert [panels_of(p)[0].x.high for p in harmonised([short, long])] == [0.5, 2.5]


def test_all_runs_show_the_same_unit_and_time() -> None:
    chosen = common_selection(MIXED[:3])
    first = focus(MIXED[0].scene)
    assert first is not None
    assert chosen.unit == min(first.unit, 23)
    assert chosen.time == first.time
    titles = {p.title for picture in side_by_side(VIEWS["gates"](), MIXED[1:3])
              for p in panels_of(picture) if p.id == "lines"}  # fmt: skip
    assert len(titles) == 1


def test_what_is_chosen_stays_chosen() -> None:
    pointed = tuple(
        replace(side, scene=replace(side.scene, selection=Selection(unit=5, time=3, layer=0)))
        for side in MIXED[:2]
    )
    assert common_selection(pointed) == Selection(unit=5, time=3, layer=0)
    assert common_selection(sides.of(Scene(), Scene())) == Selection()
