"""One panel of a picture: keeps its marks' painters, and its image until something changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPixmap

from rnnviz.contracts.picture import AnyPanel, Heatmap, Panel
from rnnviz.plots import primitives, surroundings
from rnnviz.plots.colour import Colours
from rnnviz.plots.fields import index_at
from rnnviz.plots.frame import Frame
from rnnviz.plots.grid import Slot
from rnnviz.plots.marks import MarkItem, item_for
from rnnviz.plots.marks.base import Paint, same
from rnnviz.plots.ranges import Ranges, key_of
from rnnviz.plots.typography import Fonts

# Updates after which a mark that did not change counts as one that does not.
PATIENCE = 4

Hit = dict[str, int | str]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Style:
    """What all panels of a picture are painted with; `ratio` device pixels for each pixel."""

    colours: Colours
    fonts: Fonts
    ratio: float


@dataclass(frozen=True, slots=True)
class Ground:
    """What hardly ever changes, as an image; equal `facts` look the same. `taken` as in `Paint`."""

    facts: tuple[object, ...]
    image: QPixmap
    taken: list[QRectF]


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
        self._still, self._least, self._updates = 0, len(panel.marks), 0
        self._ground: Ground | None = None

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
        before, self.panel = self.panel, panel
        changed = [not same(mark, old) for mark, old in zip(panel.marks, before.marks, strict=True)]
        for item, mark, new in zip(self.marks, panel.marks, changed, strict=True):
            if new:
                item.update(mark)
        self._count_still(changed.index(True) if any(changed) else len(changed))
        if any(changed) or not surroundings.alike(panel, before):
            self.spoil()

    def _count_still(self, unchanged: int) -> None:
        """How many of the first marks belong to what stands around: as many as have stayed the same
        for a while, or that image would be painted anew too often.
        """
        self._still, self._least = min(self._still, unchanged), min(self._least, unchanged)
        self._updates += 1
        if self._updates == PATIENCE:
            self._still, self._least, self._updates = self._least, len(self.marks), 0

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
            style, self.failure = Style(colours, fonts, ratio), ""
            ground = self._around(ranges, style)
            made = QPixmap(ground.image)
            self._paint_on(made, ranges, style, [*ground.taken], self._paint_marks)
            self._pixmap = made
        return self._pixmap

    def _around(self, ranges: Ranges, style: Style) -> Ground:
        """What stands around the marks, with the first of them as far as they stay as they are."""
        assert self.slot is not None
        still = tuple(item.mark for item in self.marks[: self._still])
        facts = still, style, *surroundings.facts(self.panel, self.slot, self.arrange(ranges))
        if self._ground is not None and self._ground.facts == facts:
            return self._ground
        made = QPixmap(self.slot.outer.toAlignedRect().size() * style.ratio)
        made.setDevicePixelRatio(style.ratio)
        made.fill(style.colours("panel"))
        ground = Ground(facts, made, [])
        self._paint_on(made, ranges, style, ground.taken, self._paint_surroundings)
        self._ground = None if self.failure else ground
        return ground

    def _paint_on(
        self,
        image: QPixmap,
        ranges: Ranges,
        style: Style,
        taken: list[QRectF],
        act: Callable[[Paint], None],
    ) -> None:
        assert self.slot is not None
        outer = self.slot.outer.toAlignedRect()
        with primitives.painting(image) as painter:
            painter.translate(-outer.left(), -outer.top())
            paint = Paint(painter, self.arrange(ranges), style.colours, style.fonts, taken)
            self._paint_safely(paint, act)

    def _paint_safely(self, paint: Paint, act: Callable[[Paint], None]) -> None:
        """A defect in one panel must neither stop the others nor be raised at every repaint."""
        paint.painter.save()
        try:
            act(paint)
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

    def _paint_surroundings(self, paint: Paint) -> None:
        assert self.slot is not None
        surroundings.paint(paint, self.panel, self.slot)
        self._paint_some(paint, self.marks[: self._still])

    def _paint_marks(self, paint: Paint) -> None:
        self._paint_some(paint, self.marks[self._still :])

    def _paint_some(self, paint: Paint, marks: list[MarkItem[Any]]) -> None:
        painter = paint.painter
        margin = 0 if any(isinstance(item.mark, Heatmap) for item in self.marks) else 4
        painter.save()
        clip = paint.frame.rect.adjusted(-margin, -margin, margin, margin)
        painter.setClipRect(clip.toAlignedRect())  # whole pixels: other clips cost far more
        for item in marks:
            item.paint(paint)
        painter.restore()
