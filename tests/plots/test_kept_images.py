"""What stands around marks, marks that do not change and formulas are kept as images: nobody may
see it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from rnnviz.contracts.picture import Boxes, ColourScale, Panel, Picture, Span, TextLine, TextPanel
from rnnviz.plots.marks.base import same
from rnnviz.plots.picture_widget import PictureWidget
from tests.plots import hands
from tests.plots.pictures import heat_picture, moved, plain_picture, score


def seen(widget: PictureWidget) -> QImage:
    return widget.canvas.viewport().grab().toImage()


def test_what_stays_as_it_is_looks_the_same_however_it_came_there(qtbot: QtBot) -> None:
    """Surroundings and marks that do not change are kept as images; the eye must not notice."""
    one, other = score(), moved(score())
    long_shown = hands.shown(qtbot, one)
    for turn in range(12):
        long_shown.show_picture(moved(score()) if turn % 2 else score())
        hands.paint(long_shown)
        fresh = hands.shown(qtbot, other if turn % 2 else one)
        assert seen(long_shown) == seen(fresh)


def test_a_new_title_axis_or_note_is_painted(qtbot: QtBot) -> None:
    picture = heat_picture()
    widget = hands.shown(qtbot, picture)
    (panel,) = picture.rows[0]
    assert isinstance(panel, Panel)
    for changes in (
        {"title": "another"},
        {"note": "a note"},
        {"x": replace(panel.x, label="elsewhere")},
        {"colour_bar": ColourScale("unit", 0.0, 2.0)},
    ):
        before = seen(widget)
        panel = replace(panel, **changes)  # type: ignore[arg-type]
        widget.show_picture(replace(picture, rows=((panel,),)))
        hands.paint(widget)
        assert seen(widget) != before
        assert seen(widget) == seen(hands.shown(qtbot, widget.picture))


def boxes(value: float) -> Boxes:
    at = np.array([5.0])
    scale = ColourScale("unit", 0.0, 1.0)
    return Boxes(at, at * 0, at / 5, at / 10, values=np.array([value]), scale=scale)


def test_a_mark_that_begins_to_change_is_painted_anew(qtbot: QtBot) -> None:
    frame = replace(boxes(0.0), width=np.array([8.0]), fill="window", values=None)
    widget = hands.shown(qtbot, plain_picture(frame, boxes(0.0)))
    for value in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        changing = replace(frame, width=np.array([8.0 if value < 0.6 else 4.0]))
        picture = plain_picture(changing, boxes(value))
        widget.show_picture(picture)
        hands.paint(widget)
        assert seen(widget) == seen(hands.shown(qtbot, picture))


def test_marks_are_the_same_where_all_their_numbers_are() -> None:
    gap = replace(boxes(0.5), x=np.array([np.nan]))
    assert same(gap, replace(gap, x=np.array([np.nan])))
    assert not same(gap, boxes(0.5))
    assert not same(boxes(0.5), replace(boxes(0.5), label="another"))
    assert not same(boxes(0.5), replace(boxes(0.5), values=None))


def test_a_formula_is_as_fine_as_what_it_is_painted_on(qtbot: QtBot) -> None:
    lines = (TextLine((Span(r"$h_t = \tanh(W x_t + U h_{t-1})$", "math"),)),)
    widget = hands.shown(qtbot, Picture("f", ((TextPanel("f", lines),),)))
    fine = widget.image(4.0)
    rough = widget.image(1.0).scaled(fine.size())
    assert fine.devicePixelRatio() == 4.0
    sharp = [_inks(image) for image in (fine, rough)]
    assert sharp[0] < 0.7 * sharp[1]


def _inks(image: QImage) -> float:
    """Share of pixels that are neither paper nor ink, among those that are not paper."""
    plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
    grey = np.frombuffer(bytes(plain.constBits()), np.uint8)
    inked = grey[grey < 250]
    return float((inked > 90).mean())
