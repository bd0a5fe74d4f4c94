"""The strip under a comparison: one step for all runs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from rnnviz.app.compare_model import Comparison
from rnnviz.app.timeline_bar import TimelineBar
from rnnviz.contracts.history import History


class CompareTimeline(QFrame):
    """The bar goes over the steps of the longest run; the others stop where they end."""

    def __init__(self, model: Comparison, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self._model = model
        self.bar = TimelineBar(self)
        self.where = QLabel("", self)
        self.where.setObjectName("timeline_where")
        self.where.setAccessibleName("Step looked at")
        self.where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.where.setMinimumWidth(110)
        self.newest = QPushButton("Newest", self)
        self.newest.setObjectName("compare_newest")
        self.newest.setToolTip("The newest of every run again (Esc)")
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 2, 8, 2)
        line.addWidget(self.bar, 1)
        line.addWidget(self.where)
        line.addWidget(self.newest)
        self.bar.dragged.connect(model.go)
        self.newest.clicked.connect(self._on_newest)
        model.changed.connect(self._on_news)
        self._on_news({"history"})

    def set_theme(self, theme: str) -> None:
        """Colours."""
        self.bar.set_theme(theme)

    def _on_newest(self) -> None:
        self._model.go(None)

    def _on_news(self, news: set[str]) -> None:
        if news & {"history", "snapshot"}:
            history = self._model.longest.scene.history or History()
            self.bar.show_run(history, self._model.contents(), ())
        step = self._model.step
        self.bar.show_step(step)
        self.newest.setEnabled(step is not None)
        self.where.setText("newest of each" if step is None else f"step {step:,}")
