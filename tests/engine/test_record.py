from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.history import COLUMNS, History, StepRow
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.playback import Playback
from rnnviz.engine.record import EVENTS, SAMPLES, STEPS, Record
from rnnviz.engine.snapshot_codec import Decoder, Encoder
from rnnviz.engine.snapshot_files import file_name
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
    parts = Encoder().encode(original)
    decoder = Decoder(parts.shared.__getitem__)
    found = decoder.decode(parts.light, parts.heavy)
    equal(original, found)
    assert not found.live
    light = decoder.decode(parts.light, None)
    assert set(light.arrays) == {"loss", "next/token"}
    assert set(light.results) == {"norms/h"}
    assert light.graph is found.graph
    assert light.structure is found.structure


def test_large_arrays_of_another_moment_are_left_out() -> None:
    encoder = Encoder()
    one, two = encoder.encode(snapshot(1)), encoder.encode(snapshot(2))
    found = Decoder(one.shared.__getitem__).decode(one.light, two.heavy)
    assert "big" not in found.arrays
    assert "loss" in found.arrays


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
    equal(playback.snapshot(3), original)


def stored(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "snapshots").glob("step-*"))


def test_snapshots_thin_to_the_budget_and_stay_even(tmp_path: Path) -> None:
    budget = 10 * 42_000 + 40 * 24_000
    record, playback = Record(tmp_path, budget), Playback(tmp_path)
    for step in range(0, 400, 10):
        record.add_snapshot(snapshot(step))
        assert stored(tmp_path) <= budget
    full = playback.snapshot_steps(full=True)
    assert full[0] == 0
    assert full[-1] == 390
    assert 5 <= len(full) < 40
    gaps = np.diff(full)
    assert gaps.max() <= 3 * 390 / (len(full) - 1)
    assert playback.snapshot_steps() == tuple(range(0, 400, 10))
    assert set(playback.snapshot(next(s for s in range(0, 400, 10) if s not in full)).results)
    record.close()


def test_moments_give_way_where_even_small_arrays_do_not_fit(tmp_path: Path) -> None:
    budget = 12 * 24_000 + 2 * 42_000
    record, playback = Record(tmp_path, budget), Playback(tmp_path)
    for step in range(0, 400, 10):
        record.add_snapshot(snapshot(step))
        assert stored(tmp_path) <= budget
    steps = playback.snapshot_steps()
    assert (steps[0], steps[-1]) == (0, 390)
    assert playback.snapshot_steps(full=True) == (0, 390)
    assert np.diff(steps).max() <= 3 * 390 / (len(steps) - 1)


def test_thinning_goes_on_after_reopening(tmp_path: Path) -> None:
    budget = 10 * 42_000 + 40 * 24_000
    for step in range(0, 200, 10):
        record = Record(tmp_path, budget)
        record.add_snapshot(snapshot(step))
        record.close()
    assert stored(tmp_path) <= budget
    assert Playback(tmp_path).snapshot_steps()[0] == 0


def test_past_is_light_and_evenly_chosen(tmp_path: Path) -> None:
    record = Record(tmp_path, 10**8)
    for step in range(21):
        record.add_snapshot(snapshot(step))
    record.close()
    past = Playback(tmp_path).past(5)
    assert [s.step for s in past] == [0, 5, 10, 15, 20]
    assert all("big" not in s.arrays and "norms/h" in s.results for s in past)


def test_light_snapshots_keep_their_large_arrays_until_the_next_one(tmp_path: Path) -> None:
    record, playback = Record(tmp_path, 10**8), Playback(tmp_path)
    record.add_snapshot(snapshot(1), full=True)
    for step in (2, 3, 4):
        record.add_snapshot(snapshot(step), full=False)
        assert playback.snapshot_steps(full=True) == (1, step)
    record.add_snapshot(snapshot(5), full=True)
    record.close()
    assert playback.snapshot_steps() == (1, 2, 3, 4, 5)
    assert playback.snapshot_steps(full=True) == (1, 5)
    assert "big" not in playback.snapshot(2).arrays
    assert "norms/h" in playback.snapshot(2).results


def test_passing_snapshots_push_no_other_out(tmp_path: Path) -> None:
    parts = Encoder().encode(snapshot(1))
    budget = 6 * len(parts.heavy) + 101 * len(parts.light) + sum(map(len, parts.shared.values()))
    record, playback = Record(tmp_path, budget), Playback(tmp_path)
    for step in range(100):
        record.add_snapshot(snapshot(step), full=step % 10 == 0)
        assert stored(tmp_path) <= budget
        full = playback.snapshot_steps(full=True)
        assert full[-1] == step
        assert step // 10 * 10 in full
    record.close()
    kept = [step for step in playback.snapshot_steps(full=True) if step % 10 == 0]
    assert len(kept) < 10
    assert np.diff(kept).max() <= 3 * 90 / (len(kept) - 1)


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


@pytest.mark.parametrize("damage", [b"", b"no such file at all" * 100, None])
def test_damaged_record_is_one_sentence(tmp_path: Path, damage: bytes | None) -> None:
    if damage:
        (tmp_path / STEPS).write_bytes(damage)
    for read in (Playback(tmp_path).history, Playback(tmp_path).snapshot_steps):
        with pytest.raises(UserError, match="Cannot read the record"):
            read()


def test_damaged_snapshot_costs_itself(tmp_path: Path) -> None:
    record = Record(tmp_path, 10**8)
    for step in (1, 2):
        record.add_snapshot(snapshot(step))
    record.close()
    path = tmp_path / "snapshots" / file_name(2, "light")
    data = bytearray(path.read_bytes())
    data[-7] ^= 1
    path.write_bytes(data)
    playback = Playback(tmp_path)
    with pytest.raises(UserError, match="damaged snapshot of step 2"):
        playback.snapshot(2)
    assert [each.step for each in playback.past()] == [1]


def test_damaged_line_costs_itself(tmp_path: Path) -> None:
    record = Record(tmp_path, 10**8)
    samples = [Sample(step, "", f"text {step}", 0.5, 1) for step in range(5)]
    for sample in samples:
        record.add_sample(sample)
    path = tmp_path / SAMPLES
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = b'{"step": 2, "prompt": 5, "text": [[[\n'
    path.write_bytes(b"".join(lines) + b'{"step": 7')
    assert Playback(tmp_path).samples() == (*samples[:2], *samples[3:])
    again = Record(tmp_path, 10**8)
    again.add_sample(samples[2])
    assert Playback(tmp_path).samples() == (*samples[:2], *samples[3:], samples[2])


def test_no_snapshot_at_that_step(tmp_path: Path) -> None:
    Record(tmp_path, 10**6).close()
    with pytest.raises(KeyError):
        Playback(tmp_path).snapshot(4)


def test_marks_are_samples_rates_and_what_was_noted(tmp_path: Path) -> None:
    record = Record(tmp_path, 10**6)
    slow = replace(row(3), learning_rate=5e-4)
    record.add_steps([row(1), row(2), slow, replace(slow, step=4)])
    record.add_sample(Sample(2, "The", "cat", 0.5, 7))
    record.add_mark(Mark(4, "not_finite", "The loss is no longer a finite number."))
    marks = Playback(tmp_path).marks()
    assert [(mark.step, mark.kind) for mark in marks] == [
        (2, "sample"), (3, "learning_rate"), (4, "not_finite"),
    ]  # fmt: skip
    assert marks[1].text == "learning rate 0.001 to 0.0005"
    (tmp_path / EVENTS).write_text('{"step": 1, "kind": "unheard of"}\n[]\n')
    assert len(Playback(tmp_path).marks()) == 2
