"""The strip below the views: the text whose inside is shown, and what looking costs."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from rnnviz.app.config_field import spoken
from rnnviz.app.fitting_label import FittingLabel
from rnnviz.app.run_model import RunModel

READ = "The text that is read step by step in all views. Type your own."
RECORDED = "The text that was read while this run was recorded. Train it on to let it read another."
COSTS = (
    "Looking inside takes part of the time of training, never more than the budget allows.\n"
    "“fused = explicit” is the largest difference between the fast layers that train\n"
    "and the single steps that the views show: rounding and nothing else."
)
# The remark on a probe takes at most this part of the bar.
REMARK_SHARE = 3


def ago(seconds: float) -> str:
    """How long it is since something was heard: now, 12 s ago, 3 min ago."""
    if seconds < 2:
        return "now"
    return f"{seconds:.0f} s ago" if seconds < 90 else f"{seconds / 60:.0f} min ago"


class ProbeBar(QFrame):
    """The text whose inside is shown, and what looking costs."""

    probe_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probe_bar")
        self.line = _line(self)
        self.remark = QLabel("", self)
        self.remark.setObjectName("remark")
        self.remark.setProperty("role", "problem")
        self.remark.hide()
        self.remark.setAccessibleName("What of the probe cannot be read")
        self.cost = FittingLabel("cost", "Cost of looking", "  ·  ", self)
        self.cost.setProperty("role", "muted")
        self.live = QLabel("", self)
        self.live.setObjectName("live")
        self.live.setAccessibleName("Live or recorded")
        self.live.setToolTip("Whether the views follow the training or show a record of it")
        self._lay_out()
        # Translating while somebody types must not start a look for every letter.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(150)
        self._pause.timeout.connect(self._tell)
        self.line.textEdited.connect(self._on_typed)

    def _lay_out(self) -> None:
        label = QLabel("probe", self)
        label.setProperty("role", "muted")
        label.setBuddy(self.line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 4)
        layout.addWidget(label)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.remark)
        layout.addSpacing(12)
        layout.addWidget(self.cost)
        layout.addSpacing(12)
        layout.addWidget(self.live)

    def _on_typed(self) -> None:
        self._pause.start()

    def _tell(self) -> None:
        self.probe_changed.emit(self.line.text().replace("↵", "\n"))

    def show_text(self, text: str) -> None:
        """Put in a text unless the user is typing."""
        if not self.line.hasFocus():
            self.line.setText(text.replace("\n", "↵"))
            # A long one is read from its beginning.
            self.line.setCursorPosition(0)

    def show_run(self, run: RunModel, past: bool = False) -> None:
        """Say what looking costs and whether the pictures are live, or show the `past`."""
        pieces = []
        if run.cost is not None:
            pieces.append(f"looking costs {100 * run.cost.share:.1f} %")
            pieces.append(f"{run.cost.per_second:.1f} looks/s")
        if run.snapshot is not None:
            pieces.append(f"fused = explicit to {run.snapshot.tapped_difference:.0e}")
        if run.ready is not None:
            cores = "core" if run.ready.threads == 1 else "cores"
            pieces.append(f"{spoken(run.ready.device)}, {run.ready.threads} {cores}")
        self.cost.show_facts(pieces, COSTS)
        metrics, room = self.remark.fontMetrics(), self.width() // REMARK_SHARE
        self.remark.setText(metrics.elidedText(run.remark, Qt.TextElideMode.ElideRight, room))
        self.remark.setToolTip(run.remark)
        self.remark.setVisible(bool(run.remark))
        # Nothing can read another text while only a recording is shown.
        self.line.setReadOnly(run.read_only)
        self.line.setToolTip(RECORDED if run.read_only else READ)
        if past:
            self.live.setText("looking back")
            return
        if run.state == "watched":
            self.live.setText(f"Watching · {ago(time.monotonic() - run.grown_at)}")
            return
        words = {"training": "● live", "paused": "❚❚ paused", "recorded": "recorded run"}
        self.live.setText(words.get(run.state, run.state if run.state != "empty" else ""))


def _line(parent: QWidget) -> QLineEdit:
    line = QLineEdit(parent)
    line.setObjectName("probe")
    line.setAccessibleName("Probe text")
    line.setToolTip(READ)
    line.setMinimumWidth(240)
    line.setClearButtonEnabled(True)
    # A dropped file is to be opened by the window, not written into the line.
    line.setAcceptDrops(False)
    for button in line.findChildren(QToolButton):
        button.setObjectName("probe_clear")
        button.setAccessibleName("Clear the probe")
    return line
