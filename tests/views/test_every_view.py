"""Every view draws every snapshot, and every picture holds together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.contracts import discovery
from rnnviz.contracts.picture import (
    Axis,
    Boxes,
    Heatmap,
    Image,
    Panel,
    Picture,
    Segments,
    Table,
    Texts,
)
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import NEEDS, Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.style import palette
from rnnviz.style.notation import NOTATIONS
from tests import snapshots

VIEWS = discovery.every("views", View)
LANGUAGE = snapshots.language_snapshot()
HISTORY = snapshots.history(300)


def full_scene(snapshot: Snapshot, **changes: object) -> Scene:
    scene = Scene(
        snapshot, HISTORY, Selection(), snapshots.samples(), snapshots.corpus(), (snapshot,),
        evaluations=tuple(snapshots.evaluation(step) for step in (300, 600, 900)),
    )  # fmt: skip
    return replace(scene, **changes)


@pytest.mark.parametrize("name", VIEWS)
def test_says_what_it_is(name: str) -> None:
    view = VIEWS[name]
    assert view.name == name
    assert view.title
    assert view.sentence.endswith(".")
    assert view.needs <= set(NEEDS)
    for option in view.options:
        assert isinstance(option.default, bool) or option.default in option.choices


@pytest.mark.parametrize("name", VIEWS)
def test_an_empty_scene_gets_an_invitation(name: str) -> None:
    picture = VIEWS[name]().picture(Scene())
    assert picture.message.endswith(".")
    assert picture.rows == ()


@pytest.mark.parametrize("name", VIEWS)
def test_some_network_fills_it(name: str) -> None:
    filled = []
    for make in snapshots.KINDS.values():
        picture = VIEWS[name]().picture(full_scene(make()))
        check(picture)
        filled.append(not picture.message)
    assert any(filled)


@pytest.mark.parametrize("name", VIEWS)
def test_every_choice_can_be_drawn(name: str) -> None:
    view = VIEWS[name]()
    for option in view.options:
        values = (True, False) if isinstance(option.default, bool) else option.choices
        for value in values:
            for snapshot in (LANGUAGE, snapshots.translation_snapshot()):
                check(view.picture(full_scene(snapshot, options={option.name: value})))


@pytest.mark.parametrize("name", VIEWS)
def test_scenes_are_drawn_alike_twice(name: str) -> None:
    first, second = (VIEWS[name]().picture(full_scene(LANGUAGE)) for _ in range(2))
    assert first.subtitle == second.subtitle
    assert [len(row) for row in first.rows] == [len(row) for row in second.rows]


indices = st.none() | st.integers(-3, 90)

selections = st.builds(
    Selection,
    part=st.sampled_from(("", "recurrent", "decoder", "encoder.backward", "nowhere")),
    time=indices,
    source_time=indices,
    layer=indices,
    unit=indices,
    quantity=st.sampled_from(("", "h", "c", "f", "z", "n", "nothing")),
    parameter=st.sampled_from(("", "readout.weight", "readout.bias", "nothing")),
)

languages = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(("lstm", "gru", "simple_rnn")),
        "layers": st.integers(1, 3),
        "units": st.sampled_from((1, 2, 7, 40)),
        "time": st.sampled_from((1, 2, 3, 17, 80)),
        "live": st.booleans(),
    }
)

translations = st.fixed_dictionaries(
    {
        "attention": st.booleans(),
        "units": st.sampled_from((1, 5)),
        "source": st.integers(1, 12),
        "target": st.integers(1, 12),
    }
)


def damaged(recipe: dict[str, object], lost: set[int], fill: float, bare: bool) -> Snapshot:
    """A snapshot without some of its arrays, with numbers that are none, or without results."""
    make = snapshots.language_snapshot if "cell" in recipe else snapshots.translation_snapshot
    snapshot = make(**recipe)
    names = sorted(snapshot.arrays)
    gone = {names[index % len(names)] for index in lost}
    kept = {name: array for name, array in snapshot.arrays.items() if name not in gone}
    name = next(iter(kept))
    values = np.asarray(kept[name].values, dtype=float) * fill
    kept[name] = replace(kept[name], values=values)
    return replace(snapshot, arrays=kept, results={} if bare else snapshot.results)


@given(
    recipe=languages | translations,
    lost=st.sets(st.integers(0, 60), max_size=12),
    fill=st.sampled_from((1.0, 0.0, np.nan)),
    bare=st.booleans(),
    selection=selections,
    window=st.none() | st.tuples(st.floats(-5, 40), st.floats(41, 90)),
    width=st.sampled_from((90, 400, 900, 3000)),
    notation=st.sampled_from(sorted(NOTATIONS)),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_snapshot_breaks_a_view(
    recipe: dict[str, object],
    lost: set[int],
    fill: float,
    bare: bool,
    selection: Selection,
    window: tuple[float, float] | None,
    width: int,
    notation: str,
) -> None:
    snapshot = damaged(recipe, lost, fill, bare)
    scene = full_scene(snapshot, selection=selection, window=window, width=width, notation=notation)
    for view in VIEWS.values():
        check(view().picture(scene))


@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf, 0.0, 1e30])
def test_no_number_breaks_a_view(fill: float) -> None:
    for snapshot in (LANGUAGE, snapshots.translation_snapshot()):
        arrays = {
            name: replace(array, values=np.full(array.values.shape, fill))
            for name, array in snapshot.arrays.items()
            if array.values.dtype.kind == "f"
        }
        scene = full_scene(replace(snapshot, arrays=arrays))
        for view in VIEWS.values():
            check(view().picture(scene))


# ---- what holds of every picture


def check(picture: Picture, filled: bool = False) -> None:
    assert picture.title
    assert bool(picture.message) != bool(picture.rows)
    assert not (filled and picture.message), picture.message
    panels = [panel for row in picture.rows for panel in row]
    ids = [panel.id for panel in panels]
    assert len(set(ids)) == len(ids)
    for panel in panels:
        if isinstance(panel, Panel):
            check_panel(panel)
        elif isinstance(panel, Table):
            assert {len(row) for row in panel.rows} <= {len(panel.columns)}
            assert len(panel.selects) in (0, len(panel.rows))


def check_panel(panel: Panel) -> None:
    check_axis(panel.x)
    check_axis(panel.y)
    assert set(panel.selects) <= set(Selection.__dataclass_fields__)
    for mark in panel.marks:
        for word in ("colour", "fill", "outline"):
            if hasattr(mark, word):
                palette.colour(getattr(mark, word))
        lengths = {len(getattr(mark, name)) for name in arrays_of(mark)}
        assert len(lengths) <= 1, (panel.id, mark)
        for selects in getattr(mark, "selects", ()):
            assert set(selects) <= set(Selection.__dataclass_fields__)
        if isinstance(mark, Heatmap):
            assert mark.values.ndim == 2
            assert mark.values.size
            assert mark.scale.low < mark.scale.high
            check_ids(panel.y, mark)


def arrays_of(mark: object) -> list[str]:
    if isinstance(mark, Heatmap | Image):
        return []
    names = ["x", "y", "x0", "y0", "x1", "y1", "heights", "widths", "values"]
    names += ["width", "height"] if isinstance(mark, Boxes) else []
    names += ["texts"] if isinstance(mark, Texts) else []
    names += ["colours"] if isinstance(mark, Texts) and mark.colours else []
    assert not isinstance(mark, Segments) or mark.values is None or mark.scale is not None
    return [name for name in names if getattr(mark, name, None) is not None]


def check_ids(axis: Axis, mark: Heatmap) -> None:
    if axis.dim == "unit":
        assert axis.high - axis.low == len(mark.values)
        assert len(axis.ids) in (0, len(mark.values))


def check_axis(axis: Axis) -> None:
    assert np.isfinite((axis.low, axis.high)).all()
    assert axis.low < axis.high
