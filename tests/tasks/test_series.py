"""Tables of numbers over time: lenient reading, exact cutting, and what is flagged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Output
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.series import Series, read_series
from rnnviz.corpora.series_cut import filled
from rnnviz.engine.session import build
from rnnviz.tasks.series import SeriesTask


def read(tmp_path: Path, text: str | bytes, columns: str = "") -> Series:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_series(open_texts(path, "auto", suffixes=(".csv",)), columns)


def rows(count: int = 40) -> str:
    return "".join(f"{k},{k * 0.5},{k % 7}\n" for k in range(count))


def config(corpus: str = "sample:series/temperature.csv", **task: object) -> RunConfig:
    data = {"name": "series", "corpus": corpus, "validation_fraction": 0.25, **task}
    return parse({"task": data, "model": {"hidden_size": 12, "layers": 1, "init_range": 0.0}})


def test_with_and_without_a_header(tmp_path: Path) -> None:
    assert read(tmp_path, "when,a,b\n" + rows()).names == ("a", "b")
    plain = read(tmp_path, rows())
    assert plain.names == ("column 2", "column 3")
    assert plain.values[3].tolist() == [1.5, 3.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t;x\n01.02.2031 10:00;1,5\n01.02.2031 11:00;2,5\n", [1.5, 2.5]),
        ("t\tx\n2031-02-01T10:00\t1e3\n2031-02-01T11:00\t-2\n", [1000.0, -2.0]),
        ("\ufefft,x\r\n1,3\r\n2,4\r\n", [3.0, 4.0]),
        ('"t","x"\n"1","3"\n"2","4"\n', [3.0, 4.0]),
        ("t,x\n2,4\n1,3\n", [3.0, 4.0]),
    ],
)
def test_many_ways_to_write_the_same(tmp_path: Path, text: str, expected: list[float]) -> None:
    assert read(tmp_path, text).values[:, 0].tolist() == expected


def test_gaps_are_left_empty_and_filled_only_for_reading(tmp_path: Path) -> None:
    found = read(tmp_path, "t,x\n0,1\n1,\n2,NA\n4,5\n5,6\n6,7\n")
    assert np.isnan(found.values[:, 0]).tolist() == [False, True, True, True, False, False, False]
    assert "1 moments are missing" in found.notes[0]
    assert filled(found.values)[:, 0].tolist() == [1, 1, 1, 1, 5, 6, 7]


def test_irregular_times_are_taken_one_by_one(tmp_path: Path) -> None:
    text = "t,x\n" + "".join(f"{t},{k}\n" for k, t in enumerate([0, 1, 2, 3, 900, 5000, 9999]))
    found = read(tmp_path, text)
    assert len(found.values) == 7
    assert "irregular" in found.notes[-1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("just words\nand more\n", "line 1 has one column"),
        ("a,b\nx,y\nz,w\n", "fewer than two rows"),
        ("t,x\n1,\n2,\n3,\n", "no column of numbers"),
    ],
)
def test_what_is_no_series_is_explained(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read(tmp_path, text)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no column 'c'; it has a, b"):
        read(tmp_path, "t,a,b\n" + rows(), "a, c")
    assert read(tmp_path, "t,a,b\n" + rows(), "b").names == ("b",)


def test_rows_that_say_nothing_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "t,x\n1,2\n2,oops\n3,4\nend of file\n")
    assert "2 rows have cells that are no numbers, the first in table.csv, line 3" in found.notes[0]


def test_a_table_that_is_too_short(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text(rows(10))
    with pytest.raises(UserError, match="only 10 rows"):
        SeriesTask.open(config(str(path)))


def test_the_target_is_the_next_value_and_nothing_held_out_is_trained_on() -> None:
    task = SeriesTask.open(config())
    seen = set()
    for step in range(task.batches_per_epoch):
        batch = task.train_batch(step)
        known = batch.targets[:, :-1]
        assert torch.equal(batch.inputs[:, 1:][~known.isnan()], known[~known.isnan()])
        seen |= {tuple(row) for row in batch.inputs[:, :6, 0].tolist()}
    held_out = torch.cat([b.inputs for b in task.validation_batches()], 1)[0, 1:, 0]
    windows = {tuple(held_out[i : i + 6].tolist()) for i in range(len(held_out) - 6)}
    assert seen.isdisjoint(windows)


def test_holes_are_not_asked_for() -> None:
    task = SeriesTask.open(config())
    batches = [task.train_batch(step) for step in range(task.batches_per_epoch)]
    batch = next(b for b in batches if not b.asked.all())
    output = Output(torch.zeros_like(batch.inputs))
    losses = task.losses(output, batch)
    assert not losses[~batch.asked].any()
    expected = batch.targets[batch.asked].square().mean()
    assert torch.allclose(task.loss(output, batch), expected)


def test_it_learns_and_flags_better_than_chance() -> None:
    data = config().replaced(
        {
            "training.optimizer": "adam",
            "training.learning_rate": 0.01,
            "training.batch_size": 8,
            "training.sequence_length": 48,
        }
    )
    session = build(data)
    for _ in range(120):
        session.trainer.step()
    evaluation = session.trainer.evaluate()
    assert evaluation is not None
    figures = {figure.name: figure for figure in evaluation.figures}
    assert figures["error"].value < 0.6
    precision = figures["precision of flags"]
    assert precision.value > 3 * precision.baseline


def test_a_typed_probe_and_what_is_none() -> None:
    task = SeriesTask.open(config())
    probe = task.probe("4.0 4.5 5")
    assert probe.tokens.input == ("4", "4.5")
    assert probe.tokens.target == ("4.5", "5")
    for text in ("", "4", "four five", "1,2 3,4", "inf 1"):
        with pytest.raises(UserError, match="numbers with blanks"):
            task.probe(text)
