"""What is on the screen is what is in the data, cell by cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from rnnviz.contracts.picture import (
    Axis,
    Bars,
    Boxes,
    Heatmap,
    Image,
    Line,
    Picture,
    Segments,
    Texts,
)
from rnnviz.contracts.selection import Selection
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.bars import BarsItem
from rnnviz.plots.text_panel import TextView
from rnnviz.style import colormaps, palette
from tests.plots import hands
from tests.plots.pictures import (
    SIGNED,
    heat_picture,
    moved,
    plain_picture,
    score,
    time_axis,
    unit_axis,
    values,
)


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("inverted", [False, True])
def test_cells_have_the_colours_of_the_table(qtbot: QtBot, theme: str, inverted: bool) -> None:
    array = values()
    widget = hands.shown(qtbot, heat_picture(array, y=unit_axis(6, inverted=inverted)))
    widget.set_theme(theme)
    for row, column in ((0, 0), (2, 7), (5, 11)):
        expected = tuple(colormaps.rgb(array[row, column], SIGNED, theme))
        assert hands.colour_at(widget, "h", column, row).getRgb()[:3] == expected


def test_missing_cells_are_faint(qtbot: QtBot) -> None:
    array = values()
    array[1, 2] = np.nan
    widget = hands.shown(qtbot, heat_picture(array))
    assert hands.colour_at(widget, "h", 2, 1).name() == palette.colour("faint")


def test_a_zoomed_cell_keeps_its_colour(qtbot: QtBot) -> None:
    array = values(50, 400)
    widget = hands.shown(qtbot, heat_picture(array))
    widget.set_time_window(200.0, 210.0)
    expected = tuple(colormaps.rgb(array[20:22, 204].mean(), SIGNED))
    hands.wheel(widget, hands.pixel(widget, "h", 204.0, 20.0), 6)
    seen = hands.colour_at(widget, "h", 204, 20).getRgb()[:3]
    assert seen == tuple(colormaps.rgb(array[20, 204], SIGNED)) or seen == expected


def test_cells_smaller_than_pixels_are_averaged(qtbot: QtBot) -> None:
    array = np.tile(np.array([1.0, -1.0], dtype=np.float32), (8, 4000))  # stripes: mean 0
    widget = hands.shown(qtbot, heat_picture(array))
    assert hands.colour_at(widget, "h", 4000, 4).name() == palette.colour("panel")


def test_new_data_reuses_the_painters(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    panels = dict(widget.canvas.items)
    marks = {name: hands.item(widget, name).marks[0] for name in panels}
    fresh = moved(score())
    widget.show_picture(fresh)
    hands.paint(widget)
    assert widget.canvas.items == panels
    assert {name: hands.item(widget, name).marks[0] for name in panels} == marks
    assert marks["h1"].mark is fresh.rows[1][0].marks[0]  # type: ignore[union-attr]


def test_another_structure_is_built_anew(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    before = hands.item(widget, "h")
    picture = Picture("States", ((_with_line(),),))
    widget.show_picture(picture)
    assert hands.item(widget, "h") is not before
    assert len(hands.item(widget, "h").marks) == 2


def test_bars_segments_and_lines_have_their_colours(qtbot: QtBot) -> None:
    bars = Bars(np.array([2.0]), np.array([0.8]), "loss", colour="bad", width=2.0)
    line = Line(np.array([0.0, 10.0]), np.array([-0.5, -0.5]), "l", colour="good", width=6.0)
    edge = Segments(
        np.array([6.0]), np.array([0.5]), np.array([9.0]), np.array([0.5]),
        widths=np.array([6.0]), values=np.array([1.0]), scale=SIGNED,
    )  # fmt: skip
    widget = hands.shown(qtbot, plain_picture(bars, line, edge))
    assert hands.colour_at(widget, "plot", 2.0, 0.4).name() == palette.colour("bad")
    assert hands.colour_at(widget, "plot", 8.0, -0.5).name() == palette.colour("good")
    warm = hands.colour_at(widget, "plot", 7.5, 0.5)
    assert warm.red() > warm.blue() + 60


def test_nan_breaks_a_line(qtbot: QtBot) -> None:
    y = np.zeros(101)
    y[40:60] = np.nan
    line = Line(np.linspace(0, 10, 101), y + 0.1, "l", colour="bad", width=4.0)
    widget = hands.shown(qtbot, plain_picture(line))
    assert hands.colour_at(widget, "plot", 2.0, 0.1).name() == palette.colour("bad")
    assert hands.colour_at(widget, "plot", 5.0, 0.1).name() == palette.colour("panel")


def test_the_peak_of_a_long_line_is_not_lost(qtbot: QtBot) -> None:
    y = np.zeros(1_000_000)
    y[500_000] = 0.9
    line = Line(np.linspace(0, 10, len(y)), y, "l", colour="bad")
    widget = hands.shown(qtbot, plain_picture(line))
    image = widget.canvas.viewport().grab().toImage()
    at = hands.pixel(widget, "plot", 5.0, 0.5).toPoint()
    reds = [image.pixelColor(at.x() + dx, at.y()).red() for dx in (-1, 0, 1)]
    blues = [image.pixelColor(at.x() + dx, at.y()).blue() for dx in (-1, 0, 1)]
    assert max(r - b for r, b in zip(reds, blues, strict=True)) > 60


def test_texts_without_room_are_left_out(qtbot: QtBot) -> None:
    many = 400
    words = Texts(np.arange(many) * 1.0, np.zeros(many), ("word",) * many, colour="bad")
    axis = time_axis(many)
    widget = hands.shown(qtbot, plain_picture(words, x=axis))
    assert not _has_colour(widget, palette.colour("bad"))
    widget.set_time_window(0.0, 4.0)
    assert _has_colour(widget, palette.colour("bad"))


def test_the_cursor_moves_without_painting_panels_anew(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    panel = hands.item(widget, "h0")
    finished = panel.pixmap(widget.canvas.ranges, widget._colours, widget.canvas._fonts, 1.0)
    plain = widget.canvas.viewport().grab().toImage()
    widget.set_selection(Selection(time=5), hover=False)
    marked = widget.canvas.viewport().grab().toImage()
    assert plain != marked
    again = panel.pixmap(widget.canvas.ranges, widget._colours, widget.canvas._fonts, 1.0)
    assert again is finished


def test_a_unit_is_marked_in_its_own_layer_only(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    plain = widget.canvas.viewport().grab().toImage()
    widget.set_selection(Selection(unit=2, layer=1), hover=False)
    marked = widget.canvas.viewport().grab().toImage()
    changed = {
        name: any(
            plain.pixel(x, y) != marked.pixel(x, y)
            for y in range(*_rows(widget, name))
            for x in range(0, plain.width(), 7)
        )
        for name in ("h0", "h1", "h2")
    }
    assert changed == {"h0": False, "h1": True, "h2": False}


def test_tracks_of_a_score_share_their_edges(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score(tracks=4))
    slots = [slot.plot for slot in widget.canvas.plan.layout.slots.values()]
    assert len({slot.left() for slot in slots}) == 1
    assert len({slot.right() for slot in slots}) == 1


def test_a_tall_score_scrolls_under_its_tokens(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score(tracks=40), 500, 300)
    bar = widget.canvas.verticalScrollBar()
    strip = widget.canvas.plan.layout.strip
    assert strip is not None
    before = widget.canvas.viewport().grab().toImage().copy(strip.toRect())
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    after = widget.canvas.viewport().grab().toImage().copy(strip.toRect())
    assert before == after


def test_the_clipboard_gets_twice_the_pixels(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    widget.copy_to_clipboard()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (2 * widget.width(), 2 * widget.height())


def test_hidden_widgets_wait(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, heat_picture())
    widget.hide()
    widget.show_picture(score())
    assert set(widget.canvas.items) == {"h"}
    assert widget.picture.title == "Score"
    widget.show()
    assert set(widget.canvas.items) == {"h0", "h1", "h2"}


def test_a_message_stands_in_place_of_a_picture(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, Picture("Attention", message="Train a translation model first."))
    assert not widget.canvas.isVisible()
    widget.show_picture(heat_picture())
    assert widget.canvas.isVisible()


def test_screen_readers_hear_what_is_shown(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score())
    assert widget.accessibleName() == "Score"
    assert widget.accessibleDescription() == "Score · step 1"


def test_a_larger_font_makes_larger_type(qtbot: QtBot) -> None:
    widget = hands.shown(qtbot, score(), 900, 600)
    before = widget.canvas.plan.layout.slots["h0"].plot.left()
    font = widget.font()
    font.setPointSizeF(1.6 * font.pointSizeF())
    widget.setFont(font)
    assert widget.canvas.plan.layout.slots["h0"].plot.left() > before
    assert not widget.findChildren(TextView)


def _with_line() -> object:
    from dataclasses import replace

    panel = heat_picture().rows[0][0]
    line = Line(np.arange(12.0), np.arange(12.0) % 3, "mean")
    return replace(panel, marks=(Heatmap(values(), SIGNED), line))  # type: ignore[type-var]


def _has_colour(widget: object, name: str) -> bool:
    image = widget.canvas.viewport().grab().toImage()  # type: ignore[attr-defined]
    return any(
        image.pixelColor(x, y).name() == name
        for y in range(0, image.height())
        for x in range(0, image.width())
    )


def _rows(widget: object, name: str) -> tuple[int, int]:
    plot = widget.canvas.plan.layout.slots[name].plot  # type: ignore[attr-defined]
    return int(plot.top()) + 1, int(plot.bottom()) - 1


@pytest.mark.parametrize("inverted", [False, True])
def test_a_picture_keeps_its_own_colours_sharp(qtbot: QtBot, inverted: bool) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    mark = Image(rgb, label="the picture", selects=({"time": 3},))
    axes = (Axis(low=-0.5, high=5.5), Axis(low=-0.5, high=3.5, inverted=inverted))
    widget = hands.shown(qtbot, plain_picture(mark, x=axes[0], y=axes[1]))
    for row, column in ((0, 0), (2, 5), (3, 1)):
        seen = hands.colour_at(widget, "plot", column, row).getRgb()[:3]
        assert seen == tuple(rgb[row, column])
    painted, at = hands.item(widget, "plot"), hands.pixel(widget, "plot", 2.0, 1.0)
    assert painted.hit(at) == {"time": 3}


def test_all_boxes_of_a_moment_are_framed(qtbot: QtBot) -> None:
    x, y = np.array([2.0, 5.0, 8.0]), np.zeros(3)
    selects = tuple({"time": time, "part": "decoder", "layer": 0} for time in range(3))
    boxes = Boxes(x, y, np.full(3, 1.0), np.full(3, 0.5), rounded=False, selects=selects)
    widget = hands.shown(qtbot, plain_picture(boxes))
    plain = widget.canvas.viewport().grab().toImage()
    widget.set_selection(Selection(time=1), hover=True)
    marked = widget.canvas.viewport().grab().toImage()

    def changed(place: float) -> bool:
        left = round(hands.pixel(widget, "plot", place - 1, 0).x())
        right = round(hands.pixel(widget, "plot", place + 1, 0).x())
        row = round(hands.pixel(widget, "plot", place, 0).y())
        return any(plain.pixel(at, row) != marked.pixel(at, row) for at in range(left, right))

    assert [changed(place) for place in x] == [False, True, False]


def test_bars_stand_on_their_base_whichever_way_they_grow() -> None:
    heights = np.array([2.0, -1.0, np.nan])
    frame = Frame(QRectF(0, 0, 300, 100), (0.0, 3.0), (-5.0, 5.0))
    lying = Frame(QRectF(0, 0, 100, 300), (-5.0, 5.0), (0.0, 3.0))
    bars = Bars(np.array([0.5, 1.5, 2.5]), heights, "b", width=0.5)
    upright = BarsItem(bars)._boxes(frame)
    assert upright == {0: QRectF(25, 30, 50, 20), 1: QRectF(125, 50, 50, 10)}
    across = BarsItem(replace(bars, horizontal=True))._boxes(lying)
    assert across == {0: QRectF(50, 225, 20, 50), 1: QRectF(40, 125, 10, 50)}
