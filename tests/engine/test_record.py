from __future__ import annotations

import math
import sqlite3
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.history import COLUMNS, History, StepRow
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.playback import Playback
from rnnviz.engine.record import NAME, Record
from rnnviz.engine.snapshot_codec import decode, encode
from tests.engine.snapshots import snapshot

real = st.floats(allow_nan=False, allow_infinity=False)


def row(step: int, validation: float = math.nan) -> StepRow:
    return StepRow(
        step, step / 7, 1 / step, 2.5, 2.0, math.nan, 1e-3, step * 0.1, step * 9, validation
    )


def equal(left: Snapshot, right: Snapshot) -> None:
    for name in ("run", "step", "tokens", "structure", "graph", "vocabulary", "seconds", "loss"):
        assert getattr(left, name) == getattr(right, name)
    for mine, yours in ((left.arrays, right.arrays), (left.results, right.results)):
        assert set(mine) == set(yours)
        for name, array in mine.items():
            assert array.dims == yours[name].dims
            assert array.values.dtype == yours[name].values.dtype
            assert np.array_equal(array.values, yours[name].values)


def test_codec_gives_back_every_bit() -> None:
    original = snapshot(12)
    parts = encode(original)
    found = decode(parts.meta, parts.light, parts.heavy, parts.shared.__getitem__)
    equal(original, found)
    assert not found.live
    light = decode(parts.meta, parts.light, None, parts.shared.__getitem__)
    assert set(light.arrays) == {"loss", "next/token"}
    assert set(light.results) == {"norms/h"}


@settings(max_examples=25)
@given(st.lists(st.tuples(real, real), min_size=1, max_size=20))
def test_steps_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, values: list) -> None:
    folder = tmp_path_factory.mktemp("record")
    rows = [
        StepRow(i + 1, a, b, a, b, math.nan, a, b, 5 * i, a, b) for i, (a, b) in enumerate(values)
    ]
    record = Record(folder, 10**6)
    record.add_steps(rows)
    history = Playback(folder).history()
    record.close()
    for name in COLUMNS:
        expected = [getattr(r, name) for r in rows]
        assert np.array_equal(history.column(name), expected, equal_nan=True)


def test_can_be_read_while_written(tmp_path: Path) -> None:
    record, playback = Record(tmp_path, 10**7), Playback(tmp_path)
    for step in range(1, 4):
        record.add_steps([row(step)])
        assert len(playback.history()) == step
    record.add_sample(Sample(3, "The", "cat\nsat", 0.5, 7))
    assert playback.samples() == (Sample(3, "The", "cat\nsat", 0.5, 7),)
    original = snapshot(3)
    record.add_snapshot(original)
    equal(playback.snapshot(3), original)
    record.close()
    assert not (tmp_path / f"{NAME}-wal").exists()
    equal(playback.snapshot(3), original)


def test_snapshots_thin_to_the_budget_and_stay_even(tmp_path: Path) -> None:
    budget = 10 * 42_000 + 40 * 22_000
    record, playback = Record(tmp_path, budget), Playback(tmp_path)
    for step in range(0, 400, 10):
        record.add_snapshot(snapshot(step))
        record_size = sum(len(encode(s).light) for s in playback.past())
        assert record_size <= budget
    full = playback.snapshot_steps(full=True)
    assert full[0] == 0
    assert full[-1] == 390
    assert 5 <= len(full) < 40
    gaps = np.diff(full)
    assert gaps.max() <= 3 * 390 / (len(full) - 1)
    assert playback.snapshot_steps() == tuple(range(0, 400, 10))
    assert set(playback.snapshot(next(s for s in range(0, 400, 10) if s not in full)).results)
    record.close()


def test_past_is_light_and_evenly_chosen(tmp_path: Path) -> None:
    record = Record(tmp_path, 10**8)
    for step in range(21):
        record.add_snapshot(snapshot(step))
    record.close()
    past = Playback(tmp_path).past(5)
    assert [s.step for s in past] == [0, 5, 10, 15, 20]
    assert all("big" not in s.arrays and "norms/h" in s.results for s in past)


def test_light_snapshots_leave_their_large_arrays_out(tmp_path: Path) -> None:
    record, playback = Record(tmp_path, 10**8), Playback(tmp_path)
    record.add_snapshot(snapshot(1), full=True)
    record.add_snapshot(snapshot(2), full=False)
    record.close()
    assert playback.snapshot_steps() == (1, 2)
    assert playback.snapshot_steps(full=True) == (1,)
    assert "big" not in playback.snapshot(2).arrays
    assert "norms/h" in playback.snapshot(2).results


def test_rewind_forgets_what_came_later(tmp_path: Path) -> None:
    record, playback = Record(tmp_path, 10**8), Playback(tmp_path)
    record.add_steps([row(step) for step in range(1, 11)])
    for step in (2, 8):
        record.add_sample(Sample(step, "", "x", 1.0, 1))
        record.add_snapshot(snapshot(step))
    record.rewind(5)
    record.add_steps([row(6, validation=3.0)])
    assert playback.history().column("step").tolist() == [1, 2, 3, 4, 5, 6]
    assert [s.step for s in playback.samples()] == [2]
    assert playback.snapshot_steps() == (2,)
    record.close()


def test_history_rewinds_too() -> None:
    history = History(row(step) for step in range(1, 3000))
    history.rewind(17)
    assert len(history) == 17
    history.append(row(18))
    last = history.last()
    assert last is not None
    assert asdict(last)["step"] == 18


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 100, None])
def test_damaged_record_is_one_sentence(tmp_path: Path, damage: bytes | None) -> None:
    if damage is not None:
        (tmp_path / NAME).write_bytes(damage)
    for read in (Playback(tmp_path).history, Playback(tmp_path).samples, Playback(tmp_path).past):
        with pytest.raises(UserError, match="Cannot read the record"):
            read()


def test_damaged_snapshot_is_one_sentence(tmp_path: Path) -> None:
    record = Record(tmp_path, 10**8)
    record.add_snapshot(snapshot(1))
    record.close()
    base = sqlite3.connect(tmp_path / NAME)
    base.execute("UPDATE snapshots SET light = x'00112233'")
    base.commit()
    base.close()
    with pytest.raises(UserError, match="damaged snapshot"):
        Playback(tmp_path).snapshot(1)


def test_no_snapshot_at_that_step(tmp_path: Path) -> None:
    Record(tmp_path, 10**6).close()
    with pytest.raises(KeyError):
        Playback(tmp_path).snapshot(4)
