"""Many lines or points in one call to Qt, straight from NumPy memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QImage, QPaintDevice, QPainter, QPixmap, QPolygonF
from shiboken6 import VoidPtr, wrapInstance


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter on `device` that ends whatever happens: Qt aborts where one outlives its device."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


def fineness(painter: QPainter) -> float:
    """Columns of the device in one of the painter's units: 1 or 2 on a screen; a file that may be
    enlarged gets 2.
    """
    device = painter.device()
    return float(device.devicePixelRatio()) if isinstance(device, QPixmap | QImage) else 2.0


def draw_lines(painter: QPainter, ends: NDArray[np.float64]) -> None:
    """Draw n separate lines; `ends` (n, 4) holds x0, y0, x1, y1.

    One line at a time is what keeps thick, antialiased curves cheap: as one path Qt would
    look for self-intersections, which is a hundred times slower on noisy data.
    """
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not len(ends):
        return
    safe = np.ascontiguousarray(ends, dtype=np.float64)
    first = wrapInstance(safe.ctypes.data, QLineF)
    painter.drawLines(first, len(safe))  # type: ignore[call-overload]


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """A QPolygonF of pixel positions."""
    points = QPolygonF()
    points.resize(len(x))
    if len(x):
        memory: Any = VoidPtr(cast(Any, points.data()), len(x) * 16, True)  # type: ignore[call-arg]
        pairs = np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)
        pairs[:, 0], pairs[:, 1] = x, y
    return points


def image(pixels: NDArray[np.uint32]) -> QImage:
    """A QImage of 0xAARRGGBB pixels (rows, columns). The array must outlive it."""
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
