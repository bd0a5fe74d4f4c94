"""Asks where to, which format and size; writing is done by `export`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from rnnviz.app.number_box import NumberBox

FORMATS = {
    "svg": "SVG — vectors, for slides and the web",
    "pdf": "PDF — vectors, for papers",
    "png": "PNG — pixels",
    "csv": "CSV — the numbers behind the picture, as text",
    "npz": "NPZ — the numbers behind the picture, for NumPy",
}

VECTORS, NUMBERS = ("svg", "pdf"), ("csv", "npz")

ANIMATIONS = {
    "gif": "GIF — an animation over the recorded steps",
    "mp4": "MP4 — the same as a film",
    "pngs": "PNG frames — the same as a folder of pictures",
}


@dataclass(frozen=True)
class ExportWish:
    """What to write: one view to `path`, or all views into the folder `path`. Sizes in inches.

    first, last  steps between which an animation plays, `last` None: to the end
    """

    path: Path
    suffix: str
    theme: str
    width: float
    height: float
    dpi: int
    first: int = 0
    last: int | None = None
    fps: float = 12.0


class ExportDialog(QDialog):
    """One form for a view (`name`) or for all views (`name` empty). `steps` have been trained."""

    def __init__(self, name: str, folder: str, theme: str, parent: QWidget, steps: int = 0) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle(f"Export {name}" if name else "Export all views")
        self._name = name
        self.format = QComboBox(self)
        for suffix, text in (FORMATS | (ANIMATIONS if name else {})).items():
            self.format.addItem(text, suffix)
        self.target = QLineEdit(self)
        self.browse = QPushButton("Choose…", self)
        self.theme = QComboBox(self)
        self.theme.addItems(["light", "dark"])
        self.theme.setCurrentText(theme)
        self.width_box = _inches(self, 9.0)
        self.height_box = _inches(self, 0.0)
        self.height_box.setSpecialValueText("automatic")
        self.dpi = QSpinBox(self)
        self.dpi.setRange(30, 1200)
        self.dpi.setValue(200)
        self.first, self.last = _steps(self, steps), _steps(self, steps)
        self.last.setValue(steps)
        self.fps = NumberBox(self)
        self.fps.setRange(0.2, 50.0)
        self.fps.setDecimals(1)
        self.fps.setValue(12.0)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._names()
        self._lay_out()
        start = Path(folder or Path.home())
        self.target.setText(str(start / f"{name}.svg" if name else start / "rnnviz-views"))
        self.format.currentIndexChanged.connect(self._on_format)
        self.browse.clicked.connect(self._on_browse)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _names(self) -> None:
        for control, name, title in (
            (self.format, "export_format", "Format"),
            (self.target, "export_target", "Where to; an ending such as .pdf chooses the format"),
            (self.browse, "export_browse", "Choose where to"),
            (self.theme, "export_theme", "Colours"),
            (self.width_box, "export_width", "Width in inches; text keeps its size"),
            (self.height_box, "export_height", "Height in inches; 0 makes it as high as needed"),
            (self.dpi, "export_dpi", "Pixels per inch"),
            (self.first, "export_first", "First step of the animation"),
            (self.last, "export_last", "Last step of the animation"),
            (self.fps, "export_fps", "Frames per second"),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title.split(";")[0])
            control.setToolTip(title)

    def _lay_out(self) -> None:
        where = QHBoxLayout()
        where.addWidget(self.target, 1)
        where.addWidget(self.browse)
        form = QFormLayout(self)
        form.addRow("Format", self.format)
        form.addRow("Save as" if self._name else "Into folder", where)
        form.addRow("Colours", self.theme)
        form.addRow("Width", self.width_box)
        form.addRow("Height", self.height_box)
        form.addRow("Pixels per inch", self.dpi)
        form.addRow("From step", self.first)
        form.addRow("To step", self.last)
        form.addRow("Frames per second", self.fps)
        form.addRow(self.buttons)
        self._form = form
        self._show_rows("svg")

    def _show_rows(self, chosen: str) -> None:
        """Ask only what matters for this format."""
        drawn = chosen not in NUMBERS
        for boxes, shown in (
            ((self.theme, self.width_box, self.height_box), drawn),
            ((self.dpi,), drawn and chosen not in VECTORS),
            ((self.first, self.last, self.fps), chosen in ANIMATIONS),
        ):
            for box in boxes:
                self._form.setRowVisible(box, shown)
        self.adjustSize()
        self.resize(560, self.height())

    def _on_format(self) -> None:
        chosen = str(self.format.currentData())
        self._show_rows(chosen)
        if self._name:
            suffix = "" if chosen == "pngs" else f".{chosen}"
            self.target.setText(str(Path(self.target.text()).with_suffix(suffix)))

    def _on_browse(self) -> None:
        if self._name:
            chosen, _ = QFileDialog.getSaveFileName(self, "Export", self.target.text())
        else:
            chosen = QFileDialog.getExistingDirectory(self, "Export all views", self.target.text())
        if chosen:
            self.target.setText(chosen)

    def wish(self) -> ExportWish:
        """What was asked for. A suffix typed by hand counts more than the list."""
        path = Path(self.target.text()).expanduser()
        suffix = str(self.format.currentData())
        if self._name and path.suffix[1:] in FORMATS | ANIMATIONS:
            suffix = path.suffix[1:]
        elif self._name and suffix != "pngs":
            path = path.with_name(f"{path.name}.{suffix}")
        return ExportWish(
            path,
            suffix,
            self.theme.currentText(),
            self.width_box.value(),
            self.height_box.value(),
            self.dpi.value(),
            self.first.value(),
            None if self.last.value() == self.last.maximum() else self.last.value(),
            self.fps.value(),
        )


def _steps(parent: QWidget, most: int) -> QSpinBox:
    box = QSpinBox(parent)
    box.setRange(0, most)
    box.setGroupSeparatorShown(True)
    return box


def _inches(parent: QWidget, value: float) -> NumberBox:
    box = NumberBox(parent)
    box.setRange(0.0, 60.0)
    box.setDecimals(1)
    box.setSingleStep(0.5)
    box.setSuffix(" in")
    box.setValue(value)
    return box
