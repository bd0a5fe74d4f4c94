"""What the user zoomed stays until they let go of it, and linked axes move together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from rnnviz.contracts.picture import Axis, Line, Picture
from rnnviz.plots.ranges import Ranges
from tests.plots import hands
from tests.plots.pictures import heat_panel, heat_picture, plain_picture, score, values


def test_the_wheel_zooms_time_at_the_pointer(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    at = hands.pixel(widget, "h0", 4.0, 2.0)
    with qtbot.waitSignal(widget.time_window_changed) as window:
        hands.wheel(widget, at, 2)
    low, high = window.args
    assert high - low == pytest.approx(12 * 0.85**2)
    assert hands.pixel(widget, "h0", 4.0, 2.0).x() == pytest.approx(at.x())
    assert hands.item(widget, "h2").frame == hands.item(widget, "h2").arrange(widget.canvas.ranges)
    assert {hands.item(widget, f"h{i}").frame.x for i in range(3)} == {(low, high)}  # type: ignore[union-attr]


def test_with_ctrl_the_wheel_zooms_rows_of_a_track(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    at = hands.pixel(widget, "h0", 4.0, 2.0)
    hands.wheel(widget, at, 1, Qt.KeyboardModifier.ControlModifier)
    assert widget.canvas.ranges.is_zoomed("unit")
    assert not widget.canvas.ranges.is_zoomed("time")


def test_zoom_outlives_new_data(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    hands.wheel(widget, hands.pixel(widget, "h1", 4.0, 2.0), 3)
    before = hands.item(widget, "h1").frame
    widget.show_picture(score(length=12, tracks=3))
    hands.paint(widget)
    after = hands.item(widget, "h1").frame
    assert before is not None
    assert after is not None
    assert after.x == before.x


def test_axes_follow_the_data_until_zoomed(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture(values(6, 12)))
    widget.show_picture(heat_picture(values(6, 20)))
    hands.paint(widget)
    frame = hands.item(widget, "h").frame
    assert frame is not None
    assert frame.x == (-0.5, 19.5)


def test_drag_pans_by_as_much_as_the_hand_moved(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    hands.wheel(widget, hands.pixel(widget, "h0", 6.0, 2.0), 4)
    start = hands.pixel(widget, "h0", 6.0, 2.0)
    hands.drag(widget, start, start + QPointF(20, 0))
    assert hands.pixel(widget, "h0", 6.0, 2.0).x() == pytest.approx(start.x() + 20, abs=0.5)


@pytest.mark.parametrize("how", ["double click", "follow", "button"])
def test_letting_go(qtbot: QtBot, how: str) -> None:
    widget = hands.shown(qtbot, score())
    hands.wheel(widget, hands.pixel(widget, "h0", 4.0, 2.0), 3)
    assert widget.is_zoomed()
    with qtbot.waitSignals([widget.time_window_changed, widget.zoom_changed]):
        if how == "double click":
            hands.double_click(widget, hands.pixel(widget, "h0", 4.0, 2.0))
        elif how == "follow":
            widget.follow()
        else:
            widget.findChild(object, "followButton").click()  # type: ignore[attr-defined]
    assert not widget.is_zoomed()


def test_a_window_from_elsewhere_is_not_echoed(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    with qtbot.assertNotEmitted(widget.time_window_changed):
        widget.set_time_window(2.0, 6.0)
    hands.paint(widget)
    assert hands.item(widget, "h0").frame.x == (2.0, 6.0)  # type: ignore[union-attr]
    widget.set_time_window(-0.5, 11.5)
    assert not widget.is_zoomed()


def test_sorted_rows_do_not_move_unsorted_ones(qtbot: QtBot) -> None:
    ids = (4, 2, 0, 5, 1, 3)
    axis = Axis("unit", dim="unit", low=-0.5, high=5.5, ids=ids)
    rows = ((heat_panel(values(), "plain"),), (heat_panel(values(), "sorted", y=axis),))
    widget = hands.shown(qtbot, Picture("Both", rows, stacked=True))
    at = hands.pixel(widget, "plain", 3.0, 2.0)
    hands.wheel(widget, at, 2, Qt.KeyboardModifier.ControlModifier)
    assert hands.item(widget, "sorted").arrange(widget.canvas.ranges).y == (-0.5, 5.5)


def test_plain_plots_zoom_both_axes_and_numbers_only_their_own(qtbot: QtBot) -> None:
    line = Line(np.linspace(0, 10, 50), np.zeros(50), "loss")
    widget = hands.shown(qtbot, plain_picture(line))
    ranges = widget.canvas.ranges
    hands.wheel(widget, hands.pixel(widget, "plot", 5.0, 0.0), 1)
    assert ranges.is_zoomed("plot/x")
    assert ranges.is_zoomed("plot/y")
    widget.follow()
    hands.paint(widget)
    hands.wheel(widget, hands.pixel(widget, "plot", 0.0, 0.0) - QPointF(10, 0), 1)
    assert not ranges.is_zoomed("plot/x")
    assert ranges.is_zoomed("plot/y")


@given(
    st.floats(-100, 100),
    st.floats(0.1, 1000),
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0.2, 5.0), st.floats(-80, 80)), max_size=8),
)
def test_ranges_never_leave_the_whole(
    low: float, span: float, moves: list[tuple[float, float, float]]
) -> None:
    axis, ranges = Axis(low=low, high=low + span), Ranges()
    for about, factor, by in moves:
        ranges.zoom("x", axis, low + span * about / 100, factor)
        ranges.pan("x", axis, by)
        first, last = ranges.shown("x", axis)
        assert low - 1e-6 <= first < last <= low + span + 1e-6
