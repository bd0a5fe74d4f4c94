"""One panel of a picture: keeps its marks' painters, and its image until something changes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPixmap

from rnnviz.contracts.picture import AnyPanel, Bars, Heatmap, Image, Line, Panel, Points
from rnnviz.plots import axis_painter, legend, primitives
from rnnviz.plots.colour import Colours
from rnnviz.plots.fields import index_at
from rnnviz.plots.frame import Frame
from rnnviz.plots.grid import Slot, legend_fits
from rnnviz.plots.marks import MarkItem, item_for
from rnnviz.plots.marks.base import Paint
from rnnviz.plots.ranges import Ranges, key_of
from rnnviz.plots.typography import Fonts

Hit = dict[str, int | str]
_log = logging.getLogger(__name__)


class PanelItem:
    """A panel with axes.

    marks    the same objects for as long as the kinds of marks stay
    failure  why the panel could not be painted the last time, "" if it could
    """

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.marks: list[MarkItem[Any]] = [item_for(mark) for mark in panel.marks]
        self.slot: Slot | None = None
        self.frame: Frame | None = None
        self.failure = ""
        self._pixmap: QPixmap | None = None

    def fits(self, panel: AnyPanel) -> bool:
        """Whether `panel` has the same structure, so that data can be swapped in place."""
        if not isinstance(panel, Panel):
            return False
        kinds = [type(item.mark) for item in self.marks]
        return panel.id == self.panel.id and kinds == [type(mark) for mark in panel.marks]

    def update_panel(self, panel: AnyPanel) -> None:
        """Take the data of a panel of the same structure."""
        assert isinstance(panel, Panel)
        if panel is self.panel:
            return
        self.panel = panel
        for item, mark in zip(self.marks, panel.marks, strict=True):
            if mark is not item.mark:
                item.update(mark)
        self.spoil()

    def place(self, slot: Slot) -> None:
        """Take a place in the picture."""
        if slot != self.slot:
            self.slot = slot
            self.spoil()

    def spoil(self) -> None:
        """Forget the finished image."""
        self._pixmap = None
        self.frame = None

    def arrange(self, ranges: Ranges) -> Frame:
        """The mapping from data to pixels for the ranges shown."""
        assert self.slot is not None
        if self.frame is None:
            panel = self.panel
            self.frame = Frame(
                self.slot.plot,
                ranges.shown(key_of(panel, "x"), panel.x),
                ranges.shown(key_of(panel, "y"), panel.y),
                panel.x.inverted,
                panel.y.inverted,
            )
        return self.frame

    def pixmap(self, ranges: Ranges, colours: Colours, fonts: Fonts, ratio: float) -> QPixmap:
        """The finished image of `slot.outer`, painted only if something changed."""
        if self._pixmap is None or self._pixmap.devicePixelRatio() != ratio:
            assert self.slot is not None
            outer = self.slot.outer.toAlignedRect()
            made = QPixmap(outer.size() * ratio)
            made.setDevicePixelRatio(ratio)
            made.fill(colours("panel"))
            with primitives.painting(made) as painter:
                painter.translate(-outer.left(), -outer.top())
                self._paint_safely(Paint(painter, self.arrange(ranges), colours, fonts))
            self._pixmap = made
        return self._pixmap

    def _paint_safely(self, paint: Paint) -> None:
        """A defect in one panel must neither stop the others nor be raised at every repaint."""
        paint.painter.save()
        try:
            self.paint(paint)
            self.failure = ""
        except Exception as error:
            _log.exception("panel %s could not be painted", self.panel.id)
            self.failure = f"{type(error).__name__}: {error}"
        paint.painter.restore()
        if self.failure:
            assert self.slot is not None
            words = f"This panel could not be painted ({self.failure})."
            paint.painter.setPen(paint.colours("bad"))
            paint.painter.setFont(paint.fonts.small)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            paint.painter.drawText(self.slot.plot, flags, words)

    def paint(self, paint: Paint) -> None:
        """Paint everything but the selection."""
        self._paint_grid(paint)
        self._paint_marks(paint)
        assert self.slot is not None
        axis_painter.paint_left(paint, self.panel.y, self.slot.left)
        if self.slot.track:
            self._paint_names(paint, self.slot)
            self._paint_scales(paint, self.slot)
        else:
            axis_painter.paint_bottom(paint, self.panel.x, self.slot.bottom)
            self._paint_head(paint, self.slot)

    def hit(self, at: QPointF) -> Hit | None:
        """What a pixel stands for: fields of the selection; None outside of the plot."""
        if self.frame is None or not self.frame.rect.contains(at):
            return None
        x, y = self.frame.data(at)
        found: Hit = dict(self.panel.selects)
        found.update(index_at(self.panel.x, x))
        found.update(index_at(self.panel.y, y))
        return found | dict(self._hit_mark(at))

    def readout(self, at: QPointF) -> str:
        """The values under a pixel in words."""
        if self.frame is None or not self.frame.rect.contains(at):
            return ""
        parts = [item.readout(self.frame, at) for item in self.marks]
        return " · ".join([part for part in (self.panel.title, *parts) if part])

    def _hit_mark(self, at: QPointF) -> Mapping[str, int | str]:
        assert self.frame is not None
        for item in reversed(self.marks):
            found: Mapping[str, int | str] | None = item.hit(self.frame, at)
            if found is not None:
                return found
        return {}

    def _paint_grid(self, paint: Paint) -> None:
        """Lines behind curves, dots and bars; the baseline under what stands on one."""
        marks = [item.mark for item in self.marks]
        kinds = {type(mark) for mark in marks}
        if kinds & {Heatmap, Image} or not kinds & {Line, Bars, Points}:
            return
        assert self.slot is not None
        if any(isinstance(mark, Bars) and mark.horizontal for mark in marks):
            axis_painter.paint_grid(paint, self.panel.x, upright=True)
            return
        axis_painter.paint_grid(paint, self.panel.y)
        if not self.slot.track and self.panel.x.visible:
            axis_painter.paint_baseline(paint)

    def _paint_marks(self, paint: Paint) -> None:
        painter = paint.painter
        margin = 0 if any(isinstance(item.mark, Heatmap) for item in self.marks) else 4
        painter.save()
        clip = paint.frame.rect.adjusted(-margin, -margin, margin, margin)
        painter.setClipRect(clip.toAlignedRect())  # whole pixels: other clips cost far more
        for item in self.marks:
            item.paint(paint)
        painter.restore()

    def _paint_names(self, paint: Paint, slot: Slot) -> None:
        """Title and note of a track at its left, centred on it, the note only where it fits."""
        fonts, area = paint.fonts, slot.head
        title, note = fonts.height(fonts.text), fonts.height(fonts.small)
        note = note if self.panel.note and area.height() >= title + note else 0.0
        top = area.center().y() - (title + note) / 2
        first = QRectF(area.left(), top, area.width(), title)
        _write(paint, self.panel.title, first, "text", strong=False)
        if note:
            second = QRectF(area.left(), top + title, area.width(), note)
            _write_small(paint, self.panel.note, second)

    def _paint_scales(self, paint: Paint, slot: Slot) -> None:
        listed = legend.entries(self.panel)
        if self.panel.colour_bar:
            # A track called "i  input gate" need not say "i" once more.
            named = self.panel.colour_bar.label in self.panel.title.split()
            legend.paint_bar(paint, self.panel.colour_bar, slot.right, upright_label=not named)
        elif listed:
            legend.paint_column(paint, listed, slot.right)

    def _paint_head(self, paint: Paint, slot: Slot) -> None:
        panel, fonts = self.panel, paint.fonts
        if panel.colour_bar:
            legend.paint_bar(paint, panel.colour_bar, slot.right, upright_label=False)
        left = slot.head.left() if panel.title else slot.left.left() + 12
        line = QRectF(left, slot.head.top(), slot.head.right() - left, fonts.height(fonts.title))
        if slot.head.height() <= 0:
            return
        used = self._paint_title(paint, line)
        if panel.colour_bar:
            used.setRight(used.right() - _write_small(paint, panel.colour_bar.label, used, True))
        self._paint_legend(paint, slot, used)
        if panel.note:
            small = fonts.height(fonts.small)
            note = QRectF(
                slot.head.left(), slot.head.bottom() - small - 4, slot.head.width(), small
            )
            _write_small(paint, panel.note, note)

    def _paint_title(self, paint: Paint, line: QRectF) -> QRectF:
        """Title and name of the y axis; what of the line remains free."""
        free = QRectF(line)
        if self.panel.title:
            used = _write(paint, self.panel.title, free, "text", strong=True)
            free.setLeft(free.left() + used + paint.fonts.size * 0.8)
        named = axis_painter.name(self.panel.y)
        if named and self.panel.y.visible:
            used = _write_small(paint, f"↑ {named}", free)
            free.setLeft(free.left() + used + paint.fonts.size * 0.8)
        return free

    def _paint_legend(self, paint: Paint, slot: Slot, free: QRectF) -> None:
        listed = legend.entries(self.panel)
        if not listed:
            return
        if legend_fits(self.panel, slot.head.width(), paint.fonts):
            legend.paint_row(paint, listed, free)
            return
        line, note = paint.fonts.height(paint.fonts.small), 0.0
        if self.panel.note:
            note = line
        rows = legend.broken(listed, slot.head.width(), paint.fonts)
        for up, row in enumerate(reversed(rows)):
            top = slot.head.bottom() - line - note - 5 - up * (line + 2)
            length = min(legend.width(row, paint.fonts) + 1, slot.head.width())
            legend.paint_row(paint, row, QRectF(slot.head.left(), top, length, line))


def _write(paint: Paint, text: str, area: QRectF, word: str, strong: bool) -> float:
    """One line at the left of `area`, cut to fit; its length."""
    font = paint.fonts.title if strong else paint.fonts.text
    metrics = paint.fonts.metrics(font)
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 0.5)
    paint.painter.setFont(font)
    paint.painter.setPen(paint.colours(word))
    paint.painter.drawText(area.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, fitted)
    return metrics.horizontalAdvance(fitted)


def _write_small(paint: Paint, text: str, area: QRectF, at_right: bool = False) -> float:
    metrics = paint.fonts.metrics(paint.fonts.small)
    room = max(area.width(), 0.0) + 0.5
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
    paint.painter.setFont(paint.fonts.small)
    paint.painter.setPen(paint.colours("muted"))
    paint.painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, fitted)
    return metrics.horizontalAdvance(fitted)
