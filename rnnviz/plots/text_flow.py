"""Breaks paragraphs of spans into lines of placed pieces. Knows fonts, not widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont

from rnnviz.contracts.picture import Span, TextLine
from rnnviz.plots.math_text import Formula, formula
from rnnviz.plots.typography import Fonts

Kind = Literal["title", "heading", "body", "code", "rule"]

_SIZES = {"title": 1.3, "heading": 1.0, "body": 1.0, "code": 0.95, "rule": 1.0}
_ABOVE = {"title": 0.1, "heading": 0.55, "body": 0.0, "code": 0.0, "rule": 0.0}
_COLOURS = {"plain": "text", "strong": "text", "code": "text", "math": "text"}
INDENT = 8  # pixels; room for the mark of a selected line
_LEADING = 1.3
_SMALLEST = 0.55  # of its size, to which a formula shrinks where the column is narrow
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or formula. `at` is the start of its baseline."""

    content: str | Formula
    at: QPointF
    width: float
    colour: str
    size: float
    font: QFont | None = None

    @property
    def ascent(self) -> float:
        """Pixels above the baseline."""
        return self.content.ascent * self.size if isinstance(self.content, Formula) else self.size

    @property
    def descent(self) -> float:
        """Pixels below the baseline."""
        below = self.content.descent if isinstance(self.content, Formula) else 0.25
        return below * self.size


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line on the screen and the paragraph it came from."""

    pieces: tuple[Piece, ...]
    area: QRectF
    source: TextLine | None


@dataclass(frozen=True, slots=True)
class Flow:
    """All lines and their height together."""

    lines: tuple[PlacedLine, ...]
    height: float


def flow(lines: tuple[TextLine, ...], width: float, fonts: Fonts) -> Flow:
    """Place paragraphs under one another, wrapped to `width` pixels."""
    placed: list[PlacedLine] = []
    top = 0.0
    for index, line in enumerate(lines):
        top += _ABOVE[line.kind] * fonts.size * (_LEADING if index else 0.3)
        for pieces in _rows(line.spans, line.kind, width - INDENT, fonts):
            ascent, descent = _extent(pieces, line, fonts)
            shifted = tuple(_moved(piece, INDENT, top + ascent) for piece in pieces)
            area = QRectF(0, top, width, ascent + descent)
            placed.append(PlacedLine(shifted, area, line))
            top += ascent + descent
    return Flow(tuple(placed), top)


@lru_cache(maxsize=1024)
def _rows(
    spans: tuple[Span, ...], kind: Kind, width: float, fonts: Fonts
) -> tuple[tuple[Piece, ...], ...]:
    """The pieces of each screen line, from x = 0; kept, for most paragraphs of the next picture
    are those of the last one.
    """
    return tuple(_joined(pieces) for pieces in _broken(TextLine(spans, kind), width, fonts))


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Neighbouring words of one look as one piece: each piece is a call to Qt."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is None or not _alike(last, piece):
            found.append(piece)
            continue
        words = f"{last.content}{piece.content}"
        wide = last.width + piece.width
        found[-1] = Piece(words, last.at, wide, last.colour, last.size, last.font)
    return tuple(found)


def _alike(one: Piece, other: Piece) -> bool:
    if not isinstance(one.content, str) or not isinstance(other.content, str):
        return False
    # A tab has another width inside of a text than alone.
    tabs = "\t" in one.content or "\t" in other.content
    return one.font is other.font and one.colour == other.colour and not tabs


def _broken(line: TextLine, width: float, fonts: Fonts) -> list[list[Piece]]:
    """The pieces of each screen line; words move down where they do not fit."""
    lines: list[list[Piece]] = [[]]
    x = 0.0
    for piece in _pieces(line, fonts):
        if piece is None:
            lines.append([])
            x = 0.0
            continue
        piece = _narrowed(piece, width)
        blank = isinstance(piece.content, str) and piece.content.isspace()
        wraps = x + piece.width > width and bool(lines[-1]) and not blank
        if wraps:
            lines.append([])
            x = 0.0
        if blank and not lines[-1] and len(lines) > 1 and line.kind != "code":
            continue
        lines[-1].append(_moved(piece, x, 0.0))
        x += piece.width
    return lines


def _narrowed(piece: Piece, width: float) -> Piece:
    """A formula that is wider than the column, made smaller: it cannot be broken."""
    if not isinstance(piece.content, Formula) or piece.width <= width:
        return piece
    size = piece.size * max(_SMALLEST, width / piece.width)
    return Piece(piece.content, piece.at, piece.content.width * size, piece.colour, size)


def _pieces(line: TextLine, fonts: Fonts) -> Iterator[Piece | None]:
    """Words and formulas in order; None stands for a forced break."""
    for span in line.spans:
        typeset = formula(span.text) if span.style == "math" else None
        if typeset is not None:
            size = fonts.size * _SIZES[line.kind] * 1.15
            yield Piece(typeset, QPointF(), typeset.width * size, "text", size)
            continue
        font = _font(span, line, fonts)
        for index, part in enumerate(span.text.split("\n")):
            if index:
                yield None
            for word in _WORDS.findall(part):
                yield _word(word, span, font, fonts)


def _word(word: str, span: Span, font: QFont, fonts: Fonts) -> Piece:
    colour = _COLOURS.get(span.style, span.style)
    width = fonts.width(word, font)
    return Piece(word, QPointF(), width, colour, float(font.pixelSize()), font)


def _font(span: Span, line: TextLine, fonts: Fonts) -> QFont:
    mono = line.kind == "code" or span.style in ("code", "math")
    bold = span.style == "strong" or line.kind in ("title", "heading")
    return fonts.make(_SIZES[line.kind], mono, bold)


def _extent(pieces: tuple[Piece, ...], line: TextLine, fonts: Fonts) -> tuple[float, float]:
    """Pixels above and below the baseline of a line, with air between lines."""
    size = fonts.size * _SIZES[line.kind]
    air = size * (_LEADING - 1)
    ascent = max([size, *(piece.ascent for piece in pieces)]) + air * 0.6
    return ascent, max([size * 0.25, *(piece.descent for piece in pieces)]) + air * 0.6


def _moved(piece: Piece, x: float, y: float) -> Piece:
    # Not `replace`: this is done twice for every word, and it costs four times as much.
    at = piece.at + QPointF(x, y)
    return Piece(piece.content, at, piece.width, piece.colour, piece.size, piece.font)
