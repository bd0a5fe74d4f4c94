"""Hover and click name the index under the pointer, whatever the axis looks like."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnviz.contracts.picture import Axis, Boxes, Line, Panel, Picture, Points, Texts
from tests.plots import hands
from tests.plots.pictures import heat_picture, plain_picture, score, time_axis, unit_axis, values

IDS = (4, 2, 0, 5, 1, 3)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("ids", [(), IDS])
def test_click_gives_time_and_unit(qtbot: QtBot, inverted: bool, ids: tuple[int, ...]) -> None:
    picture = heat_picture(y=unit_axis(6, inverted=inverted, ids=ids), selects={"layer": 1})
    widget = hands.shown(qtbot, picture)
    with qtbot.waitSignal(widget.clicked) as clicked:
        hands.click(widget, hands.pixel(widget, "h", 7.3, 2.2))
    assert clicked.args == [{"layer": 1, "time": 7, "unit": ids[2] if ids else 2}]


def test_hover_speaks_once_per_cell_and_once_when_left(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    said: list[dict[str, object]] = []
    gone: list[bool] = []
    widget.hovered.connect(said.append)
    widget.left.connect(lambda: gone.append(True))
    for x, y in ((3.0, 1.0), (3.2, 1.1), (4.0, 1.0)):
        hands.move(widget, hands.pixel(widget, "h", x, y))
    hands.leave(widget)
    hands.leave(widget)
    assert said == [{"time": 3, "unit": 1}, {"time": 4, "unit": 1}]
    assert gone == [True]


def test_the_strip_of_a_score_gives_the_time(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    x = hands.pixel(widget, "h0", 5.0, 0.0).x()
    with qtbot.waitSignal(widget.clicked) as clicked:
        hands.click(widget, QPointF(x, 6.0))
    assert clicked.args == [{"time": 5}]


def test_the_name_of_a_track_selects_what_the_track_shows(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    with qtbot.waitSignal(widget.clicked) as clicked:
        hands.click(widget, QPointF(20.0, hands.pixel(widget, "h1", 0.0, 3.0).y()))
    assert clicked.args == [{"layer": 1}]


def test_points_give_their_ids(qtbot: QtBot) -> None:
    dots = Points(np.array([2.0, 8.0]), np.array([0.5, -0.5]), "units", dim="unit", ids=(7, 9))
    widget = hands.shown(qtbot, plain_picture(dots))
    with qtbot.waitSignal(widget.clicked) as clicked:
        hands.click(widget, hands.pixel(widget, "plot", 8.0, -0.5) + QPointF(3, 3))
    assert clicked.args == [{"unit": 9}]


def test_boxes_and_texts_give_what_they_select(qtbot: QtBot) -> None:
    one = np.array([2.0])
    boxes = Boxes(one, 0 * one, one, 0.5 + 0 * one, selects=({"quantity": "f"},))
    texts = Texts(np.array([8.0]), np.array([0.0]), ("word",), selects=({"token": 3},))
    widget = hands.shown(qtbot, plain_picture(boxes, texts))
    said: list[dict[str, object]] = []
    widget.clicked.connect(said.append)
    hands.click(widget, hands.pixel(widget, "plot", 2.1, 0.1))
    hands.click(widget, hands.pixel(widget, "plot", 8.0, 0.0))
    hands.click(widget, hands.pixel(widget, "plot", 5.0, 0.9))
    assert said == [{"quantity": "f"}, {"token": 3}]


def test_a_log_axis_of_steps_gives_the_step(qtbot: QtBot) -> None:
    axis = Axis("step", dim="step", low=0.0, high=4.0, log=True)
    line = Line(np.linspace(0, 4, 9), np.zeros(9), "loss")
    widget = hands.shown(qtbot, plain_picture(line, x=axis))
    with qtbot.waitSignal(widget.clicked) as clicked:
        hands.click(widget, hands.pixel(widget, "plot", 2.0, 0.2))
    assert clicked.args[0]["step"] == pytest.approx(100, abs=3)


def test_shift_drag_takes_a_range(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    start, end = (hands.pixel(widget, "h", x, 3.0) for x in (2.0, 6.1))
    with qtbot.waitSignal(widget.range_selected) as taken:
        hands.drag(widget, end, start, Qt.KeyboardModifier.ShiftModifier)
    assert taken.args == ["time", 2, 6]
    assert not widget.is_zoomed()


def test_a_drag_is_no_click(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    with qtbot.assertNotEmitted(widget.clicked):
        hands.drag(widget, hands.pixel(widget, "h", 2, 2), hands.pixel(widget, "h", 8, 2))


def test_the_readout_says_the_value(qtbot: QtBot) -> None:
    array = values()
    array[3, 5] = 0.25
    widget = hands.shown(qtbot, heat_picture(array))
    said: list[str] = []
    widget.readout.connect(said.append)
    hands.move(widget, hands.pixel(widget, "h", 5.0, 3.0))
    assert said == ["h · 0.25"]


def test_the_menu_is_only_asked_for(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    place = QPoint(5, 6)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(9, 9), place)
    with qtbot.waitSignal(widget.context_requested) as asked:
        QApplication.sendEvent(widget.canvas.viewport(), event)
    assert asked.args == [place]


def test_outside_of_the_data_nothing_is_selected(qtbot: QtBot) -> None:
    panel = Panel("plot", time_axis(12, low=-4.0), Axis(low=0, high=1), ())
    widget = hands.shown(qtbot, Picture("Plot", ((panel,),)))
    with qtbot.assertNotEmitted(widget.hovered):
        hands.move(widget, hands.pixel(widget, "plot", -3.0, 0.5))
