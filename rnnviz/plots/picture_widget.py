"""The widget that shows any `Picture`, live: what all views are painted with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QImage, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.contracts.picture import Axis, Panel, Picture
from rnnviz.contracts.selection import Selection
from rnnviz.plots import primitives
from rnnviz.plots.canvas import Canvas
from rnnviz.plots.colour import Colours, colours
from rnnviz.plots.empty_state import EmptyState
from rnnviz.plots.header import Header
from rnnviz.plots.ranges import key_of
from rnnviz.plots.typography import Fonts

_TIME = "time"


class PictureWidget(QWidget):
    """Shows pictures one after the other and says where the user points.

    hovered, clicked      fields of `Selection` under the pointer
    left                  the pointer is over nothing any more
    readout               the values under the pointer in words
    time_window_changed   the user panned or zoomed the time axis (low, high)
    zoom_changed          whether any axis shows less than the whole
    range_selected        axis name, first and last index of a shift-drag
    context_requested     global position for a menu
    """

    hovered = Signal(object)
    clicked = Signal(object)
    left = Signal()
    readout = Signal(str)
    time_window_changed = Signal(float, float)
    zoom_changed = Signal(bool)
    range_selected = Signal(str, int, int)
    context_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture")
        self.setAccessibleName("Picture")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._picture, self._known = Picture(""), ""
        self._pending: Picture | None = None
        self._awaited: tuple[float, float] | None = None
        self._selected, self._hovering = Selection(), Selection()
        self._theme = "light"
        self._header = Header(self)
        self._empty = EmptyState(self)
        self.canvas = Canvas(self)
        self.canvas.setAccessibleName("Plot")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (self._header, self._empty, self.canvas):
            box.addWidget(part)
        self._connect()
        self._restyle()
        self._apply(self._picture)

    # --- what is shown ----------------------------------------------------------------------

    def show_picture(self, picture: Picture) -> None:
        """Show a picture in place of the last one; a hidden widget waits until it is seen."""
        self.setAccessibleName(picture.title or "Picture")
        self.setAccessibleDescription(_summary(picture))
        if self.isVisible():
            self._apply(picture)
        else:
            self._pending = picture

    @property
    def picture(self) -> Picture:
        """The newest picture given."""
        return self._pending or self._picture

    def set_known_title(self, title: str) -> None:
        """What stands above the widget already; the header says only what goes beyond it."""
        self._known = title
        self._show_header(self._picture)

    def set_theme(self, name: str) -> None:
        """`light`, `dark` or `contrast`."""
        if name != self._theme:
            self._theme = name
            self._restyle()

    # --- selection and zoom -----------------------------------------------------------------

    def set_selection(self, selection: Selection, hover: bool = False) -> None:
        """Move the cursors: of the hovered selection, or of the chosen one."""
        if not hover:
            self._selected = selection
        self._hovering = selection
        self.canvas.set_selection(self._selected, self._hovering)

    def set_time_window(self, low: float, high: float) -> None:
        """Show this part of the time axis, as another view does; emits at most `zoom_changed`.

        Where there is no time axis yet, the first picture that has one begins there.
        """
        self._settle()
        axis = self._time_axis()
        self._awaited = (low, high) if axis is None else None
        if axis is not None and self.canvas.ranges.shown(_TIME, axis) != (low, high):
            self.canvas.ranges.set(_TIME, axis, low, high)
            self.canvas.refresh({_TIME})
            self._tell_zoom()

    def show_range(self, dim: str, low: float, high: float) -> None:
        """Show this part of the axes along `dim`, as if the user had zoomed there."""
        axes = [axis for item in self.canvas.plan.panels() for axis in _axes(item.panel)]
        for axis in axes:
            if axis.dim == dim and not axis.ids:
                self.canvas.ranges.set(dim, axis, low, high)
        self.canvas.refresh({dim})
        self._on_ranges({dim})

    def show_whole(self, dim: str) -> None:
        """Let go of the zoom along `dim`."""
        self._settle()
        self._awaited = None
        self.canvas.fit({dim})

    def follow(self) -> None:
        """Let go of every zoom: axes follow the data again."""
        keys = {key_of(item.panel, which) for item in self.canvas.plan.panels() for which in "xy"}
        self.canvas.fit(keys)

    def is_zoomed(self) -> bool:
        """Whether any axis shows less than the whole."""
        return self.canvas.ranges.is_zoomed()

    def is_zoomed_in(self, dim: str) -> bool:
        """Whether the axes along `dim` show less than the whole."""
        return self.canvas.ranges.is_zoomed(dim)

    # --- copies -----------------------------------------------------------------------------

    def image(self, scale: float = 2.0) -> QImage:
        """What is shown as an image under its whole title, `scale` times as fine as the screen."""
        self._settle()
        picture = self._picture
        self._header.show_texts(picture.title, picture.subtitle, picture.colour)
        size = self.size()
        made = QImage(size * scale, QImage.Format.Format_RGB32)
        made.setDevicePixelRatio(scale)
        made.fill(self._colours("panel"))
        self.canvas.set_ratio(scale)
        self.render(made)
        self.canvas.set_ratio(None)
        self._show_header(self._picture)
        return made

    def copy_to_clipboard(self) -> None:
        """Put the image at twice the resolution on the clipboard."""
        QGuiApplication.clipboard().setImage(self.image(2.0))

    # --- events -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settle()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.canvas.clear_pointer()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        with primitives.painting(self) as painter:
            painter.fillRect(event.rect(), self._colours("panel"))

    # --- inside -----------------------------------------------------------------------------

    @property
    def _colours(self) -> Colours:
        return colours(self._theme)

    def _connect(self) -> None:
        self.canvas.hovered.connect(self.hovered)
        self.canvas.clicked.connect(self.clicked)
        self.canvas.left.connect(self.left)
        self.canvas.readout.connect(self.readout)
        self.canvas.range_selected.connect(self.range_selected)
        self.canvas.context_requested.connect(self.context_requested)
        self.canvas.ranges_changed.connect(self._on_ranges)
        self._header.follow.clicked.connect(self.follow)

    def _settle(self) -> None:
        if self._pending is not None:
            self._apply(self._pending)

    def _apply(self, picture: Picture) -> None:
        self._picture, self._pending = picture, None
        empty = bool(picture.message) or not picture.rows
        self._show_header(picture)
        self._empty.say(picture.message)
        self._empty.setVisible(empty)
        self.canvas.setVisible(not empty)
        self.canvas.show_picture(picture)
        if self._awaited is not None and self._time_axis() is not None:
            self.set_time_window(*self._awaited)

    def _show_header(self, picture: Picture) -> None:
        title = picture.title.removeprefix(self._known) if self._known else picture.title
        self._header.show_texts(title.lstrip(": "), picture.subtitle, picture.colour)

    def _restyle(self) -> None:
        fonts = Fonts(self.font())
        self._header.set_style(self._colours, fonts)
        self._empty.set_style(self._colours, fonts)
        self.canvas.set_style(self._colours, fonts)
        self.update()

    def _time_axis(self) -> Axis | None:
        panels = (item.panel for item in self.canvas.plan.panels())
        return next((axis for panel in panels for axis in _axes(panel) if axis.dim == _TIME), None)

    def _on_ranges(self, keys: set[str]) -> None:
        axis = self._time_axis()
        if _TIME in keys and axis is not None:
            self.time_window_changed.emit(*self.canvas.ranges.shown(_TIME, axis))
        self._tell_zoom()

    def _tell_zoom(self) -> None:
        zoomed = self.is_zoomed()
        if self._header.show_follow(zoomed):
            self.zoom_changed.emit(zoomed)


def _axes(panel: Panel) -> tuple[Axis, Axis]:
    return panel.x, panel.y


def _summary(picture: Picture) -> str:
    """One line for screen readers."""
    return " · ".join(part for part in (picture.title, picture.subtitle, picture.message) if part)
