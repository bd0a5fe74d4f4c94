from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.history import History
from rnnviz.contracts.view import Scene, View
from rnnviz.engine.playback import Playback
from rnnviz.engine.replay import MOVING, Range, Replay
from rnnviz.engine.run_folder import create
from rnnviz.engine.session import Session
from tests import snapshots

STEPS = tuple(range(100, 701, 100))
FULL = (100, 400, 700)
VIEWS = {name: kind() for name, kind in discovery.every("views", View).items()}
SEEN = {seed: snapshots.language_snapshot(units=40, seed=seed) for seed in (1, 4, 7)}


@pytest.fixture
def recorded(session: Callable[..., Session], tmp_path: Path) -> Playback:
    """Seven snapshots, of which three still have their large arrays: the newest always has."""
    return record(session(), tmp_path / "run", STEPS)


def record(session: Session, path: Path, steps: tuple[int, ...]) -> Playback:
    folder = create(path, session)
    folder.add_steps(rows(snapshots.history(700)))
    for sample in snapshots.samples():
        folder.add_sample(sample)
    for step in steps:
        seen = replace(SEEN[1 + 3 * (step // 100 % 3)], step=step)
        folder.add_snapshot(seen, full=step in FULL)
    folder.close()
    return Playback(path)


def rows(history: History) -> list:
    return [history.until(step).last() for step in range(1, len(history) + 1)]


def replay(recorded: Playback, view: str, *chosen: int | None) -> Replay:
    scene = Scene(corpus=snapshots.corpus(), width=400)
    return Replay(recorded, VIEWS[view], scene, Range(*chosen))


def test_only_steps_that_can_fill_the_view_are_played(recorded: Playback) -> None:
    assert tuple(replay(recorded, "training").steps) == STEPS
    assert tuple(replay(recorded, "parameters").steps) == FULL
    assert tuple(replay(recorded, "training", 150, 500).steps) == (200, 300, 400, 500)


@pytest.mark.parametrize("most", [2, 3, 4, 6, 7, 50])
def test_few_frames_cover_the_whole_range(recorded: Playback, most: int) -> None:
    steps = replay(recorded, "training", None, None, most).steps
    assert len(steps) == min(most, 7)
    assert (steps[0], steps[-1]) == (100, 700)
    gaps = np.diff(steps)
    assert gaps.max() - gaps.min() <= 100


def test_a_scene_shows_what_was_known_at_its_step(recorded: Playback) -> None:
    scene = replay(recorded, "samples").scene(400)
    assert scene.snapshot is not None
    assert scene.history is not None
    assert scene.snapshot.step == 400
    assert len(scene.history) == 400
    assert np.array_equal(scene.history.column("loss"), snapshots.history(700).column("loss")[:400])
    assert [sample.step for sample in scene.samples] == [100, 300]
    past = replay(recorded, "gradients").scene(300).past
    assert [each.step for each in past] == [100, 200, 300]


def test_units_keep_their_places(recorded: Playback) -> None:
    played = replay(recorded, "states")
    orders = [
        tuple(played.scene(step).snapshot.results["unit_order/recurrent/0/similarity"].values)
        for step in played.steps
    ]
    last = recorded.snapshot(700).results["unit_order/recurrent/0/similarity"].values
    assert set(orders) == {tuple(last)}
    first = recorded.snapshot(200).results["unit_order/recurrent/0/similarity"].values
    assert tuple(first) != tuple(last)


@pytest.mark.parametrize("name", [n for n, view in VIEWS.items() if view.depends & MOVING])
def test_every_view_that_moves_can_be_played(recorded: Playback, name: str) -> None:
    played = replay(recorded, name)
    for step in played.steps:
        picture = played.picture(step)
        assert (picture is None) == bool(VIEWS[name].missing(played.scene(step)))
        assert picture is None or picture.rows


@pytest.mark.parametrize(
    ("view", "chosen", "sentence"),
    [
        ("corpus", (), "shows the same at every step"),
        ("training", (710, 900), "no recorded moments from step 710 to step 900"),
        ("training", (500, 300), "choose at least two of the 7 between 100 and 700"),
        ("training", (180, 250), "one recorded moment from step 180"),
        ("parameters", (150, 650), "fewer than two steps"),
    ],
)
def test_ranges_that_cannot_be_played(
    recorded: Playback, view: str, chosen: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        replay(recorded, view, *chosen)


@pytest.mark.parametrize("count", [0, 1])
def test_a_record_that_is_too_short(
    session: Callable[..., Session], tmp_path: Path, count: int
) -> None:
    short = record(session(), tmp_path / "run", STEPS[:count])
    with pytest.raises(UserError, match="train it for longer"):
        replay(short, "training")


def test_an_earlier_history_is_left_alone_when_the_later_one_grows() -> None:
    whole = snapshots.history(50)
    early = whole.until(20)
    early.append(whole.last())
    assert early.column("step")[-1] == 50
    assert whole.column("step")[20] == 21
    assert len(whole.until(0)) == 0
    assert len(whole.until(10**9)) == 50
