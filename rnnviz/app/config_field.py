"""One field of the form: the control that suits its type, its limits, and what is wrong with it."""

from __future__ import annotations

import re
import textwrap
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from rnnviz.contracts import discovery

WORDS = {
    "lstm": "LSTM",
    "gru": "GRU",
    "simple_rnn": "simple RNN",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "relu": "ReLU",
    "cpu": "CPU",
    "cuda": "CUDA",
    "mps": "MPS",
    "neural_turing_machine": "Turing machine",
}
# Letters of a choice that always have room; the panel becomes no narrower than that.
MOST_LETTERS = 10
_GROUPED = re.compile(r"[+-]?\d{1,3}([,.'’\s]\d{3})+")


def spoken(value: str) -> str:
    """A choice as people read it: `language_model` as `language model`."""
    return WORDS.get(value, value.replace("_", " "))


def as_written(text: str, kind: Any) -> str:
    """A number as Python reads it, also where it was written with a decimal comma or, if whole,
    with its thousands set apart.
    """
    text = text.strip()
    if kind is float and text.count(",") == 1 and "." not in text:
        return text.replace(",", ".")
    if kind is int and _GROUPED.fullmatch(text):
        return re.sub(r"[^\d+-]", "", text)
    return text


class Field(QWidget):
    """One field: its control, its unit, and the sentence that says what is wrong with it."""

    edited = Signal()

    def __init__(self, name: str, info: FieldInfo, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.info = name, info
        extra = info.json_schema_extra
        self.extra: dict[str, Any] = dict(extra) if isinstance(extra, dict) else {}
        short = name.split(".")[-1]
        self.title = str(self.extra.get("label") or short.replace("_", " "))
        self.control = self._make_control()
        self.control.setObjectName(name)
        self.control.setAccessibleName(self.title)
        self.control.setAccessibleDescription(info.description or "")
        self.control.setToolTip(self._tip())
        self.setToolTip(self._tip())
        self.problem = QLabel(self)
        self.problem.setObjectName(f"problem_{name}")
        self.problem.setProperty("role", "problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.control)
        layout.addWidget(self.problem)

    def _choices(self) -> tuple[str, ...]:
        if leaf := self.extra.get("leaf"):
            return discovery.names(str(leaf))
        if get_origin(self.info.annotation) is Literal:
            return get_args(self.info.annotation)
        return ()

    def _make_control(self) -> QWidget:
        choices = self._choices()
        if choices:
            box = QComboBox(self)
            # Long choices must not make the whole panel wider than its scroll area.
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            self._fill(box, choices)
            longest = max(len(spoken(choice)) for choice in choices)
            box.setMinimumContentsLength(min(longest, MOST_LETTERS))
            box.currentIndexChanged.connect(self._tell)
            return box
        if self.info.annotation is bool:
            check = QCheckBox(self)
            check.toggled.connect(self._tell)
            return check
        line = QLineEdit(self)
        line.setMinimumWidth(48)
        line.editingFinished.connect(self._tell)
        line.setPlaceholderText(str(self.extra.get("unit", "")))
        return line

    def _fill(self, box: QComboBox, choices: tuple[str, ...]) -> None:
        """The choices, each with what it says of itself."""
        leaf = str(self.extra.get("leaf") or "")
        for place, choice in enumerate(choices):
            box.addItem(spoken(choice), choice)
            if leaf:
                about = textwrap.fill(discovery.about(leaf, choice), 60)
                box.setItemData(place, about, Qt.ItemDataRole.ToolTipRole)

    def _tip(self) -> str:
        limits = []
        for bound in self.info.metadata:
            for word, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
                if hasattr(bound, word):
                    limits.append(f"{sign} {getattr(bound, word):g}")
        unit = self.extra.get("unit", "")
        tail = " and ".join(limits) + (f" {unit}" if limits and unit else "")
        return f"{self.info.description}" + (f"\nAllowed: {tail}." if limits else "")

    def _explain(self) -> None:
        """Say of the chosen part what it is."""
        if isinstance(self.control, QComboBox):
            about = self.control.currentData(Qt.ItemDataRole.ToolTipRole)
            self.control.setToolTip(f"{self._tip()}\n\n{about}" if about else self._tip())

    def _tell(self) -> None:
        self._explain()
        self.edited.emit()

    def value(self) -> Any:
        """What stands in the control; text is left to the configuration to read."""
        if isinstance(self.control, QComboBox):
            return self.control.currentData()
        if isinstance(self.control, QCheckBox):
            return self.control.isChecked()
        assert isinstance(self.control, QLineEdit)
        return as_written(self.control.text(), self.info.annotation)

    def show_value(self, value: Any) -> None:
        """Put a value into the control without telling anybody."""
        self.control.blockSignals(True)
        if isinstance(self.control, QComboBox):
            self.control.setCurrentIndex(max(0, self.control.findData(value)))
        elif isinstance(self.control, QCheckBox):
            self.control.setChecked(bool(value))
        elif isinstance(self.control, QLineEdit):
            # In full: what is shown is also what is read when another field is edited.
            self.control.setText(str(value).removesuffix(".0"))
        self.control.blockSignals(False)
        self._explain()

    def offer(self, choices: tuple[str, ...]) -> None:
        """Let the box offer only these, without telling anybody."""
        box = self.control
        assert isinstance(box, QComboBox)
        if tuple(box.itemData(i) for i in range(box.count())) == choices:
            return
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        self._fill(box, choices)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)

    def show_problem(self, message: str) -> None:
        """Say at the field what is wrong; "" takes it back."""
        self.problem.setText(message)
        self.problem.setVisible(bool(message))
