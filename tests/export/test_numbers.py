"""The numbers behind a picture read back exactly, and a spreadsheet runs none of them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rnnviz.contracts import discovery
from rnnviz.contracts.picture import (
    Axis,
    ColourScale,
    Heatmap,
    Line,
    Panel,
    Picture,
    Rule,
    Span,
    Table,
    TextLine,
    TextPanel,
)
from rnnviz.contracts.view import Scene, View
from rnnviz.export import numbers_of, write_picture
from rnnviz.export.numbers import safe
from tests import snapshots

floats = arrays.arrays(
    st.sampled_from((np.float32, np.float64)),
    arrays.array_shapes(min_dims=1, max_dims=1, max_side=6),
    elements=st.floats(width=32),
)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def line_picture(y: np.ndarray, **numbers: np.ndarray) -> Picture:
    x = np.arange(len(y), dtype=float)
    axis = Axis("loss", "nats", low=0, high=1)
    panel = Panel("loss", Axis("step", low=0, high=1), axis, (Line(x, y, "training"),))
    return Picture("Training", ((panel,),), "step 9", numbers=numbers)


@given(floats)
def test_csv_floats_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, y: np.ndarray
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    rows = rows_of(write_picture(line_picture(y), path))
    start = rows.index(["x", "y"]) + 1
    read = np.array([float(row[1]) for row in rows[start : start + len(y)]])
    np.testing.assert_array_equal(read.astype(y.dtype), y)


def test_csv_says_what_it_holds(tmp_path: Path) -> None:
    rows = rows_of(write_picture(line_picture(np.ones(2)), tmp_path / "a.csv"))
    assert ["title", "Training"] in rows
    assert ["subtitle", "step 9"] in rows
    assert ["y axis", "loss", "nats", ""] in rows
    assert ["mark", "0-training", "Line"] in rows


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe(text)
    assert isinstance(cell, str)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'").startswith(text.removeprefix("'"))


def test_tokens_cannot_inject_formulas(tmp_path: Path) -> None:
    code = TextPanel("t", (TextLine((Span('=HYPERLINK("x")', "code"),)),))
    table = Table("n", ("@name", "value"), (("+1", -2.5), ("-x", 3)))
    rows = rows_of(write_picture(Picture("=1+1", ((code,), (table,))), tmp_path / "a.csv"))
    assert ["title", "'=1+1"] in rows
    assert ['\'=HYPERLINK("x")'] in rows
    assert ["'@name", "value"] in rows
    assert ["'+1", "-2.5"] in rows


def test_images_carry_their_units_and_tokens(tmp_path: Path) -> None:
    values = np.array([[0.5, -1.0], [0.25, 2.0]])
    panel = Panel(
        "h",
        Axis(dim="time", low=-0.5, high=1.5, texts=("a", "=b")),
        Axis(dim="unit", low=-0.5, high=1.5, ids=(7, 3)),
        (Heatmap(values, ColourScale("signed", -1, 1)), Rule("x", 1.0)),
    )
    picture = Picture("States", ((panel,),))
    rows = rows_of(write_picture(picture, tmp_path / "a.csv"))
    assert rows[rows.index(["", "a", "'=b"]) + 1] == ["7", "0.5", "-1.0"]
    found = numbers_of(picture)
    np.testing.assert_array_equal(found["h/y_ids"], [7, 3])
    np.testing.assert_array_equal(found["h/0-heatmap/values"], values)
    assert found["h/1-rule/x"] == 1.0


def test_npz_holds_every_array_without_pickles(tmp_path: Path) -> None:
    picture = line_picture(np.arange(3.0), steps=np.arange(4), grid=np.eye(2))
    with np.load(write_picture(picture, tmp_path / "a.npz"), allow_pickle=False) as file:
        assert set(file.files) == set(numbers_of(picture))
        for name, values in numbers_of(picture).items():
            np.testing.assert_array_equal(file[name], values)


def test_every_step_of_a_long_training_is_exported(tmp_path: Path) -> None:
    history = snapshots.history(5000)
    view = discovery.find("views", "training", View)()
    picture = view.picture(Scene(history=history, width=200))
    with np.load(write_picture(picture, tmp_path / "a.npz")) as file:
        np.testing.assert_array_equal(file["loss"], history.column("loss"))


@pytest.mark.parametrize("name", discovery.names("views"))
def test_every_view_has_numbers(name: str, tmp_path: Path) -> None:
    view = discovery.find("views", name, View)()
    picture = view.picture(snapshots.scene_for(view))
    assert numbers_of(picture)
    assert write_picture(picture, tmp_path / "a.csv").stat().st_size > 50
    with np.load(write_picture(picture, tmp_path / "a.npz"), allow_pickle=False) as file:
        assert all(file[key] is not None for key in file.files)
