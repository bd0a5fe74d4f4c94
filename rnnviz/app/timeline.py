"""The strip under the views that goes through the run's record: play, speed, the bar over all
steps, where one stands, and back to the newest.
"""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from rnnviz.app.icons import icon
from rnnviz.app.milestones import milestones
from rnnviz.app.run_model import RunModel
from rnnviz.app.time_travel import SPEEDS, TimeTravel
from rnnviz.app.timeline_bar import TimelineBar
from rnnviz.tracks.caption import plural

# Ticks and loss move on this often; more would only be unrest.
SECONDS = 0.5


class Timeline(QFrame):
    """Shows a `TimeTravel` and tells it where to go."""

    def __init__(self, travel: TimeTravel, run: RunModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self._travel, self._run = travel, run
        self._drawn_at, self._theme = 0.0, "light"
        self.play = QPushButton("", self)
        self.play.setObjectName("timeline_play")
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed = QComboBox(self)
        self.speed.setObjectName("timeline_speed")
        self.speed.setAccessibleName("Snapshots a second")
        self.speed.setToolTip("How many recorded snapshots are played in a second")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.addItems(list(SPEEDS))
        self.speed.setCurrentText(travel.speed)
        self.bar = TimelineBar(self)
        self.where = QLabel("", self)
        self.where.setObjectName("timeline_where")
        self.where.setAccessibleName("Step looked at")
        self.where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.live = QPushButton("Live", self)
        self.live.setObjectName("timeline_live")
        self.live.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.play.clicked.connect(travel.toggle_play)
        self.speed.currentTextChanged.connect(travel.set_speed)
        self.bar.dragged.connect(self._on_dragged)
        self.bar.released.connect(self._redraw)
        self.live.clicked.connect(travel.live)
        travel.moved.connect(self._on_moved)
        self._on_moved()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(6)
        for widget in (self.play, self.speed):
            layout.addWidget(widget)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.where)
        layout.addWidget(self.live)

    def refresh(self) -> None:
        """The run has gone on."""
        if time.monotonic() - self._drawn_at >= SECONDS:
            self._redraw()

    def set_theme(self, theme: str) -> None:
        """Icons and colours of light, dark or contrast."""
        self._theme = theme
        self.bar.set_theme(theme)
        self._paint_play()

    def _redraw(self) -> None:
        self._drawn_at = time.monotonic()
        run, contents = self._run, self._travel.contents
        self.bar.show_run(run.history, contents, milestones(run.history, run.samples, contents))
        self._say()

    def _on_dragged(self, step: int) -> None:
        self._travel.stop()
        self._travel.go(step)

    def _on_moved(self) -> None:
        self.bar.show_step(self._travel.step)
        past = self._travel.step is not None
        if self.property("past") != past:
            self.setProperty("past", past)
            for widget in (self, self.where):
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self._paint_play()
        self._say()

    def _paint_play(self) -> None:
        playing = self._travel.playing
        self.play.setIcon(icon("pause" if playing else "replay"))
        text = "Rest here (P)" if playing else "Play the recorded snapshots (P)"
        self.play.setToolTip(text)
        self.play.setAccessibleName(text)

    def _say(self) -> None:
        going_on = self._run.grows
        self.live.setText("Live" if going_on else "Newest")
        self.live.setToolTip("Follow the newest step again (End)")
        self.live.setEnabled(self._travel.step is not None)
        self.play.setEnabled(bool(self._travel.contents.stops))
        self.where.setText(self._words())

    def _words(self) -> str:
        step, last = self._travel.step, self._travel.last
        if step is None:
            count = len(self._travel.contents.steps)
            return f"{plural(count, 'snapshot')} recorded" if count else "nothing recorded yet"
        text = f"step {step:,} of {last:,}"
        going_on = self._run.state in ("training", "watched")
        return f"{text} · training goes on" if going_on else text
