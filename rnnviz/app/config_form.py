"""The form for a `RunConfig`, made from the fields themselves: a new field appears here by
itself.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from rnnviz.app.config_field import Field
from rnnviz.app.icons import icon
from rnnviz.contracts import fitting
from rnnviz.contracts.config import RunConfig

TITLES = {"task": "Corpus", "model": "Network", "training": "Training", "look": "Looking"}
HIDDEN = {"task.corpus", "look.probe", "look.sample_prompts"}
# What pydantic calls a text that is no number.
NO_NUMBER = {
    "float_parsing": "Not a number: write one like 0.5.",
    "int_parsing": "Not a whole number: write one like 20.",
    "int_from_float": "Not a whole number: write one like 20.",
}


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
        button.setToolTip(f"Further options of this section: {TITLES[section].lower()}")
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
                self.fields[name].show_problem(_said(item["type"], item["msg"]))

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


def _said(kind: str, message: str) -> str:
    """What pydantic found, as a sentence for the field."""
    if kind in NO_NUMBER:
        return NO_NUMBER[kind]
    if message.startswith("Input should be "):
        return f"Must be {message.removeprefix('Input should be ')}."
    return message.removeprefix("Value error, ")


def _applies(when: str, values: dict[str, Any]) -> bool:
    if not when:
        return True
    name, _, wanted = when.partition("=")
    return str(values[name]) in wanted.split("|")
