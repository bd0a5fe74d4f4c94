"""How a panel is read: names beside colours, and none dropped without a word."""

from __future__ import annotations

from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from rnnviz.plots.legend import MOST_LINES, Entry, broken, width, within
from rnnviz.plots.typography import Fonts

LISTED = [Entry(f"matrix {index}", "text", "solid") for index in range(12)]


def test_a_legend_without_room_says_how_many_are_missing() -> None:
    assert within(LISTED, 12) == LISTED
    shown = within(LISTED, 5)
    assert shown[:4] == LISTED[:4]
    assert (shown[4].label, len(shown)) == ("8 more", 5)
    assert [entry.label for entry in within(LISTED, 1)] == ["12 more"]


def test_a_long_legend_is_broken_into_lines(qtbot: QtBot) -> None:
    fonts = Fonts(QFont())
    room = width(LISTED[:3], fonts) + 1
    rows = broken(LISTED[:8], room, fonts)
    assert [entry for row in rows for entry in row] == LISTED[:8]
    assert all(width(row, fonts) <= room for row in rows)
    assert len(rows) == 3
    many = [Entry(f"matrix {index}", "text", "solid") for index in range(40)]
    cut = broken(many, room, fonts)
    shown = [entry for row in cut for entry in row]
    assert len(cut) == MOST_LINES
    assert shown[-1].label == f"{40 - len(shown) + 1} more"
