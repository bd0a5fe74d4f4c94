"""The slim bar over all steps of a run: loss, recorded snapshots, what happened, and where one
stands. Drag or click it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.contracts.history import History
from rnnviz.contracts.marks import Kind, Mark
from rnnviz.contracts.timeline import Contents
from rnnviz.plots import primitives
from rnnviz.plots.colour import Colours, colours
from rnnviz.plots.marks.base import pen

MARGIN = 7.0  # left and right of the steps, so that the handle stays whole at both ends
_MARKS = 10.0  # height of the row of marks
_TICKS = 6.0
_REACH = 5.0  # pixels within which the pointer means a mark

_INKS: dict[Kind, str] = {
    "checkpoint": "accent",
    "sample": "good",
    "learning_rate": "warning",
    "not_finite": "bad",
    "rewound": "bad",
}
_WORDS: dict[Kind, str] = {"learning_rate": "learning rate changed", "not_finite": "not a number"}


class TimelineBar(QWidget):
    """Says by `dragged` which step the user goes to; `released` when the mouse is let go."""

    dragged = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_bar")
        self.setAccessibleName("Timeline")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colours: Colours = colours("light")
        self._contents = Contents()
        self._marks: tuple[Mark, ...] = ()
        self._losses: NDArray[np.float64] = np.empty(0)
        self._last = 0
        self._step: int | None = None
        self._ground: QPixmap | None = None
        self._dragging = False

    # ---- what it shows

    def show_run(self, history: History, contents: Contents, marks: tuple[Mark, ...]) -> None:
        """Draw anew; while somebody drags the steps must not move away under the pointer."""
        if self._dragging:
            return
        last = history.last()
        self._last = last.step if last else 0
        self._contents, self._marks = contents, marks
        self._losses = _lowest(history.column("loss"), max(2, self.width() // 2))
        self._ground = None
        self.update()

    def show_step(self, step: int | None) -> None:
        """Where one stands, None at the newest."""
        self._step = step
        self.update()

    def set_theme(self, theme: str) -> None:
        """light, dark or contrast."""
        self._colours = colours(theme)
        self._ground = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 34)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 34)

    # ---- steps and pixels

    def x_of(self, step: float) -> float:
        """Where a step stands."""
        return MARGIN + step / max(1, self._last) * (self.width() - 2 * MARGIN)

    def step_at(self, x: float) -> int:
        """The step at a pixel, inside of the run."""
        share = (x - MARGIN) / max(1.0, self.width() - 2 * MARGIN)
        return round(min(1.0, max(0.0, share)) * self._last)

    # ---- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._last:
            self._dragging = True
            self.dragged.emit(self._meant(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self.dragged.emit(self.step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.released.emit()

    def _meant(self, x: float) -> int:
        """A click near a mark means its very step."""
        mark = self._mark_at(x)
        return mark.step if mark else self.step_at(x)

    def _mark_at(self, x: float) -> Mark | None:
        near = [mark for mark in self._marks if abs(self.x_of(mark.step) - x) <= _REACH]
        return min(near, key=lambda mark: abs(self.x_of(mark.step) - x), default=None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().x()), self)
            return True
        return super().event(event)

    def tip_at(self, x: float) -> str:
        """What stands at a pixel, in words."""
        if not self._last:
            return "Steps of training will stand here: drag to look at an earlier one."
        step = self._meant(x)
        here = [m for m in self._marks if abs(self.x_of(m.step) - x) <= _REACH]
        lines = [f"step {mark.step:,} · {_said(mark)}" for mark in here[:6]]
        more = [f"and {len(here) - 6} more"] if len(here) > 6 else []
        return "\n".join([*lines, *more]) or f"step {step:,}"

    # ---- painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ground = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._ground = None

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = self._painted_ground(ratio)
        with primitives.painting(self) as painter:
            painter.drawPixmap(0, 0, self._ground)
            self._paint_place(painter)

    def _painted_ground(self, ratio: float) -> QPixmap:
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        with primitives.painting(made) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            self._paint_loss(painter)
            self._paint_ticks(painter)
            self._paint_marks(painter)
        return made

    def _band(self) -> QRectF:
        """Where the loss is drawn: under the marks, over the ticks."""
        height = self.height() - _MARKS - _TICKS - 2
        return QRectF(MARGIN, _MARKS, self.width() - 2 * MARGIN, height)

    def _paint_loss(self, painter: QPainter) -> None:
        band = self._band()
        painter.fillRect(band, self._colours("faint", 120))
        if len(self._losses) < 2:
            return
        x = np.linspace(band.left(), band.right(), len(self._losses))
        y = band.bottom() - 1 - _raised(self._losses) * (band.height() - 2)
        corners = [QPointF(band.left(), band.bottom()), QPointF(band.right(), band.bottom())]
        area = primitives.polygon(x, y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours("muted", 46))
        painter.drawPolygon(QPolygonF([corners[0], *area.toList(), corners[1]]))
        painter.setPen(pen(self._colours("muted", 150)))
        painter.drawPolyline(area)

    def _paint_ticks(self, painter: QPainter) -> None:
        bottom = self.height() - 1.0
        for steps, height, alpha in (
            (self._contents.steps, _TICKS / 2, 130),
            (self._contents.full, _TICKS, 210),
        ):
            places = np.unique(np.round([self.x_of(step) for step in steps]) + 0.5)
            rows = np.full_like(places, bottom)
            painter.setPen(pen(self._colours("muted", alpha)))
            primitives.draw_lines(painter, np.column_stack([places, rows - height, places, rows]))

    def _paint_marks(self, painter: QPainter) -> None:
        for mark in self._marks:
            ink = self._colours(_INKS.get(mark.kind, "muted"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            at = QPointF(self.x_of(mark.step), _MARKS / 2)
            _SHAPES.get(mark.kind, _diamond)(painter, at)

    def _paint_place(self, painter: QPainter) -> None:
        """The handle; to its right lies what is not looked at."""
        x = self.x_of(self._last if self._step is None else self._step)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        band = self._band()
        if self._step is not None:
            past = QRectF(band.left(), band.top(), x - band.left(), band.height())
            painter.fillRect(past, self._colours("accent", 40))
        ink = self._colours("muted" if self._step is None else "accent")
        painter.setPen(pen(ink, 2.0))
        painter.drawLine(QPointF(x, band.top() - 1), QPointF(x, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, band.center().y()), 5.0, 5.0)


def _said(mark: Mark) -> str:
    text = " ".join(mark.text.split())[:60]
    if mark.kind == "sample":
        return f"sample “{text}…”"
    return text or _WORDS.get(mark.kind, mark.kind)


def _diamond(painter: QPainter, at: QPointF) -> None:
    corners = [at + QPointF(*by) for by in ((0, -4.2), (4.2, 0), (0, 4.2), (-4.2, 0))]
    painter.drawPolygon(QPolygonF(corners))


def _dot(painter: QPainter, at: QPointF) -> None:
    painter.drawEllipse(at, 2.6, 2.6)


def _triangle(painter: QPainter, at: QPointF) -> None:
    corners = [at + QPointF(*by) for by in ((0, -4), (4.2, 3.4), (-4.2, 3.4))]
    painter.drawPolygon(QPolygonF(corners))


def _cross(painter: QPainter, at: QPointF) -> None:
    painter.setPen(pen(painter.brush().color(), 2.0))
    painter.drawLine(at + QPointF(-3, -3), at + QPointF(3, 3))
    painter.drawLine(at + QPointF(-3, 3), at + QPointF(3, -3))


_SHAPES: dict[Kind, Callable[[QPainter, QPointF], None]] = {
    "sample": _dot,
    "learning_rate": _triangle,
    "not_finite": _cross,
    "rewound": _cross,
}


def _lowest(losses: NDArray[np.float64], pieces: int) -> NDArray[np.float64]:
    """The lowest loss of each of so many equal pieces of the run."""
    known = np.where(np.isfinite(losses), losses, np.inf)
    if len(known) <= pieces:
        return known
    starts = np.linspace(0, len(known), pieces, endpoint=False).astype(np.int64)
    lowest: NDArray[np.float64] = np.minimum.reduceat(known, starts)
    return lowest


def _raised(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Losses as heights from 0 to 1; what is not a number stands at the bottom."""
    finite = losses[np.isfinite(losses)]
    # The first steps tower over all others; what is above the frame is cut off.
    low, high = np.percentile(finite, (0, 96)) if finite.size else (0.0, 1.0)
    span = max(float(high - low), 1e-9)
    return np.where(np.isfinite(losses), np.clip((losses - low) / span, 0, 1), 0.0)
