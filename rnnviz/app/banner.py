"""One message above the views: what happened and what to do. Never modal."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from rnnviz.app.icons import icon


class Banner(QFrame):
    """Shows the newest message until it is closed, acted upon or old."""

    action = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.text = QLabel("", self)
        self.text.setObjectName("banner_text")
        self.text.setWordWrap(True)
        self.text.setAccessibleName("Message")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton("", self)
        self.button.setObjectName("banner_action")
        self.button.setAccessibleName("Do what the message offers")
        self.button.setToolTip("Do what the message offers")
        self.dismiss = QToolButton(self)
        self.dismiss.setObjectName("banner_close")
        self.dismiss.setAccessibleName("Close message")
        self.dismiss.setToolTip("Close this message")
        self.dismiss.setIcon(icon("close"))
        self.dismiss.setAutoRaise(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.dismiss)
        self._name = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.dismiss.clicked.connect(self.hide)
        self.button.clicked.connect(self._act)
        self.hide()

    def refresh_icons(self) -> None:
        """Draw the icon again in the theme's colours."""
        self.dismiss.setIcon(icon("close"))

    def say(
        self,
        message: str,
        action: str = "",
        title: str = "",
        kind: str = "warning",
        seconds: float = 0,
    ) -> None:
        """Show `message`; with `action` also a button called `title` that emits its name."""
        self._timer.stop()
        self._name = action
        self.text.setText(message)
        self.button.setText(title)
        self.button.setVisible(bool(action))
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        if seconds:
            self._timer.start(round(1000 * seconds))

    def tell(self, message: str) -> None:
        """Good news."""
        self.say(message, kind="good", seconds=8)

    def warn(self, message: str) -> None:
        """Something to know, unless a message waits for an answer."""
        if self.button.isVisible():
            return
        self.say(message, kind="warning", seconds=20)

    def follow(self, progress: str) -> None:
        """How far a long export is, unless another message waits for an answer."""
        if self.button.isVisible() and self._name != "cancel_export":
            return
        self.say(progress, "cancel_export", "Cancel", kind="good")

    def fail(self, message: str) -> None:
        """Something went wrong."""
        self.say(message, kind="bad")

    def _act(self) -> None:
        self.hide()
        self.action.emit(self._name)
