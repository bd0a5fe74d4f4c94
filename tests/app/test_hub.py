"""One selection for all views: clicks stay, hovers pass."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from rnnviz.app.hub import SelectionHub


def test_hover_lies_over_the_selection_and_passes(qtbot: QtBot) -> None:
    hub = SelectionHub()
    hub.select({"time": 3, "layer": 1})
    hub.hover({"time": 7})
    assert (hub.current.time, hub.current.layer) == (7, 1)
    hub.leave()
    assert hub.current == hub.selection
    assert hub.selection.time == 3


def test_equal_selections_are_told_once(qtbot: QtBot) -> None:
    hub = SelectionHub()
    with qtbot.waitSignal(hub.selected):
        hub.select({"unit": 5})
    with qtbot.assertNotEmitted(hub.selected):
        hub.select({"unit": 5, "unheard_of": 1})


def test_the_time_window_names_its_source(qtbot: QtBot) -> None:
    hub = SelectionHub()
    with qtbot.waitSignal(hub.window_moved) as heard:
        hub.move_window((2.0, 9.0), "score")
    assert heard.args == [(2.0, 9.0), "score"]
    with qtbot.assertNotEmitted(hub.window_moved):
        hub.move_window((2.0, 9.0), "states")
