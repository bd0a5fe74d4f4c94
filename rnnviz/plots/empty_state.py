"""What stands in place of a picture that has nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from rnnviz.plots.colour import Colours
from rnnviz.plots.typography import Fonts


class EmptyState(QWidget):
    """A calm sentence in the middle: what would fill this picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("emptyPicture")
        self._label = QLabel(self)
        self._label.setObjectName("emptyPictureMessage")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.addWidget(self._label)

    def say(self, message: str) -> None:
        """Show a sentence."""
        self._label.setText(message)
        self._label.setAccessibleName(message)

    def set_style(self, theme: Colours, fonts: Fonts) -> None:
        """Take colours and fonts."""
        self._label.setFont(fonts.text)
        palette = self._label.palette()
        palette.setColor(self._label.foregroundRole(), theme("muted"))
        self._label.setPalette(palette)
