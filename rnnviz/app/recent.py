"""Where one goes on: the runs and corpora opened before, at the head of the start page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

_STAMPED = re.compile(r"(\d{8}-\d{6})-(.+)")
MOST_CORPORA = 5


def run_words(path: str) -> tuple[str, str]:
    """What a run's folder says of it without being opened: its name and when it was begun."""
    found = _STAMPED.fullmatch(Path(path).name)
    if found is None:
        return Path(path).name, f"in {Path(path).parent.name}"
    try:
        begun = datetime.strptime(found[1], "%Y%m%d-%H%M%S").strftime("%Y-%m-%d %H:%M")
    except ValueError:
        begun = ""
    words = found[2].replace("-", " ")
    return words[:1].upper() + words[1:], begun


class RunCard(QToolButton):
    """One run opened before; a click opens it."""

    def __init__(self, number: int, path: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.path = path
        name, begun = run_words(path)
        there = Path(path).exists()
        self.setObjectName(f"runs_{number}")
        self.setAccessibleName(f"Open the run {name}")
        self.setToolTip(path if there else f"{path} is no longer there")
        self.setEnabled(there)
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        for text, role in ((name, "card_line"), (begun if there else "no longer there", "muted")):
            label = QLabel(text, self)
            label.setProperty("role", role)
            label.setEnabled(there)
            label.setMinimumWidth(20)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())


class Recent(QWidget):
    """A row of runs, the newest first, and links to more; hidden before there is anything.

    run_chosen, resume_chosen  the folder of a run: to be looked at, to be trained on
    corpus_chosen              a path
    """

    run_chosen = Signal(str)
    resume_chosen = Signal(str)
    corpus_chosen = Signal(str)
    runs_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recent")
        self.cards: list[RunCard] = []
        self._columns = 4
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(6)
        heading = QLabel("Go on", self)
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        self._row = QGridLayout()
        self._row.setSpacing(14)
        column.addLayout(self._row)
        self._links = QHBoxLayout()
        self._links.setSpacing(18)
        column.addLayout(self._links)

    def show_paths(self, runs: Sequence[str], corpora: Sequence[str]) -> None:
        """List what was open before."""
        self.setVisible(bool(runs or corpora))
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = [RunCard(number, path, self) for number, path in enumerate(runs[:8])]
        for card in self.cards:
            card.clicked.connect(self._on_card)
        self._link_up(runs, corpora)
        self.use_columns(self._columns)

    def use_columns(self, columns: int) -> None:
        """As many runs as the page has columns, each as wide as one."""
        self._columns = columns
        for place in range(max(columns, self._row.columnCount())):
            self._row.setColumnStretch(place, 1 if place < columns else 0)
        for number, card in enumerate(self.cards):
            self._row.addWidget(card, 0, number)
            card.setVisible(number < columns)

    def _link_up(self, runs: Sequence[str], corpora: Sequence[str]) -> None:
        while (item := self._links.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        newest = next((card for card in self.cards if card.isEnabled()), None)
        if newest is not None:
            self._add_link("continue_newest", "Continue the newest", newest.toolTip(), self._on_on)
        self._add_link("all_runs", "All runs…", ALL_RUNS, self.runs_wanted.emit)
        if corpora:
            label = QLabel("Corpora:", self)
            label.setProperty("role", "muted")
            self._links.addWidget(label)
        for number, path in enumerate(corpora[:MOST_CORPORA]):
            link = self._add_link(f"corpora_{number}", Path(path).name, path, self._on_corpus)
            link.setProperty("path", path)
            link.setEnabled(path.startswith("sample:") or Path(path).exists())
        self._links.addStretch(1)

    def _add_link(self, name: str, text: str, tip: str, slot: Callable[[], object]) -> QPushButton:
        link = QPushButton(text, self)
        link.setObjectName(name)
        link.setAccessibleName(text)
        link.setProperty("role", "link")
        link.setToolTip(tip)
        link.clicked.connect(slot)
        self._links.addWidget(link)
        return link

    def _on_card(self) -> None:
        card = self.sender()
        assert isinstance(card, RunCard)
        self.run_chosen.emit(card.path)

    def _on_on(self) -> None:
        newest = next(card for card in self.cards if card.isEnabled())
        self.resume_chosen.emit(newest.path)

    def _on_corpus(self) -> None:
        self.corpus_chosen.emit(str(self.sender().property("path")))


ALL_RUNS = "Every run with its state and loss: open, compare, delete (Ctrl+Shift+R)"
