"""Which panels stand side by side on paper of a width, and how words above them are laid out."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from rnnviz.cli import values
from rnnviz.contracts.picture import Axis, Line, Panel, Picture, Table
from rnnviz.export.head import head
from rnnviz.export.strips import SHORT, squeezed, strips

AXIS = Axis("x", low=0.0, high=1.0)
TABLE = Table("t", ("name", "n"), tuple((f"row {index}", index) for index in range(60)))


def plot(name: str, *names: str) -> Panel:
    ends = np.array([0.0, 1.0])
    lines = tuple(Line(ends, ends, each) for each in names)
    return Panel(name, AXIS, AXIS, lines, title=name, legend=bool(names))


@pytest.mark.parametrize(("width", "abreast"), [(9.0, [3]), (3.3, [2, 1]), (2.0, [1, 1, 1])])
def test_plots_go_below_one_another_where_paper_is_narrow(width: float, abreast: list[int]) -> None:
    row = tuple(plot(name) for name in "abc")
    found = strips(Picture("P", (row,)), width)
    assert [len(strip.panels) for strip in found] == abreast
    assert len({len(strip.shares) for strip in found}) == 1  # all plots are equally wide
    assert not any(strip.track for strip in found)


def test_only_rows_of_one_plot_in_a_stack_are_tracks() -> None:
    rows = ((plot("a"),), (plot("b"), plot("c")), (TABLE,))
    assert [s.track for s in strips(Picture("P", rows, stacked=True), 9.0)] == [True, False, False]
    assert not any(s.track for s in strips(Picture("P", rows), 9.0))


def test_long_tables_give_way_before_plots() -> None:
    found = strips(Picture("P", ((plot("a"),), (TABLE,))), 7.5)
    lower = squeezed(found, 5.0)
    assert lower[0].inches == pytest.approx(found[0].inches)
    assert SHORT <= lower[1].inches < found[1].inches
    flat = squeezed(found, 2.0)
    assert flat[0].inches < found[0].inches
    assert squeezed(found, 50.0) == found


def test_a_legend_takes_the_lines_it_needs() -> None:
    names = [f"a rather long name {index}" for index in range(6)]
    wide, narrow = head(plot("p", *names), 8.0), head(plot("p", *names), 2.4)
    assert (wide.keys, narrow.keys) == (2, 6)
    assert narrow.inches > wide.inches > head(plot("p"), 8.0).inches > 0


@pytest.mark.parametrize(
    ("text", "size"), [("3.3", (3.3, None)), ("7.5x5", (7.5, 5.0)), ("12X6", (12.0, 6.0))]
)
def test_a_size_may_be_a_width_alone(text: str, size: tuple[float, float | None]) -> None:
    assert values.size(text) == size


@pytest.mark.parametrize("text", ["", "x", "3x", "1x2x3", "0.1", "nan", "500"])
def test_no_size_is_said(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        values.size(text)
