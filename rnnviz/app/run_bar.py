"""The strip above the work: run controls, where the run stands, how long it will take."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from rnnviz.app.fitting_label import FittingLabel
from rnnviz.app.going_on import can_resume
from rnnviz.app.icons import icon
from rnnviz.app.run_model import RunModel
from rnnviz.contracts import fitting

STATES = {
    "watched": "read only: another process writes it",
    "lost": "its folder cannot be read",
}


def duration(seconds: float) -> str:
    """Seconds as people read them: 0:07, 12:30, 2:05:00."""
    if not math.isfinite(seconds) or seconds < 0:
        return "–"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _button(parent: QWidget, name: str, text: str, tip: str, symbol: str) -> QPushButton:
    button = QPushButton(icon(symbol), text, parent)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class RunBar(QFrame):
    """Train, pause, step, stop; where the run stands; how long it will take."""

    train = Signal()
    pause = Signal()
    step = Signal()
    stop = Signal()
    palette_wanted = Signal()
    home = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_bar")
        self.home_button = _button(
            self, "home", "Start page", "Recipes, corpora and recent runs", "home"
        )
        self.home_button.setText("")
        self.train_button = _button(self, "train", "Train", "Train or pause (Space)", "play")
        self.train_button.setProperty("role", "primary")
        self.step_button = _button(self, "step", "Step", "One optimizer step (F10)", "step")
        self.stop_button = _button(
            self, "stop", "Stop", "Save and end the run; while a corpus is read: cancel", "stop"
        )
        self.where = FittingLabel("where", "Where the run stands", " · ", self)
        self.where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = _progress(self)
        self.left = QLabel("", self)
        self.left.setObjectName("time_left")
        self.left.setAccessibleName("Time left")
        self.left.setToolTip("How much of the training is done, and how long the rest will take")
        self.commands = _button(self, "commands", "Commands  Ctrl+K", "Find any command", "search")
        self._lay_out()
        self._show_progress(0.0, "")
        self._training = self._anew = False
        self._preparing, self._prepared_from = "", 0.0
        self.train_button.clicked.connect(self._on_train)
        self.step_button.clicked.connect(self.step)
        self.stop_button.clicked.connect(self.stop)
        self.commands.clicked.connect(self.palette_wanted)
        self.home_button.clicked.connect(self.home)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        for widget in (self.home_button, self.train_button, self.step_button, self.stop_button):
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addWidget(self.where, 1)
        layout.addSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.left)
        layout.addWidget(self.commands)

    def _on_train(self) -> None:
        (self.pause if self._training else self.train).emit()

    def refresh_icons(self) -> None:
        """Draw the icons again in the theme's colours."""
        for button, name in (
            (self.home_button, "home"),
            (self.step_button, "step"),
            (self.stop_button, "stop"),
            (self.commands, "search"),
        ):
            button.setIcon(icon(name))
        # Else the bar beside it would move with every second.
        self.left.setMinimumWidth(self.left.fontMetrics().horizontalAdvance("100%  00:00 left"))
        self._paint_train()

    def _paint_train(self) -> None:
        going_on = "Train anew" if self._anew else "Train"
        self.train_button.setText("Pause" if self._training else going_on)
        self.train_button.setAccessibleName(self.train_button.text())
        ink = self.palette().highlightedText().color().name()
        self.train_button.setIcon(icon("pause" if self._training else "play", ink))

    def show_run(self, run: RunModel, stale: bool = False) -> None:
        """Say where the run stands; `stale`: the form asks for another network than this one."""
        self._training = run.state == "training"
        ended = run.state in ("lost", "stopped", "failed")
        ended = ended or (run.state == "recorded" and not can_resume(run))
        self._anew = run.step > 0 and (stale or ended)
        self._paint_train()
        can_train = run.state in (
            "training",
            "paused",
            "empty",
            "recorded",
            "lost",
            "finished",
            "stopped",
            "failed",
        )
        watched = run.state == "watched"
        self.train_button.setEnabled(can_train or (watched and stale))
        self.train_button.setToolTip(
            "Another process trains this run" if watched else "Train or pause (Space)"
        )
        self.step_button.setEnabled(run.state == "paused")
        self.stop_button.setEnabled(
            run.state == "preparing" or (run.state in ("training", "paused") and run.step > 0)
        )
        self.where.show_facts(self._status(run, stale))
        total = run.goal
        self._show_progress(run.step / total if total else 0.0, self._time_left(run, total))

    def show_preparation(self, what: str, fraction: float) -> None:
        """Progress of reading a corpus: what is done, how much of it, how long it will take yet."""
        now = time.monotonic()
        if what != self._preparing:
            self._preparing, self._prepared_from = what, now
        self.where.show_facts([f"<b>{what}</b>"])
        spent = now - self._prepared_from
        # Before a second has passed an estimate would only jump.
        more = (
            f"  {duration(spent * (1 - fraction) / fraction)} left"
            if spent > 1 and fraction
            else ""
        )
        self._show_progress(fraction, f"{fraction:.0%}{more}")
        self.stop_button.setEnabled(True)

    def _show_progress(self, share: float, words: str) -> None:
        """How much is done; before there is a run there is nothing to be seen."""
        self.bar.setValue(round(1000 * share))
        self.left.setText(words)
        for widget in (self.bar, self.left):
            widget.setVisible(bool(words))

    def _status(self, run: RunModel, stale: bool) -> list[str]:
        last = run.history.last()
        if last is None:
            return {
                "preparing": ["<b>preparing…</b>"],
                "paused": ["<b>untrained</b>", "ready to train"],
            }.get(run.state, [])
        # What matters most first: a narrow window cuts the end off.
        parts = [f"<b>step {last.step:,}</b>"]
        if run.state != "training":
            parts.append(STATES.get(run.state, run.state))
        if stale:
            parts.append("<b>settings changed</b>")
        parts += [] if math.isnan(last.epoch) else [f"epoch {last.epoch:.2f}"]
        unit = run.corpus.loss_unit if run.corpus else "nats"
        parts.append(f"{last.loss:.3f} {unit}")
        if unit == "nats":
            parts.append(f"perplexity {math.exp(min(last.loss, 50)):.3g}")
        if last.seconds > 0 and last.tokens > 0:
            corpus = run.corpus
            counted = fitting.asked(corpus.task, corpus.unit) if corpus else "tokens"
            parts.append(f"{last.tokens / last.seconds:,.0f} {counted}/s")
        return parts

    def _time_left(self, run: RunModel, total: int) -> str:
        last = run.history.last()
        if last is None or not total:
            return ""
        share = f"{last.step / total:.0%}"
        if last.step >= total or run.state != "training":
            return share
        recent = run.history.column("seconds")[-min(len(run.history), 200) :]
        per_step = (recent[-1] - recent[0]) / max(1, len(recent) - 1)
        return f"{share}  {duration(per_step * (total - last.step))} left"


def _progress(parent: QWidget) -> QProgressBar:
    bar = QProgressBar(parent)
    bar.setObjectName("progress")
    bar.setAccessibleName("Training progress")
    bar.setRange(0, 1000)
    bar.setTextVisible(False)
    bar.setMinimumWidth(60)
    bar.setMaximumWidth(170)
    return bar
