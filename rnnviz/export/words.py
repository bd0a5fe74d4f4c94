"""Text panels on paper: paragraphs of mixed type, broken where the column ends."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea, VPacker

from rnnviz.contracts.picture import Span, Table, TextLine, TextPanel
from rnnviz.export.ink import BASE, MONO, SANS, Ink, printable

LINE = 1.5
"""Distance of lines in multiples of the type size."""

TITLE = 0.25
"""Inches of a panel's title."""

MARGIN = 0.25
"""Inches of a column that are left free."""

SMALLEST = 0.6
"""Type is never made smaller than this part of its size."""

_SIZES = {"title": 1.3, "heading": 1.0, "body": 1.0, "code": 1.0, "rule": 0.5}
_COLOURS = {"strong": "text", "plain": "text", "code": "text", "math": "text"}
_EM_SANS, _EM_MONO, _EM_MATH = 0.56, 0.602, 0.36
_PIECES = re.compile(r"\s*\S+\s*")


def inches(panel: TextPanel, width: float) -> float:
    """Height that the panel needs at this width."""
    title = TITLE if panel.title else 0.0
    return title + sum(_height(line) for line in _broken(panel, width, 1.0)) / 72 + 0.15


def draw(axes: Any, panel: TextPanel, ink: Ink, width: float, height: float) -> None:
    """The panel on bare axes; smaller type where it would not fit."""
    axes.set_axis_off()
    needed = inches(panel, width)
    scale = max(min(1.0, height / needed), SMALLEST) if needed > 0 else 1.0
    title(axes, panel, ink)
    room = (width - MARGIN) * 72
    lines = [_packed(line, ink, scale, room) for line in _broken(panel, width, scale)]
    if lines:
        column = VPacker(children=lines, align="left", pad=0, sep=0)
        box = AnchoredOffsetbox("upper left", child=column, pad=0, borderpad=0.1, frameon=False)
        box.set_in_layout(False)
        axes.add_artist(box)


def title(axes: Any, panel: TextPanel | Table, ink: Ink) -> None:
    """The panel's title above it."""
    if panel.title:
        axes.set_title(
            printable(panel.title), loc="left", color=ink("text"), fontsize=BASE, parse_math=False
        )


# ---- lines


def _broken(panel: TextPanel, width: float, scale: float) -> list[TextLine]:
    room = (width - MARGIN) * 72
    return [piece for line in panel.lines for piece in _break(line, room / scale)]


def _break(line: TextLine, room: float) -> list[TextLine]:
    """One paragraph as lines that fit into `room` points; line breaks in the text are kept."""
    size = BASE * _SIZES[line.kind]
    rows: list[list[Span]] = [[]]
    left = room
    for span in line.spans:
        for number, text in enumerate(
            span.text.split("\n") if span.style != "math" else [span.text]
        ):
            if number:
                rows.append([])
                left = room
            for piece in _pieces(text, span, line.kind, size, room):
                wide = _wide(piece, span, line.kind, size)
                if wide > left and rows[-1]:
                    rows.append([])
                    left = room
                rows[-1].append(Span(piece, span.style))
                left -= wide
    return [TextLine(tuple(_joined(row)), line.kind) for row in rows]


def _pieces(text: str, span: Span, kind: str, size: float, room: float) -> list[str]:
    if span.style == "math" or not text:
        return [text] if text else []
    most = max(1, int(room / (size * _em(span, kind))))
    words = _PIECES.findall(text) or [text]
    return [word[at : at + most] for word in words for at in range(0, len(word), most)]


def _em(span: Span, kind: str) -> float:
    return _EM_MONO if kind == "code" or span.style == "code" else _EM_SANS


def _wide(text: str, span: Span, kind: str, size: float) -> float:
    if span.style == "math":
        return size * _EM_MATH * len(re.sub(r"\\[a-z]+|[{}$^_\\]", "x", text))
    return size * _em(span, kind) * len(text)


def _joined(row: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in row:
        if joined and joined[-1].style == span.style != "math":
            joined[-1] = Span(joined[-1].text + span.text, span.style)
        else:
            joined.append(span)
    return joined


def _height(line: TextLine) -> float:
    math = any(span.style == "math" for span in line.spans)
    return BASE * _SIZES[line.kind] * (2.1 if math else LINE)


def _packed(line: TextLine, ink: Ink, scale: float, room: float) -> Any:
    size = BASE * _SIZES[line.kind] * scale
    # A formula cannot be broken: where it is wider than the column, it is smaller.
    share = {span: min(1.0, room / max(_wide(span.text, span, line.kind, size), 1e-9))
             for span in line.spans if span.style == "math"}  # fmt: skip
    spans: list[Any] = [
        _area(span, line.kind, ink, size * max(share.get(span, 1.0), SMALLEST))
        for span in line.spans
        if span.text
    ]
    # An empty text keeps the line's height.
    spans = spans or [TextArea(" ", textprops={"fontsize": size})]
    packed = HPacker(children=spans, align="baseline", pad=0, sep=0)
    math = any(span.style == "math" for span in line.spans)
    return _Fixed(packed, _height(line) * scale, 0.75 if math else 0.0)


def _area(span: Span, kind: str, ink: Ink, size: float) -> TextArea:
    mono = kind == "code" or span.style == "code"
    bold = kind == "title" or span.style == "strong"
    properties = {
        "fontsize": size * (1.12 if span.style == "math" else 1.0),
        "color": ink(_COLOURS.get(span.style, span.style)),
        "family": [MONO, SANS] if mono else [SANS],
        "weight": "bold" if bold else "normal",
        "parse_math": span.style == "math",
    }
    return TextArea(printable(span.text), textprops=properties)


class _Fixed(VPacker):
    """A line that always takes the same height, whatever letters are in it."""

    def __init__(self, line: HPacker, points: float, above: float) -> None:
        super().__init__(children=[line], pad=0, sep=0, align="left")
        self._points, self._above = points, above

    def _get_bbox_and_child_offsets(self, renderer: Any) -> Any:
        box, offsets = super()._get_bbox_and_child_offsets(renderer)  # type: ignore[misc]
        high = renderer.points_to_pixels(self._points)
        grow = high - box.height
        box.y1 += grow * self._above
        box.y0 -= grow * (1 - self._above)
        return box, offsets
