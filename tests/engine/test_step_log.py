"""The scalars' file against every way to damage it."""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.history import COLUMNS, StepRow
from rnnviz.engine.step_log import HEADER_BYTES, StepReader, StepWriter, packed, row_bytes, unpacked

ROW = row_bytes(len(COLUMNS))


def rows(first: int, last: int) -> list[StepRow]:
    return [
        StepRow(s, s / 7, 1 / s, 2.5, 2.0, 1.0, 1e-3, s * 0.1, s * 9) for s in range(first, last)
    ]


def written(path: Path, last: int = 21) -> bytes:
    StepWriter(path).append(rows(1, last))
    return path.read_bytes()


def steps(path: Path) -> list[float]:
    return StepReader(path).read().column("step").tolist()


@settings(max_examples=200)
@given(st.integers(0, 20 * ROW - 1), st.integers(1, 255))
def test_every_damaged_byte_costs_one_row(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "steps.bin"
    data = bytearray(written(path))
    data[HEADER_BYTES + place] ^= change
    path.write_bytes(data)
    assert steps(path) == [s for s in range(1, 21) if s != place // ROW + 1]


@given(st.integers(0, HEADER_BYTES - 1), st.integers(1, 255))
def test_a_damaged_header_costs_nothing(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "steps.bin"
    data = bytearray(written(path))
    data[place] ^= change
    path.write_bytes(data)
    found = StepReader(path).read()
    # A renamed column is one that nobody knows; all the others are there.
    assert len(found) == 20
    assert sum(bool(np.isfinite(found.column(name)).all()) for name in COLUMNS) >= 8


@pytest.mark.parametrize("cut", [1, 7, ROW - 1, ROW, 5 * ROW + 3])
def test_a_torn_tail_is_written_over(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "steps.bin"
    path.write_bytes(written(path)[:-cut])
    left = 20 - -(-cut // ROW)
    assert steps(path) == list(range(1, left + 1))
    StepWriter(path).append(rows(left + 1, 30))
    assert steps(path) == list(range(1, 30))


def test_zeros_after_a_power_failure_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "steps.bin"
    path.write_bytes(written(path) + bytes(3 * ROW))
    assert steps(path) == list(range(1, 21))


def test_a_reader_follows_through_rewinding_and_a_new_beginning(tmp_path: Path) -> None:
    path = tmp_path / "steps.bin"
    writer, reader = StepWriter(path), StepReader(path)
    assert len(reader.read()) == 0
    writer.append(rows(1, 11))
    history = reader.read()
    writer.rewind(4)
    assert reader.read().column("step").tolist() == [1, 2, 3, 4]
    writer.append(rows(5, 8))
    assert reader.read() is history
    assert history.column("step").tolist() == list(range(1, 8))
    assert steps(path) == list(range(1, 8))
    path.unlink()
    StepWriter(path).append(rows(1, 3))
    assert reader.read().column("step").tolist() == [1, 2]


@given(st.lists(st.integers(1, 30), max_size=40))
def test_a_repeated_step_takes_back_the_later_ones(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    path = tmp_path_factory.mktemp("log") / "steps.bin"
    writer = StepWriter(path)
    expected: list[int] = []
    for step in order:
        writer.append(rows(step, step + 1))
        expected = [*(s for s in expected if s < step), step]
    assert steps(path) == expected


def test_columns_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "steps.bin"
    written(path)
    text = path.read_bytes()
    renamed = text[:HEADER_BYTES].replace(b'"metric"', b'"beauty"') + text[HEADER_BYTES:]
    path.write_bytes(renamed)
    history = StepReader(path).read()
    assert history.column("loss")[3] == 1 / 4
    assert np.isnan(history.column("metric")).all()
    names = [field.name for field in fields(StepRow)][:-1]
    more = make_dataclass("More", [*names, "beauty"])
    StepWriter(path).append([more(21, *range(9), 0.5)])
    data, good = unpacked(path.read_bytes()[HEADER_BYTES:], len(COLUMNS))
    assert good.all()
    assert data[-1, -1] == 0.5


def test_packed_rows_come_back_bit_for_bit() -> None:
    values = np.random.default_rng(1).integers(0, 2**64, (50, 11), dtype=np.uint64).view(np.float64)
    values[:, 0] = np.arange(50)
    found, good = unpacked(packed(values), 11)
    assert good.all()
    assert np.array_equal(found.view(np.uint64), values.view(np.uint64))
