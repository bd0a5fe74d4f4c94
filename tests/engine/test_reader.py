"""Moments of a run are read beside everything else, the newest wish first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.snapshot import Snapshot
from rnnviz.engine import checkpoints
from rnnviz.engine.moments import Moments
from rnnviz.engine.reader import Answer, Reader, Wish, nearest
from rnnviz.engine.record import Record
from rnnviz.engine.run_folder import CHECKPOINTS
from rnnviz.engine.session import Session
from tests import patience, snapshots

Make = Callable[..., Session]
STEPS = (10, 20, 30, 40)


def at(step: int) -> Snapshot:
    return replace(snapshots.language_snapshot(seed=step), step=step)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record = Record(tmp_path, 10**9)
    for step in STEPS:
        record.add_snapshot(at(step), full=step != 30)
    record.close()
    return tmp_path


@pytest.fixture
def reader(folder: Path) -> Iterator[Reader]:
    made = Reader(folder)
    yield made
    made.close()


def answered(reader: Reader, wish: Wish) -> Answer:
    reader.ask(wish)
    until = time.monotonic() + patience.SECONDS
    while time.monotonic() < until:
        answer = reader.take()
        if answer is not None and answer.wish == wish:
            return answer
        time.sleep(0.002)
    raise AssertionError("no answer")


def test_the_nearest_moment_with_everything_is_read(reader: Reader) -> None:
    for generation, (wanted, found) in enumerate([(0, 10), (21, 20), (31, 40), (10**9, 40)]):
        answer = answered(reader, Wish(wanted, generation))
        assert answer.snapshot is not None
        assert answer.snapshot.step == found
        assert not answer.snapshot.live
        expected = at(found).arrays["recurrent/0/h"].values
        np.testing.assert_array_equal(answer.snapshot.arrays["recurrent/0/h"].values, expected)


def test_what_is_recorded_meanwhile_is_found(folder: Path, reader: Reader) -> None:
    answered(reader, Wish(40, 1))
    record = Record(folder, 10**9)
    record.add_snapshot(at(50), full=True)
    record.close()
    until = time.monotonic() + patience.SECONDS
    while 50 not in reader.contents.steps and time.monotonic() < until:
        time.sleep(0.02)
    answer = answered(reader, Wish(60, 2))
    assert answer.snapshot is not None
    assert answer.snapshot.step == 50


def test_of_many_wishes_the_last_one_is_answered(reader: Reader) -> None:
    for generation in range(200):
        reader.ask(Wish(STEPS[generation % 4], generation))
    assert answered(reader, Wish(20, 200)).snapshot is not None


def test_no_folder_is_no_snapshot(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "nowhere")
    answer = answered(reader, Wish(3, 1))
    assert answer.snapshot is None
    assert answer.problem
    reader.close()


@given(st.sets(st.integers(0, 1000), max_size=30), st.integers(-10, 1100))
def test_nearest_is_nearest(steps: set[int], step: int) -> None:
    found = nearest(sorted(steps), step)
    if not steps:
        assert found is None
        return
    assert found is not None
    assert abs(found - step) == min(abs(each - step) for each in steps)


def test_weights_come_from_the_nearest_checkpoint(session: Make, tmp_path: Path) -> None:
    made = session()
    record = Record(tmp_path, 10**9)
    snapshot = at(10)
    bare = {n: a for n, a in snapshot.arrays.items() if not n.startswith("parameter")}
    record.add_snapshot(replace(snapshot, arrays=bare), full=True)
    record.close()
    checkpoints.write(tmp_path / CHECKPOINTS, made.trainer.state())
    for _ in range(3):
        made.trainer.step()
    checkpoints.write(tmp_path / CHECKPOINTS, made.trainer.state())
    moments = Moments(tmp_path)
    assert [mark.step for mark in moments.contents().marks] == [0, 3]
    assert moments.snapshot(10).weights_step is None
    found = moments.snapshot(10, weights=True)
    assert found.weights_step == 3
    for name, tensor in made.model.state_dict().items():
        np.testing.assert_array_equal(found.arrays[f"parameter/{name}"].values, tensor.numpy())
