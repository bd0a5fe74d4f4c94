"""The docks: one for each view, found by discovery, arranged by named layouts and redrawn a few
at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from rnnviz.app.hub import SelectionHub
from rnnviz.app.icons import icon
from rnnviz.app.layouts import LAYOUTS, arrange, resize
from rnnviz.app.pacing import Pace
from rnnviz.app.title_bar import TitleBar
from rnnviz.app.view_host import ViewHost
from rnnviz.contracts import discovery
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene, View

STATE_VERSION = 1
# Painting gets this much of each tick; what does not fit waits for the next one, so no frame is
# long.
SECONDS_PER_TICK = 0.008


class Workspace(QMainWindow):
    """All views in docks. It knows no run: scenes come from `scene`, news from `tell`."""

    needs_changed = Signal()

    def __init__(
        self, scene: Callable[[ViewHost], Scene], hub: SelectionHub, panel: QWidget, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("workspace")
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.hub = hub
        self.hosts: dict[str, ViewHost] = {}
        self.docks: dict[str, QDockWidget] = {}
        self.layout_name = "Train"
        self.pace = Pace()
        self._shared = True
        self._remembered = ""
        self._selected = Selection()
        self._needs = QTimer(self)
        self._needs.setSingleShot(True)
        self._needs.setInterval(50)
        self._needs.timeout.connect(self._settle)
        self._add_dock("experiment", "Experiment", panel, None)
        views = discovery.every("views", View)
        for name, kind in sorted(views.items(), key=lambda item: (item[1].menu_order, item[0])):
            self._add_view(name, kind(), scene)
        hub.selected.connect(self._on_selected)
        hub.hovered.connect(self._on_hovered)
        hub.window_moved.connect(self._on_window)

    def _add_view(self, name: str, view: View, scene: Callable[[ViewHost], Scene]) -> None:
        host = ViewHost(view, scene, self)
        painter = host.painter
        painter.hovered.connect(self.hub.hover)
        painter.clicked.connect(self.hub.select)
        painter.left.connect(self.hub.leave)
        painter.time_window_changed.connect(partial(self._zoomed, name))
        painter.range_selected.connect(partial(self._on_range, name))
        self.hosts[name] = host
        self._add_dock(name, view.title, host, host)

    def _add_dock(self, name: str, title: str, widget: QWidget, host: ViewHost | None) -> None:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock_{name}")
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        bar = TitleBar(title, options=host.bar if host else None)
        if host is not None:
            bar.add_button("more", "Options, export, copy", partial(self._open_menu, name))
        bar.add_button("float", "Float or dock", partial(self._toggle_float, name))
        bar.add_button("close", "Close", dock.close)
        dock.setTitleBarWidget(bar)
        dock.visibilityChanged.connect(self._on_visibility)
        if host is not None:
            dock.visibilityChanged.connect(host.ask)
        dock.dockLocationChanged.connect(self._on_visibility)
        dock.topLevelChanged.connect(self._on_visibility)
        dock.hide()
        self.docks[name] = dock

    def _open_menu(self, name: str) -> None:
        button = self.title_bar(name).buttons["more"]
        host = self.hosts[name]
        menu = host.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def title_bar(self, name: str) -> TitleBar:
        """The title bar of a dock."""
        bar = self.docks[name].titleBarWidget()
        assert isinstance(bar, TitleBar)
        return bar

    def _toggle_float(self, name: str) -> None:
        dock = self.docks[name]
        dock.setFloating(not dock.isFloating())

    # ---- layouts

    def use_layout(self, name: str) -> None:
        """Arrange the docks as the layout called `name`."""
        self.layout_name, self._remembered = name, ""
        self.setUpdatesEnabled(False)
        arrange(self, self.docks, LAYOUTS[name])
        self.setUpdatesEnabled(True)
        self._shared = False
        self._share_when_shown()

    def share_out(self) -> None:
        """Give the docks of the current layout their shares of the window."""
        resize(self, self.docks, LAYOUTS[self.layout_name])

    def _share_when_shown(self) -> None:
        # Shares of a window that has no size yet would be lost.
        if not self._shared and self.isVisible():
            self._shared = True
            give = self._restore if self._remembered else self.share_out
            QTimer.singleShot(0, self, give)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._share_when_shown()

    def layout_state(self) -> str:
        """The arrangement as text for the settings."""
        if self._remembered:
            return self._remembered
        return bytes(self.saveState(STATE_VERSION).toBase64().data()).decode("ascii")

    def restore_layout(self, state: str) -> bool:
        """Arrange the docks as remembered; False when that was for another version."""
        self._remembered, self._shared = state, False
        if not self._restore():
            return False
        # Once more at the size that the window then has: the docks' sizes are meant for that.
        self._remembered = state
        self._share_when_shown()
        return True

    def _restore(self) -> bool:
        state, self._remembered = self._remembered, ""
        return self.restoreState(QByteArray.fromBase64(state.encode("ascii")), STATE_VERSION)

    def show_dock(self, name: str) -> None:
        """Open a dock that may be closed, and bring it to the front."""
        dock = self.docks[name]
        if dock.isHidden() and self.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.show()
        dock.raise_()

    def feature(self, names: Sequence[str]) -> None:
        """Bring these views to the front, the first one foremost: those that are closed open in the
        middle, where the score stands, unless the user is looking at something else there.
        """
        middle = self.docks["score"]
        for name in reversed(names or ("score",)):
            dock = self.docks[name]
            if dock.isHidden() and not middle.isHidden() and dock is not middle:
                self.tabifyDockWidget(middle, dock)
            if not middle.isHidden() or not dock.isHidden():
                dock.show()
                # A dock that has just become a tab cannot be raised before the next event.
                QTimer.singleShot(0, dock, dock.raise_)

    def refresh_icons(self) -> None:
        """Draw the title bars' icons in the theme's colours."""
        for name in self.docks:
            for symbol, button in self.title_bar(name).buttons.items():
                button.setIcon(icon(symbol))

    # ---- drawing

    def visible_hosts(self) -> list[ViewHost]:
        """The views that can be seen now."""
        return [host for host in self.hosts.values() if host.isVisible()]

    def needs(self) -> frozenset[str]:
        """What the views in sight must find in a snapshot."""
        seen = (host for host in self.hosts.values() if host.in_sight)
        return frozenset().union(*(host.view.needs for host in seen))

    def tell(self, news: set[str]) -> None:
        """Something is new; views that depend on it will be drawn."""
        for host in self.hosts.values():
            host.concerned(news)
        if "snapshot" in news:
            waiting = (host for host in self.hosts.values() if host.dirty and host.in_sight)
            self.pace.snapshot_arrived(sum(host.cost for host in waiting))

    def draw_some(self) -> bool:
        """Draw views that are due until the tick's share is spent: first what the user looks at,
        then what was drawn the longest time ago.

        Returns whether more are waiting.
        """
        begun = time.perf_counter()
        for host in sorted(self.hosts.values(), key=lambda each: (each.rank, each.drawn_at)):
            if host.due(time.monotonic(), self.pace):
                if time.perf_counter() - begun > SECONDS_PER_TICK:
                    return True
                self.pace.spend(host.redraw())
        return False

    def draw_now(self) -> None:
        """Draw every visible view that is out of date, all at once: somebody waits for them."""
        for host in self.visible_hosts():
            if host.dirty and not host.failed and host.in_sight:
                host.redraw()

    def for_all_painters(self, action: Callable[[Any], None]) -> None:
        """Do something to every view's painter (theme, font size)."""
        for host in self.hosts.values():
            action(host.painter)
            host.ask()

    def _on_selected(self, selection: Selection) -> None:
        travelled = self._selected.updated(step=selection.step) == selection
        self._selected = selection
        # Another step alone moves a cursor over curves, and little else before its snapshot comes.
        for host in self.visible_hosts():
            if not travelled or "history" in host.view.depends:
                host.painter.set_selection(selection, False)
        self.tell({"step"} if travelled else {"selection", "hover", "step"})

    def _on_hovered(self, selection: Selection) -> None:
        self._show_selection(selection, True)
        self.tell({"hover"})

    def _show_selection(self, selection: Selection, hover: bool) -> None:
        for host in self.visible_hosts():
            host.painter.set_selection(selection, hover)

    def _zoomed(self, name: str, low: float, high: float) -> None:
        zoomed = self.hosts[name].painter.is_zoomed_in("time")
        self.hub.move_window((low, high) if zoomed else None, name)

    def _on_range(self, name: str, dim: str, first: int, last: int) -> None:
        """A range was dragged out: show just that."""
        self.hosts[name].painter.show_range(dim, first - 0.5, last + 0.5)

    def _on_window(self, window: tuple[float, float] | None, source: object) -> None:
        self._show_window(window, source)
        self.tell({"window"})

    def _show_window(self, window: tuple[float, float] | None, source: object = None) -> None:
        for host in self.visible_hosts():
            if host.view.name == source:
                continue
            if window is None:
                host.painter.show_whole("time")
            else:
                host.painter.set_time_window(*window)

    def _on_visibility(self) -> None:
        self._needs.start()

    def _settle(self) -> None:
        """What came into sight shows the range that the others show."""
        self._title_tabs()
        self._show_window(self.hub.window)
        self.needs_changed.emit()

    def _title_tabs(self) -> None:
        """A dock among tabs has its title on its tab."""
        for name, dock in self.docks.items():
            beside = [other for other in self.tabifiedDockWidgets(dock) if not other.isHidden()]
            self.title_bar(name).show_title(dock.isFloating() or not beside)
        for tabs in self.findChildren(QTabBar):
            tabs.setElideMode(Qt.TextElideMode.ElideNone)
            tabs.setUsesScrollButtons(True)
