"""The line above a view: its title, its options as small controls, and a few buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from rnnviz.app.icons import icon
from rnnviz.contracts.view import Option


class Choosable(Protocol):
    """What has options to choose from: a view, or the curves of a comparison."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def options(self) -> tuple[Option, ...]: ...


class OptionBar(QWidget):
    """The declared options of a view as small controls."""

    changed = Signal()

    def __init__(self, view: Choosable, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"options_{view.name}")
        self._options = view.options
        self._controls: dict[str, QComboBox | QCheckBox] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for option in view.options:
            self._add(option, view, layout)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def _add(self, option: Option, view: Choosable, layout: QHBoxLayout) -> None:
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

    def fill_menu(self, menu: QMenu) -> None:
        """The same options as menu entries, for where the title bar has no room for them."""
        for option in self._options:
            control = self._controls[option.name]
            if isinstance(control, QCheckBox):
                self._add_entry(menu, option.title, control.isChecked(), control.setChecked)
                continue
            choices = menu.addMenu(option.title)
            for choice in option.choices:
                chosen = choice == control.currentText()
                self._add_entry(choices, choice, chosen, partial(_choose, control, choice))
        if self._options:
            menu.addSeparator()

    def _add_entry(
        self, menu: QMenu, text: str, checked: bool, slot: Callable[[bool], object]
    ) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(slot)

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


def _choose(control: QComboBox, choice: str, _checked: bool) -> None:
    control.setCurrentText(choice)


class TitleBar(QWidget):
    """Title, options, menu, float and close of one dock, in one calm line.

    Where it is too narrow the options stand in the menu only, so a dock can be as narrow as it
    likes.
    """

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
        self._options = options
        if options is not None:
            layout.addWidget(options)
        label.setMinimumWidth(20)
        self.buttons: dict[str, QToolButton] = {}
        self._title = title
        self._label = label
        self._layout = layout

    def show_title(self, wanted: bool) -> None:
        """Whether the title stands here; where a tab bears it, twice would be once too often."""
        if self._label.isHidden() == wanted:
            self._label.setVisible(wanted)
            self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(90, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._options is not None:
            margins = self._layout.contentsMargins()
            others = [*self.buttons.values()] + [self._label] * (not self._label.isHidden())
            taken = sum(w.sizeHint().width() + self._layout.spacing() for w in others)
            room = self.width() - margins.left() - margins.right() - taken
            self._options.setVisible(room >= self._options.sizeHint().width())

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
