"""Formulas as vector paths, typeset by matplotlib's mathtext, which is imported on first use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from rnnviz.plots import primitives

_SIZE = 100.0  # points at which paths are made; they are scaled when painted
_AIR = 2  # pixels around an outline: slanted letters reach out of their measures
_ENLARGED = 1.12  # serif formulas look small beside a sans-serif text of the same size


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A typeset formula at size 1: its outline and its measures in multiples of the font size.

    path   baseline at y = 0, y downwards
    """

    path: QPainterPath
    width: float
    ascent: float
    descent: float

    def paint(self, painter: QPainter, at: QPointF, size: float, colour: QColor) -> None:
        """Fill the outline with its baseline starting at `at`, for a font of `size` pixels."""
        to_device = painter.deviceTransform()
        image = _image(self, size, colour.rgba(), to_device.m11())
        corner = at - QPointF(_AIR, math.ceil(self.ascent * size) + _AIR)
        # On whole pixels of the device, or an image would be blurred.
        whole = QPointF(to_device.map(corner).toPoint())
        painter.drawImage(to_device.inverted()[0].map(whole), image)


@lru_cache(maxsize=512)
def _image(source: Formula, size: float, colour: int, ratio: float) -> QImage:
    """A formula painted once; to fill an outline takes Qt a third of a millisecond each time."""
    wide = math.ceil(source.width * size) + 2 * _AIR
    above, below = math.ceil(source.ascent * size), math.ceil(max(source.descent, 0.0) * size)
    image = QImage(
        math.ceil(wide * ratio), math.ceil((above + below + 2 * _AIR) * ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )  # fmt: skip
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with primitives.painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.translate(_AIR, above + _AIR)
        painter.scale(size, size)
        painter.fillPath(source.path, QColor.fromRgba(colour))
    return image


@lru_cache(maxsize=512)
def formula(source: str) -> Formula | None:
    """A formula given as mathtext, with or without dollar signs; None if it cannot be typeset."""
    text = source if "$" in source else f"${source}$"
    try:
        vertices, codes, measures = _typeset(text)
    except (ValueError, RuntimeError):  # mathtext's parse errors; the caller shows the source
        return None
    width, height, descent = (measure * _ENLARGED / _SIZE for measure in measures)
    path = _path(vertices * (_ENLARGED / _SIZE), codes)
    return Formula(path, width, height - descent, descent)


def _typeset(text: str) -> tuple[Any, Any, tuple[float, float, float]]:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    setter = TextToPath()
    font = FontProperties(size=_SIZE, math_fontfamily="stix", family="STIXGeneral")
    vertices, codes = setter.get_text_path(font, text, ismath=True)
    font.set_size(_SIZE)
    measures = setter.get_text_width_height_descent(text, font, ismath=True)
    return _array(vertices), codes, measures


def _array(vertices: Any) -> Any:
    import numpy as np

    return np.asarray(vertices, dtype=float).reshape(-1, 2)


def _path(vertices: Any, codes: Any) -> QPainterPath:
    """A Qt path of matplotlib's vertices and codes (1 move, 2 line, 3 conic, 4 cubic, 79 close)."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    points = [(float(x), -float(y)) for x, y in vertices]
    at = 0
    while at < len(points):
        at += _append(path, points[at : at + 3], int(codes[at]))
    return path


def _append(path: QPainterPath, points: list[tuple[float, float]], code: int) -> int:
    """Add one element; the number of vertices it used."""
    if code == 1:
        path.moveTo(*points[0])
    elif code == 2:
        path.lineTo(*points[0])
    elif code == 3:
        path.quadTo(*points[0], *points[1])
        return 2
    elif code == 4:
        path.cubicTo(*points[0], *points[1], *points[2])
        return 3
    else:
        path.closeSubpath()
    return 1
