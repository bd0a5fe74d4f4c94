"""Text panels, tables, formulas and numbers."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnviz.contracts.picture import Axis, Picture, Span, Table, TextLine, TextPanel
from rnnviz.contracts.selection import Selection
from rnnviz.export.numbers import numbers_of
from rnnviz.plots.math_text import formula
from rnnviz.plots.table_panel import TableView, written
from rnnviz.plots.text_flow import flow
from rnnviz.plots.text_panel import TextView
from rnnviz.plots.ticks import number, short, ticks
from rnnviz.plots.typography import Fonts
from tests.plots import hands

LINES = (
    TextLine((Span("Unit 7"),), "title"),
    TextLine((Span("c_t = f_t \\odot c_{t-1}", "math"),), selects={"quantity": "c"}),
    TextLine((Span("a long sentence " * 20), Span("ends", "strong"))),
    TextLine((Span(""),), "rule"),
    TextLine((Span("one\ntwo", "code"),), "code"),
)
ROWS = (("W", 12, 0.123456), ("U", 3456, float("nan")))
TABLE = Table("t", ("name", "n", "norm"), ROWS, selects=({"parameter": "W"}, {"parameter": "U"}))


def test_lines_select_on_hover_and_click(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, Picture("Inspector", ((TextPanel("x", LINES),),)))
    view = widget.findChild(TextView)
    area = view._flow.lines[1].area.center().toPoint()
    with qtbot.waitSignal(widget.hovered) as hovered:
        QTest.mouseMove(view.viewport(), area)
    with qtbot.waitSignal(widget.clicked) as clicked:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=area)
    assert hovered.args == clicked.args == [{"quantity": "c"}]


def test_text_is_updated_in_place_and_copied(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, Picture("Inspector", ((TextPanel("x", LINES),),)))
    view = widget.findChild(TextView)
    widget.show_picture(Picture("Inspector", ((TextPanel("x", LINES[:1]),),)))
    assert widget.findChild(TextView) is view
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Unit 7"


def test_panels_that_go_leave_no_widget(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, Picture("Both", ((TextPanel("x", LINES), TABLE),)))
    widget.show_picture(Picture("Both", ((TextPanel("x", LINES),),)))
    assert widget.findChild(TableView) is None


def test_words_wrap_within_the_width(qtbot: QtBot) -> None:
    fonts = Fonts(QGuiApplication.font())
    placed = flow(LINES, 200.0, fonts)
    assert all(
        piece.at.x() + piece.width <= 200.5
        for line in placed.lines
        for piece in line.pieces
        if not (isinstance(piece.content, str) and piece.content.isspace())
    )
    tops = [line.area.top() for line in placed.lines]
    assert tops == sorted(tops)
    assert placed.height == pytest.approx(placed.lines[-1].area.bottom())
    assert [str(p.content) for line in placed.lines[-2:] for p in line.pieces] == ["one", "two"]


def test_table_rows_select_and_numbers_stand_right(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, Picture("Parameters", ((TABLE,),)))
    view = widget.findChild(TableView)
    place = view.visualRect(view.model().index(1, 0)).center()
    with qtbot.waitSignal(widget.clicked) as clicked:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert clicked.args == [{"parameter": "U"}]
    align = view.model().data(view.model().index(0, 2), Qt.ItemDataRole.TextAlignmentRole)
    assert align & Qt.AlignmentFlag.AlignRight
    widget.set_selection(Selection(parameter="W"), hover=False)
    role = Qt.ItemDataRole.BackgroundRole
    assert view.model().data(view.model().index(0, 0), role) is not None
    assert view.model().data(view.model().index(1, 0), role) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(12, "12"), (123456, "123\u2009456"), (0.123456, "0.1235"), (-2.5, "−2.5"), ("x", "x"),
     (1e-7, "10⁻⁷"), (2.5e9, "2.5·10⁹"), (math.nan, "–"), (-math.inf, "−∞")],
)  # fmt: skip
def test_cells_are_written_short(value: str | int | float, text: str) -> None:
    assert written(value) == text


def test_a_shortened_word_is_told_in_full(qtbot: QtBot) -> None:
    long = "encoder.forward_layers.kernel.weight_ih_l0"
    table = Table("t", ("name", "n"), ((long, 1), ("other", 2)), short={long: "enc weight"})
    view = TableView(table)
    qtbot.addWidget(view)
    model, tip = view.model(), Qt.ItemDataRole.ToolTipRole
    assert model.data(model.index(0, 0)) == "enc weight"
    assert model.data(model.index(0, 0), tip) == long
    assert model.data(model.index(1, 0), tip) is None
    assert model.data(model.index(0, 1), tip) is None
    assert numbers_of(Picture("p", ((table,),)))["t/name"].tolist() == [long, "other"]


def test_formulas_have_extent_and_bad_ones_are_refused() -> None:
    made = formula(r"h_t = \tanh(W x_t + b)")
    assert made is not None
    assert made.width > 3
    assert made.path.boundingRect().width() == pytest.approx(made.width, rel=0.1)
    assert formula(r"\nonsense{") is None


def test_a_bad_formula_is_shown_as_its_source(qtbot: QtBot) -> None:
    lines = (TextLine((Span("\\nonsense{", "math"),)),)
    widget = hands.shown(qtbot, Picture("Inspector", ((TextPanel("x", lines),),)))
    pieces = widget.findChild(TextView)._flow.lines[0].pieces
    assert "".join(str(piece.content) for piece in pieces) == "\\nonsense{"


def test_ticks_are_round_and_powers_are_raised() -> None:
    axis = Axis(low=0.0, high=1.0)
    assert [text for _, text in ticks(axis, 0.0, 1.0, 5)] == [
        "0",
        "0.2",
        "0.4",
        "0.6",
        "0.8",
        "1.0",
    ]
    log = Axis(low=-3.0, high=0.0, log=True)
    assert [text for _, text in ticks(log, -3.0, 0.0, 5)] == ["10⁻³", "10⁻²", "10⁻¹", "10⁰"]
    assert number(12500.0, 500.0) == "12\u2009500"
    assert short(0.5) == "0.5"


def test_positions_are_whole_and_sorted_rows_say_their_ids() -> None:
    time = Axis(dim="time", low=-0.5, high=2.5)
    assert [at for at, _ in ticks(time, -0.5, 2.5, 20)] == [0, 1, 2]
    rows = Axis(dim="unit", low=-0.5, high=2.5, ids=(8, 6, 7))
    assert [text for _, text in ticks(rows, -0.5, 2.5, 20)] == ["8", "6", "7"]
