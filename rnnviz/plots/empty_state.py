"""What stands in place of a picture that has nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from rnnviz.plots.colour import Colours
from rnnviz.plots.typography import Fonts


class EmptyState(QWidget):
    """A calm sentence in the middle: what would fill this picture, and a button that does it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("emptyPicture")
        self._label = QLabel(self)
        self._label.setObjectName("emptyPictureMessage")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self)
        self.button.setAccessibleName("Fill this view")
        self.button.setObjectName("emptyPictureAction")
        self.button.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(14)
        box.addStretch(1)
        box.addWidget(self._label)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)

    def say(self, message: str) -> None:
        """Show a sentence."""
        self._label.setText(message)
        self._label.setAccessibleName(message)

    def offer(self, text: str) -> None:
        """Show a button, or none."""
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.setVisible(bool(text))

    def set_style(self, theme: Colours, fonts: Fonts) -> None:
        """Take colours and fonts."""
        self._label.setFont(fonts.text)
        palette = self._label.palette()
        palette.setColor(self._label.foregroundRole(), theme("muted"))
        self._label.setPalette(palette)
