"""The form for a `RunConfig`, made from the fields themselves: a new field appears here by
itself.
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app.icons import icon
from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.config import RunConfig

TITLES = {"task": "Corpus", "model": "Network", "training": "Training", "look": "Looking"}
HIDDEN = {"task.corpus", "look.probe", "look.sample_prompts"}
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
}


def spoken(value: str) -> str:
    """A choice as people read it: `language_model` as `language model`."""
    return WORDS.get(value, value.replace("_", " "))


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
            box.setMinimumContentsLength(4)
            for choice in choices:
                box.addItem(spoken(choice), choice)
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

    def _tip(self) -> str:
        limits = []
        for bound in self.info.metadata:
            for word, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
                if hasattr(bound, word):
                    limits.append(f"{sign} {getattr(bound, word):g}")
        unit = self.extra.get("unit", "")
        tail = " and ".join(limits) + (f" {unit}" if limits and unit else "")
        return f"{self.info.description}" + (f"\nAllowed: {tail}." if limits else "")

    def _tell(self) -> None:
        self.edited.emit()

    def value(self) -> Any:
        """What stands in the control; text is left to the configuration to read."""
        if isinstance(self.control, QComboBox):
            return self.control.currentData()
        if isinstance(self.control, QCheckBox):
            return self.control.isChecked()
        assert isinstance(self.control, QLineEdit)
        return self.control.text().strip()

    def show_value(self, value: Any) -> None:
        """Put a value into the control without telling anybody."""
        self.control.blockSignals(True)
        if isinstance(self.control, QComboBox):
            self.control.setCurrentIndex(max(0, self.control.findData(value)))
        elif isinstance(self.control, QCheckBox):
            self.control.setChecked(bool(value))
        elif isinstance(self.control, QLineEdit):
            self.control.setText(f"{value:g}" if isinstance(value, float) else str(value))
        self.control.blockSignals(False)

    def offer(self, choices: tuple[str, ...]) -> None:
        """Let the box offer only these, without telling anybody."""
        box = self.control
        assert isinstance(box, QComboBox)
        if tuple(box.itemData(i) for i in range(box.count())) == choices:
            return
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        for choice in choices:
            box.addItem(spoken(choice), choice)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)

    def show_problem(self, message: str) -> None:
        """Say at the field what is wrong; "" takes it back."""
        self.problem.setText(message)
        self.problem.setVisible(bool(message))


class ConfigForm(QWidget):
    """All sections. `changed` carries a valid configuration; problems are shown at their fields."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("config_form")
        self.fields: dict[str, Field] = {}
        self._forms: dict[str, QFormLayout] = {}
        self._base = RunConfig()
        self._advanced: dict[str, bool] = {}
        self._folds: list[QToolButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for section, info in RunConfig.model_fields.items():
            if section in TITLES:
                self._add_section(section, info, layout)
        layout.addStretch(1)
        self.show_config(self._base)

    def _add_section(self, section: str, info: FieldInfo, layout: QVBoxLayout) -> None:
        heading = QLabel(TITLES[section], self)
        heading.setProperty("role", "heading")
        layout.addWidget(heading)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 2)
        form.setVerticalSpacing(3)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._forms[section] = form
        assert info.annotation is not None
        for short, field_info in info.annotation.model_fields.items():
            name = f"{section}.{short}"
            if name in HIDDEN:
                continue
            field = Field(name, field_info, self)
            field.edited.connect(self._on_edit)
            self.fields[name] = field
            label = QLabel(field.title, self)
            label.setBuddy(field.control)
            label.setToolTip(field.toolTip())
            form.addRow(label, field)
        layout.addLayout(form)
        self._advanced[section] = False
        layout.addWidget(self._fold(section))

    def _fold(self, section: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"more_{section}")
        button.setText("more")
        button.setAccessibleName(f"More options: {TITLES[section]}")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(icon("fold"))
        button.toggled.connect(self._on_fold)
        self._folds.append(button)
        return button

    def refresh_icons(self) -> None:
        """Draw the icons again in the theme's colours."""
        for button in self._folds:
            button.setIcon(icon("unfold" if button.isChecked() else "fold"))

    def _on_fold(self, opened: bool) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        button.setText("less" if opened else "more")
        button.setIcon(icon("unfold" if opened else "fold"))
        self._advanced[button.objectName().removeprefix("more_")] = opened
        self._show_rows()

    def show_config(self, config: RunConfig) -> None:
        """Fill the form; nobody is told."""
        self._base = config
        self.fields["model.kind"].offer(fitting.models_for(config.task.name))
        data = config.model_dump()
        for name, field in self.fields.items():
            section, short = name.split(".")
            field.show_value(data[section][short])
            field.show_problem("")
        self._show_rows()

    def with_value(self, name: str, value: Any) -> None:
        """Change one value from outside (a dropped corpus, the probe line) as if typed."""
        section, short = name.split(".")
        data = self._base.model_dump()
        data[section][short] = value
        self._try(data)

    def _on_edit(self) -> None:
        data = self._base.model_dump()
        for name, field in self.fields.items():
            section, short = name.split(".")
            data[section][short] = field.value()
        self._try(data)

    def _try(self, data: dict[str, Any]) -> None:
        task = data["task"]["name"]
        able = fitting.models_for(task)
        if data["model"]["kind"] not in able:
            data["model"]["kind"] = able[0]
        if task != self._base.task.name:
            data["model"]["kind"] = able[0]
            data["task"]["corpus"] = fitting.default_corpus(task)
        for field in self.fields.values():
            field.show_problem("")
        try:
            config = RunConfig.model_validate(data)
        except ValidationError as error:
            self._show_problems(error)
            return
        if config != self._base:
            self.show_config(config)
            self.changed.emit(config)

    def _show_problems(self, error: ValidationError) -> None:
        for item in error.errors():
            name = ".".join(str(part) for part in item["loc"])
            if name in self.fields:
                message = (
                    str(item["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
                )
                self.fields[name].show_problem(
                    f"Must be {message}." if "Input" in item["msg"] else message
                )

    def _show_rows(self) -> None:
        data = self._base.model_dump()
        ignored = fitting.ignored(data["task"]["name"], data["model"]["kind"])
        for name, field in self.fields.items():
            section = name.split(".")[0]
            wanted = _applies(field.extra.get("when", ""), data[section])
            wanted = wanted and name not in ignored
            if field.extra.get("advanced") and not self._advanced[section]:
                wanted = False
            self._forms[section].setRowVisible(field, wanted)


def _applies(when: str, values: dict[str, Any]) -> bool:
    if not when:
        return True
    name, _, wanted = when.partition("=")
    return str(values[name]) in wanted.split("|")
