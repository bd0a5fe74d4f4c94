"""Dots that stand for units, tokens or steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from rnnviz.contracts.picture import Points
from rnnviz.contracts.selection import Selection
from rnnviz.plots import primitives
from rnnviz.plots.fields import FIELD_OF
from rnnviz.plots.frame import Frame
from rnnviz.plots.marks.base import MarkItem, Paint, Selects, dot_pen, pen
from rnnviz.plots.ticks import short

Floats = NDArray[np.float64]

_REACH = 10.0  # pixels from a dot at which it still is hit
_ALPHA = 190  # dots overlap; a crowd should look like one

_CROWD = 300  # dots; of more only one is drawn where several would cover one another


class PointsItem(MarkItem[Points]):
    """Dots at (x, y)."""

    def paint(self, paint: Paint) -> None:
        x, y = self._pixels(paint.frame)
        rect, reach = paint.frame.rect, self.mark.size
        inside = (rect.left() - reach <= x) & (x <= rect.right() + reach) & np.isfinite(y)
        x, y = x[inside], y[inside]
        if len(x) > _CROWD:
            x, y = _apart(x, y)
        painter = paint.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(dot_pen(paint.colours(self.mark.colour, _ALPHA), self.mark.size))
        painter.drawPoints(primitives.polygon(x, y))

    def hit(self, frame: Frame, at: QPointF) -> Selects | None:
        nearest = self._nearest(frame, at)
        field = FIELD_OF.get(self.mark.dim)
        if nearest is None or field is None or nearest >= len(self.mark.ids):
            return None
        return {field: int(self.mark.ids[nearest])}

    def readout(self, frame: Frame, at: QPointF) -> str:
        nearest = self._nearest(frame, at)
        if nearest is None:
            return ""
        x, y = float(self.mark.x[nearest]), float(self.mark.y[nearest])
        return f"{self.mark.label} ({short(x)}, {short(y)})".strip()

    def highlight(self, paint: Paint, selection: Selection) -> None:
        field = FIELD_OF.get(self.mark.dim)
        chosen = getattr(selection, field) if field else None
        if chosen is None or chosen not in self.mark.ids:
            return
        at = self.mark.ids.index(chosen)
        x, y = self._pixels(paint.frame)
        if np.isfinite(x[at] + y[at]):
            paint.painter.setPen(pen(paint.colours("text"), 1.5))
            paint.painter.setBrush(paint.colours(self.mark.colour))
            paint.painter.drawEllipse(
                QPointF(x[at], y[at]), self.mark.size / 2 + 2, self.mark.size / 2 + 2
            )

    def _pixels(self, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return frame.px(self.mark.x), frame.py(self.mark.y)

    def _nearest(self, frame: Frame, at: QPointF) -> int | None:
        if not len(self.mark.x):
            return None
        x, y = self._pixels(frame)
        away = np.nan_to_num(np.hypot(x - at.x(), y - at.y()), nan=np.inf)
        nearest = int(away.argmin())
        return nearest if away[nearest] <= max(_REACH, self.mark.size) else None


def _apart(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """One of all dots on the same two by two pixels."""
    places = np.stack([x // 2, y // 2], axis=1)
    _, first = np.unique(places, axis=0, return_index=True)
    return x[first], y[first]
