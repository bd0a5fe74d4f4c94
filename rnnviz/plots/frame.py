"""Where data lands on the screen: one rectangle, two ranges, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

Interval = tuple[float, float]
_FAR = 1e6  # pixels; Qt's rasteriser overflows beyond some ten million


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps data to pixels inside `rect`.

    x, y           ranges shown (low, high)
    flip_x         position `low` at the right
    flip_y         position `low` at the top
    """

    rect: QRectF
    x: Interval
    y: Interval
    flip_x: bool = False
    flip_y: bool = False

    @overload
    def px(self, x: float) -> float: ...
    @overload
    def px(self, x: NDArray[np.floating]) -> NDArray[np.float64]: ...
    def px(self, x: NDArray[np.floating] | float) -> NDArray[np.float64] | float:
        """Pixel column of x; what lies far outside is held at a distance that Qt can bear."""
        if isinstance(x, float | int):
            return _near(self.rect.left() + self.rect.width() * _share(x, self.x, self.flip_x))
        return _mapped(x, self.x, self.rect.left(), self.rect.width(), self.flip_x)

    @overload
    def py(self, y: float) -> float: ...
    @overload
    def py(self, y: NDArray[np.floating]) -> NDArray[np.float64]: ...
    def py(self, y: NDArray[np.floating] | float) -> NDArray[np.float64] | float:
        """Pixel row of y."""
        if isinstance(y, float | int):
            return _near(self.rect.top() + self.rect.height() * _share(y, self.y, not self.flip_y))
        return _mapped(y, self.y, self.rect.top(), self.rect.height(), not self.flip_y)

    def point(self, x: float, y: float) -> QPointF:
        """Both at once."""
        across, down = _share(x, self.x, self.flip_x), _share(y, self.y, not self.flip_y)
        rect = self.rect
        return QPointF(
            _near(rect.left() + rect.width() * across), _near(rect.top() + rect.height() * down)
        )

    def box(self, x0: float, y0: float, x1: float, y1: float) -> QRectF:
        """The pixel rectangle between two corners."""
        return QRectF(self.point(x0, y0), self.point(x1, y1)).normalized()

    def data(self, pixel: QPointF) -> tuple[float, float]:
        """Data coordinates of a pixel."""
        across = (pixel.x() - self.rect.left()) / max(self.rect.width(), 1e-9)
        down = (pixel.y() - self.rect.top()) / max(self.rect.height(), 1e-9)
        right = 1 - across if self.flip_x else across
        up = down if self.flip_y else 1 - down
        return _between(self.x, right), _between(self.y, up)

    @property
    def unit_x(self) -> float:
        """Pixels per data unit along x."""
        return float(self.rect.width() / (self.x[1] - self.x[0]))

    @property
    def unit_y(self) -> float:
        """Pixels per data unit along y."""
        return float(self.rect.height() / (self.y[1] - self.y[0]))


def _share(value: float, interval: Interval, flipped: bool) -> float:
    """Where in an interval a value lies: 0 at its start, 1 at its end."""
    part = (float(value) - interval[0]) / (interval[1] - interval[0])
    return 1 - part if flipped else part


def _mapped(
    values: NDArray[np.floating], interval: Interval, start: float, length: float, flipped: bool
) -> NDArray[np.float64]:
    """Pixels of many values at once. They are held before they are scaled, so nothing overflows;
    bare NumPy functions, because arrays are short and each call counts.
    """
    low, high = interval
    span = high - low
    reach = span * (_FAR / length)
    near = np.maximum(np.asarray(values, dtype=np.float64), low - reach)
    near = np.minimum(near, low + reach)
    scale = length / span
    if flipped:
        return np.asarray((start + length) - (near - low) * scale)
    return np.asarray(start + (near - low) * scale)


def _near(pixel: float) -> float:
    """Held at a distance that Qt can bear."""
    return min(max(pixel, -_FAR), _FAR)


def _between(interval: Interval, part: float) -> float:
    return interval[0] + (interval[1] - interval[0]) * part


def sane(low: float, high: float) -> Interval:
    """A range that can be divided by: finite, ascending, not empty."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return 0.0, 1.0
    low, high = min(low, high), max(low, high)
    gap = max(abs(low), abs(high), 1e-300) * 1e-9
    return (low, high) if high - low > gap else (low - 0.5, high + 0.5)
