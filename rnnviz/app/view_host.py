"""One view in the window: its options, its picture, and when it has to be drawn again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from rnnviz.app.pacing import Pace
from rnnviz.app.title_bar import OptionBar
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.view import Scene, View
from rnnviz.plots.picture_widget import PictureWidget

log = logging.getLogger(__name__)

# News that come by themselves while a network trains.
LIVE = frozenset({"snapshot", "history", "past", "samples"})
LIVE_SECONDS = 0.1
ASKED_SECONDS = 0.03


class ViewHost(QWidget):
    """Holds one view. It draws only while visible, and disables itself when the view fails."""

    export_wanted = Signal(str)
    options_changed = Signal(str, dict)

    def __init__(
        self, view: View, scene: Callable[[ViewHost], Scene], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.view = view
        self.setObjectName(f"view_{view.name}")
        self.setAccessibleName(view.title)
        self._scene = scene
        self.options: dict[str, str | bool] = {}
        self.dirty = True
        self.failed = ""
        self.drawn_at = self.cost = 0.0
        self._asked = True
        self.painter = PictureWidget(self)
        self.painter.setObjectName(f"picture_{view.name}")
        self.painter.set_known_title(view.title)
        self.bar = OptionBar(view, self)
        self.bar.changed.connect(self._on_option)
        self.painter.context_requested.connect(self._on_context)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.painter)

    def set_options(self, options: dict[str, Any]) -> None:
        """Options remembered from an earlier start."""
        self.bar.show_values(options)
        self.options = self.bar.values()
        self.ask()

    def concerned(self, news: set[str]) -> bool:
        """Mark for redrawing when something it depends on is new."""
        mine = news & set(self.view.depends)
        if mine:
            self.dirty = True
            # Whoever typed another probe waits for it.
            self._asked = self._asked or bool(mine - LIVE) or "probe" in news
        return self.dirty

    @property
    def in_sight(self) -> bool:
        """Whether it can be seen: Qt calls views behind other tabs visible and puts them outside of
        the window.
        """
        end = self.mapTo(self.window(), self.rect().bottomRight())
        return self.isVisible() and end.x() > 0 and end.y() > 0

    def due(self, now: float, pace: Pace) -> bool:
        """Whether it should be drawn now: visible, out of date, and not drawn a moment ago.

        What the user asked for is drawn at once; what merely went on while training keeps pace.
        """
        if not self.dirty or self.failed or not self.in_sight:
            return False
        if self._asked:
            return now - self.drawn_at >= ASKED_SECONDS
        return now - self.drawn_at >= LIVE_SECONDS and pace.allows()

    @property
    def rank(self) -> int:
        """The lower, the sooner it is drawn: what was asked for, what the pointer is over, what
        tells of the selection, the others.
        """
        if self._asked or self.underMouse():
            return 0
        return 1 if "hover" in self.view.depends else 2

    def redraw(self) -> float:
        """Draw and paint the view as the scene is now; the seconds it took."""
        begun = time.perf_counter()
        self.dirty = self._asked = False
        try:
            self.painter.show_picture(self.view.picture(self._scene(self)))
        except Exception as error:
            self._fail(error)
        # At once, not with the next paint event: so every slice of work is short, and is counted.
        self.painter.canvas.viewport().repaint()
        self.drawn_at = time.monotonic()
        self.cost = time.perf_counter() - begun
        return self.cost

    def scene(self) -> Scene:
        """What the view sees now."""
        return self._scene(self)

    def picture(self) -> Picture:
        """The picture as it is now, for export."""
        return self.view.picture(self._scene(self))

    def revive(self) -> None:
        """Try a failed view again (a new run may suit it)."""
        self.failed = ""
        self.ask()

    def ask(self, _seen: bool = True) -> None:
        """Draw anew as soon as it can be seen."""
        self.dirty = self._asked = True

    def _fail(self, error: Exception) -> None:
        log.exception("view %s failed", self.view.name)
        self.failed = (
            f"This view could not draw the run ({type(error).__name__}: {error}). The others go on."
        )
        self.painter.show_picture(Picture(self.view.title, message=self.failed))

    def _on_option(self) -> None:
        self.options = self.bar.values()
        self.options_changed.emit(self.view.name, dict(self.options))
        self.redraw()

    def _on_context(self, position: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def menu(self) -> QMenu:
        """What can be done with this view: export, copy, fit."""
        menu = QMenu(self)
        menu.setObjectName(f"menu_{self.view.name}")
        self.bar.fill_menu(menu)
        for text, slot in (
            ("Export…", self._export),
            ("Copy", self.painter.copy_to_clipboard),
            ("Fit", self.painter.follow),
        ):
            action = QAction(text, menu)
            action.setObjectName(f"{self.view.name}_{text.rstrip('…').lower()}")
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    def _export(self) -> None:
        self.export_wanted.emit(self.view.name)

    def showEvent(self, event: QShowEvent) -> None:
        self.ask()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.painter.left.emit()
        super().hideEvent(event)
