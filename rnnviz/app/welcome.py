"""The start page: recipes with a picture and a sentence, recent runs, recent corpora."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz import __version__
from rnnviz.contracts.shipped import shipped

PICTURE = QSize(248, 112)


class RecipeLike(Protocol):
    """What a card needs to know of a recipe."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def group(self) -> str: ...


def _shelves(recipes: Sequence[RecipeLike]) -> list[tuple[str, list[RecipeLike]]]:
    """Recipes by group in the order in which the groups first come; those to start with, without
    a heading, first.
    """
    found: dict[str, list[RecipeLike]] = {"": []}
    for recipe in recipes:
        found.setdefault(recipe.group, []).append(recipe)
    return [(heading, shelf) for heading, shelf in found.items() if shelf]


class RecipeCard(QToolButton):
    """One recipe: a click trains it."""

    def __init__(self, recipe: RecipeLike, parent: QWidget) -> None:
        super().__init__(parent)
        self.recipe = recipe
        self.setObjectName(f"recipe_{recipe.name}")
        self.setAccessibleName(recipe.title)
        self.setAccessibleDescription(recipe.sentence)
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(272, 228)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        column.setSpacing(5)
        self.image = QLabel(self)
        self.image.setFixedSize(PICTURE)
        column.addWidget(self.image)
        title = QLabel(recipe.title, self)
        title.setProperty("role", "card_title")
        title.setWordWrap(True)
        column.addWidget(title)
        sentence = QLabel(recipe.sentence, self)
        sentence.setWordWrap(True)
        sentence.setProperty("role", "muted")
        sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(sentence, 1)
        for child in (self.image, title, sentence):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_theme(self, dark: bool) -> None:
        """The picture that suits the theme."""
        name = f"{self.recipe.name}-{'dark' if dark else 'light'}.png"
        picture = QPixmap(str(shipped("resources") / "pictures" / name))
        if not picture.isNull():
            scaled = picture.scaled(
                PICTURE * 2,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            scaled.setDevicePixelRatio(2.0)
            self.image.setPixmap(scaled)


class WelcomePage(QWidget):
    """What a newcomer sees first."""

    recipe_chosen = Signal(str)
    run_chosen = Signal(str)
    corpus_chosen = Signal(str)
    open_wanted = Signal()
    runs_wanted = Signal()

    def __init__(self, recipes: Sequence[RecipeLike], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        inside = QWidget(self)
        inside.setObjectName("welcome_inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(36, 28, 36, 28)
        column.setSpacing(10)
        title = QLabel("Watch a recurrent network learn", inside)
        title.setProperty("role", "display")
        column.addWidget(title)
        lead = QLabel(
            "Click a recipe: it trains at once, and every view fills while it learns. "
            "Or drop a text of your own anywhere on this window.",
            inside,
        )
        lead.setProperty("role", "lead")
        lead.setWordWrap(True)
        column.addWidget(lead)
        column.addSpacing(6)
        self.cards: list[RecipeCard] = []
        self._grids = [self._shelf(column, *shelf) for shelf in _shelves(recipes)]
        column.addSpacing(10)
        self._lists = QHBoxLayout()
        self._lists.setSpacing(40)
        column.addLayout(self._lists)
        column.addStretch(1)
        foot = QLabel(
            f"rnnviz {__version__}   ·   Ctrl+O opens a text, a folder, a recipe or a run"
            "   ·   Ctrl+K finds every command",
            inside,
        )
        foot.setProperty("role", "muted")
        foot.setWordWrap(True)
        column.addWidget(foot)
        self.loading = QLabel("PyTorch is loading…", inside)
        self.loading.setObjectName("loading")
        self.loading.setProperty("role", "muted")
        column.addWidget(self.loading)
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("welcome_scroll")
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self._columns = 0
        for card in self.cards:
            card.clicked.connect(self._on_card)
        self._place(4)

    def _shelf(
        self, column: QVBoxLayout, heading: str, recipes: Sequence[RecipeLike]
    ) -> tuple[QGridLayout, list[RecipeCard]]:
        """A heading, unless it is "", and the cards of these recipes under it."""
        if heading:
            label = QLabel(heading, column.parentWidget())
            label.setProperty("role", "heading")
            column.addSpacing(8)
            column.addWidget(label)
        cards = [RecipeCard(recipe, column.parentWidget()) for recipe in recipes]
        self.cards += cards
        grid = QGridLayout()
        grid.setSpacing(14)
        column.addLayout(grid)
        return grid, cards

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        before, self._columns = self._columns, columns
        for grid, cards in self._grids:
            for place in range(max(columns, before) + 1):
                grid.setColumnStretch(place, 0)
            for number, card in enumerate(cards):
                grid.addWidget(card, number // columns, number % columns)
            grid.setColumnStretch(columns, 1)

    def resizeEvent(self, event: object) -> None:
        self._place(max(1, (self.width() - 72) // 286))
        super().resizeEvent(event)  # type: ignore[arg-type]

    def show_theme(self, dark: bool) -> None:
        """Pictures that suit the theme."""
        for card in self.cards:
            card.show_theme(dark)

    def show_loaded(self) -> None:
        """PyTorch is there."""
        self.loading.setText("")

    def show_recent(self, runs: Sequence[str], corpora: Sequence[str]) -> None:
        """List what was open before."""
        while (item := self._lists.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        recent = self._list("Recent runs", runs, self._on_run)
        self._add_all_runs(recent)
        self._lists.addWidget(recent)
        self._lists.addWidget(self._list("Recent corpora", corpora, self._on_corpus))
        self._lists.addStretch(1)

    def _list(self, heading: str, paths: Sequence[str], slot: object) -> QWidget:
        box = QWidget(self)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        label = QLabel(heading, box)
        label.setProperty("role", "heading")
        column.addWidget(label)
        for number, path in enumerate(paths[:6]):
            there = path.startswith("sample:") or Path(path).exists()
            link = QPushButton(Path(path).name, box)
            link.setObjectName(f"{heading.split()[-1]}_{number}")
            link.setAccessibleName(f"Open {Path(path).name}")
            link.setProperty("role", "link")
            link.setProperty("path", path)
            link.setEnabled(there)
            link.setToolTip(path if there else f"{path} is no longer there")
            link.clicked.connect(slot)
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        if not paths:
            none = QLabel("none yet", box)
            none.setProperty("role", "muted")
            column.addWidget(none)
        column.addStretch(1)
        return box

    def _add_all_runs(self, box: QWidget) -> None:
        link = QPushButton("All runs…", box)
        link.setObjectName("all_runs")
        link.setProperty("role", "link")
        link.setToolTip("Every run with its state and loss: open, compare, delete (Ctrl+Shift+R)")
        link.clicked.connect(self.runs_wanted)
        column = box.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, link, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_card(self) -> None:
        card = self.sender()
        assert isinstance(card, RecipeCard)
        self.recipe_chosen.emit(card.recipe.name)

    def _on_run(self) -> None:
        self.run_chosen.emit(str(self.sender().property("path")))

    def _on_corpus(self) -> None:
        self.corpus_chosen.emit(str(self.sender().property("path")))
