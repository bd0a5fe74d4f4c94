"""One view in the window: its options, its picture, and when it has to be drawn again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app.icons import icon
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.plots.picture_widget import PictureWidget

log = logging.getLogger(__name__)


class ViewHost(QWidget):
    """Holds one view. It draws only while visible, and disables itself when the view fails."""

    export_wanted = Signal(str)
    options_changed = Signal(str, dict)
    action_wanted = Signal(str)

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
        self.drawn_at = 0.0
        self.cost = 0.0
        self.painter = PictureWidget(self)
        self.painter.setObjectName(f"picture_{view.name}")
        self.bar = _OptionBar(view, self)
        self.bar.changed.connect(self._on_option)
        self.painter.action_requested.connect(self._on_action)
        self.painter.context_requested.connect(self._on_context)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.painter)

    def set_options(self, options: dict[str, Any]) -> None:
        """Options remembered from an earlier start."""
        self.bar.show_values(options)
        self.options = self.bar.values()
        self.dirty = True

    def concerned(self, news: set[str]) -> bool:
        """Mark for redrawing when something it depends on is new."""
        if news & set(self.view.depends):
            self.dirty = True
        return self.dirty

    def due(self, now: float) -> bool:
        """Whether it should be drawn now: visible, out of date, and not drawn a moment ago."""
        if not self.dirty or self.failed or not self.isVisible():
            return False
        # A costly picture is drawn less often: at most an eighth of the time goes into each view.
        return now - self.drawn_at >= min(0.5, max(0.1, 8.0 * self.cost))

    def redraw(self) -> None:
        """Draw the view as the scene is now."""
        begun = time.perf_counter()
        self.dirty = False
        try:
            self.painter.show_picture(self.view.picture(self._scene(self)))
        except Exception as error:
            self._fail(error)
        self.drawn_at = time.monotonic()
        self.cost = 0.7 * self.cost + 0.3 * (time.perf_counter() - begun)

    def picture(self) -> Picture:
        """The picture as it is now, for export."""
        return self.view.picture(self._scene(self))

    def revive(self) -> None:
        """Try a failed view again (a new run may suit it)."""
        self.failed, self.dirty = "", True

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

    def _on_action(self) -> None:
        self.action_wanted.emit(self.view.name)

    def _on_context(self, position: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def menu(self) -> QMenu:
        """What can be done with this view: export, copy, fit."""
        menu = QMenu(self)
        menu.setObjectName(f"menu_{self.view.name}")
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
        self.dirty = True
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.painter.left.emit()
        super().hideEvent(event)


class _OptionBar(QWidget):
    """The view's declared options as small controls."""

    changed = Signal()

    def __init__(self, view: View, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"options_{view.name}")
        self._controls: dict[str, QComboBox | QCheckBox] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for option in view.options:
            self._add(option, view, layout)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def _add(self, option: Option, view: View, layout: QHBoxLayout) -> None:
        control: QComboBox | QCheckBox
        if isinstance(option.default, bool):
            control = QCheckBox(option.title, self)
            control.setChecked(option.default)
            control.toggled.connect(self._tell)
        else:
            if option.title:
                label = QLabel(option.title, self)
                label.setProperty("role", "muted")
                layout.addWidget(label)
            control = QComboBox(self)
            control.addItems(option.choices)
            control.setCurrentText(option.default)
            control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            control.currentTextChanged.connect(self._tell)
        control.setObjectName(f"option_{view.name}_{option.name}")
        control.setAccessibleName(f"{view.title}: {option.title or option.name}")
        control.setToolTip(option.help)
        control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout.addWidget(control)
        self._controls[option.name] = control

    def _tell(self) -> None:
        self.changed.emit()

    def values(self) -> dict[str, str | bool]:
        """The chosen values by option name."""
        return {
            name: control.isChecked() if isinstance(control, QCheckBox) else control.currentText()
            for name, control in self._controls.items()
        }

    def show_values(self, values: dict[str, Any]) -> None:
        """Set the controls without telling anybody; values that are no longer offered are
        ignored.
        """
        self.blockSignals(True)
        for name, value in values.items():
            control = self._controls.get(name)
            if isinstance(control, QCheckBox) and isinstance(value, bool):
                control.setChecked(value)
            elif (
                isinstance(control, QComboBox)
                and isinstance(value, str)
                and control.findText(value) >= 0
            ):
                control.setCurrentText(value)
        self.blockSignals(False)


class TitleBar(QWidget):
    """Title, options, menu, float and close of one dock, in one calm line."""

    def __init__(
        self, title: str, host: QWidget | None = None, options: QWidget | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("dock_title")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 4, 3)
        layout.setSpacing(4)
        label = QLabel(title.upper(), self)
        label.setObjectName("dock_title_text")
        layout.addWidget(label)
        layout.addStretch(1)
        if options is not None:
            layout.addWidget(options)
        self.buttons: dict[str, QToolButton] = {}
        self._title = title
        self._layout = layout

    def add_button(self, name: str, tip: str, slot: Callable[[], object]) -> QToolButton:
        """A small button at the right end."""
        button = QToolButton(self)
        button.setObjectName(f"{name}_{self._title.lower().replace(' ', '_')}")
        button.setIcon(icon(name))
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(f"{tip}: {self._title}")
        button.clicked.connect(slot)
        self._layout.addWidget(button)
        self.buttons[name] = button
        return button
