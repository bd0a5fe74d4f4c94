"""Whatever a view may say, the painter paints it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from rnnviz.contracts import picture as p
from rnnviz.contracts.selection import Selection
from rnnviz.plots.picture_widget import PictureWidget
from tests.plots import hands

WORDS = st.sampled_from(["text", "muted", "accent", "bad", "series:3", "layer:1", "gate:f"])
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
STYLES = st.sampled_from(["solid", "dashed", "dotted"])
SCALES = st.builds(
    p.ColourScale,
    st.sampled_from(["signed", "unit", "magnitude", "ink"]),
    st.just(-1.0),
    st.sampled_from([1.0, -1.0]),
    NAMES,
)
ANY = st.floats(-1e9, 1e9) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0])


def numbers(count: int, elements: st.SearchStrategy[float] = ANY) -> st.SearchStrategy[np.ndarray]:
    return arrays.arrays(np.float64, count, elements=elements)


@st.composite
def axes(draw: st.DrawFn) -> p.Axis:
    low = draw(st.floats(-1e6, 1e6))
    log = draw(st.booleans())
    low = draw(st.floats(-12, 3)) if log else low
    return p.Axis(
        draw(NAMES),
        draw(NAMES),
        draw(st.sampled_from(["", "time", "unit", "step", "vocab", "source_time"])),
        low,
        low + draw(st.sampled_from([0.0, 1e-3, 1.0, 50.0])),
        log,
        tuple(draw(st.lists(NAMES, max_size=4))),
        tuple(draw(st.lists(st.integers(0, 9), max_size=4))),
        draw(st.booleans()),
        tuple(draw(st.lists(st.tuples(st.floats(-5, 5), NAMES), max_size=2))),
        draw(st.booleans()),
    )


@st.composite
def marks(draw: st.DrawFn) -> p.Mark:
    n = draw(st.integers(0, 5))
    x, y, u, v = (draw(numbers(n)) for _ in range(4))
    size = draw(numbers(n, st.floats(0, 1e3)))
    texts = tuple(draw(st.lists(NAMES, min_size=n, max_size=n)))
    values = draw(st.none() | numbers(n))
    scale = draw(st.none() | SCALES)
    selects = tuple({"time": index} for index in range(draw(st.integers(0, n))))
    shape = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)))
    cells = draw(arrays.arrays(np.float32, shape, elements=st.floats(-2, 2, width=32)))
    pixels = draw(arrays.arrays(np.uint8, (*shape, 3)))
    return draw(
        st.sampled_from(
            [
                p.Heatmap(cells, draw(SCALES), dx=draw(st.sampled_from([1.0, -1.0, 0.5]))),
                p.Image(pixels, dy=draw(st.sampled_from([1.0, -0.5])), selects=selects[:1]),
                p.Line(x, y, "line", draw(WORDS), draw(st.sampled_from([1.0, 2.5])), draw(STYLES)),
                p.Bars(x, y, "bars", draw(WORDS), horizontal=draw(st.booleans())),
                p.Points(x, y, "dots", dim="unit", ids=tuple(range(n))),
                p.Segments(x, y, u, v, "edges", size, values, scale, "muted", draw(st.booleans())),
                p.Boxes(x, y, size, size, "boxes", values, scale, texts=texts, selects=selects),
                p.Texts(x, y, texts, values=values, scale=scale, selects=selects),
                p.Texts(x, y, texts, math=True, anchor="left"),
                p.Rule(draw(st.sampled_from(["x", "y"])), draw(st.floats(-5, 5)), draw(NAMES)),
            ]
        )
    )


@st.composite
def panels(draw: st.DrawFn, name: str) -> p.AnyPanel:
    kind = draw(st.sampled_from(["plot", "plot", "plot", "text", "table"]))
    if kind == "text":
        span = st.builds(p.Span, NAMES, st.sampled_from(["plain", "strong", "math", "code", "bad"]))
        line = st.builds(
            p.TextLine,
            st.lists(span, max_size=3).map(tuple),
            st.sampled_from(["title", "heading", "body", "code", "rule"]),
        )
        return p.TextPanel(name, tuple(draw(st.lists(line, max_size=3))), draw(NAMES))
    if kind == "table":
        row = st.tuples(NAMES, st.integers(), ANY)
        return p.Table(name, ("a", "b", "c"), tuple(draw(st.lists(row, max_size=3))))
    return p.Panel(
        name,
        draw(axes()),
        draw(axes()),
        tuple(draw(st.lists(marks(), max_size=3))),
        draw(NAMES),
        draw(NAMES),
        draw(st.sampled_from([{}, {"layer": 1, "part": "encoder"}])),
        draw(st.booleans()),
        draw(st.booleans()),
        pixels=draw(st.sampled_from([0, 30])),
        colour_bar=draw(st.none() | SCALES),
    )


@st.composite
def pictures(draw: st.DrawFn) -> p.Picture:
    shape = draw(st.lists(st.integers(1, 2), min_size=1, max_size=3))
    rows = tuple(
        tuple(draw(panels(f"p{row}{column}")) for column in range(count))
        for row, count in enumerate(shape)
    )
    return p.Picture(draw(NAMES), rows, draw(NAMES), stacked=draw(st.booleans()))


@pytest.fixture
def widget(qtbot: QtBot) -> PictureWidget:
    return hands.shown(qtbot, p.Picture("Nothing", message="Nothing yet."), 420, 260)


@settings(
    max_examples=120,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking windows takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(picture=pictures(), theme=st.sampled_from(["light", "dark", "contrast"]))
def test_it_paints(
    widget: PictureWidget, caplog: pytest.LogCaptureFixture, picture: p.Picture, theme: str
) -> None:
    widget.set_theme(theme)
    widget.show_picture(picture)
    widget.set_selection(Selection(time=1, unit=2, layer=1, step=3, quantity="f"), hover=False)
    hands.paint(widget)
    for at in (QPointF(200, 120), QPointF(10, 100), QPointF(300, 8), QPointF(418, 258)):
        hands.move(widget, at)
        hands.wheel(widget, at, 1)
        hands.click(widget, at)
    hands.double_click(widget, QPointF(200, 120))
    assert widget.picture is picture
    errors = [each for each in caplog.records if each.name.startswith("rnnviz")]
    assert [each.exc_text or each.message for each in errors] == []
