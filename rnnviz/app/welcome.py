"""The start page: what was open before, then recipes with a picture and a sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from rnnviz import __version__
from rnnviz.app.recent import Recent
from rnnviz.app.recipe_card import RecipeCard, RecipeLike

MARGIN, GAP = 36, 14
# Letters that a card has room for in a line; as many cards stand side by side as that allows.
LETTERS = 34


def _shelves(recipes: Sequence[RecipeLike]) -> list[tuple[str, list[RecipeLike]]]:
    """Recipes by group in the order in which the groups first come; those to start with, without
    a heading, first.
    """
    found: dict[str, list[RecipeLike]] = {"": []}
    for recipe in recipes:
        found.setdefault(recipe.group, []).append(recipe)
    return [(heading, shelf) for heading, shelf in found.items() if shelf]


class WelcomePage(QWidget):
    """What a newcomer sees first."""

    recipe_chosen = Signal(str)
    run_chosen = Signal(str)
    resume_chosen = Signal(str)
    corpus_chosen = Signal(str)
    runs_wanted = Signal()

    def __init__(self, recipes: Sequence[RecipeLike], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self._inside = QWidget(self)
        self._inside.setObjectName("welcome_inside")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(MARGIN, 24, MARGIN, 24)
        column.setSpacing(10)
        self.cards: list[RecipeCard] = []
        self.recent = Recent(self._inside)
        self._add_head(column)
        column.addWidget(self.recent)
        self._grids = [self._shelf(column, *shelf) for shelf in _shelves(recipes)]
        column.addStretch(1)
        self._add_foot(column)
        self._scroll = _scrolled(self._inside, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self._connect()

    def _add_head(self, column: QVBoxLayout) -> None:
        column.addWidget(self._words("Watch a recurrent network learn", "display"))
        lead = (
            "Click a recipe: it trains at once, and every view fills while it learns. "
            "Or drop a text of your own anywhere on this window."
        )
        column.addWidget(self._words(lead, "lead"))

    def _add_foot(self, column: QVBoxLayout) -> None:
        foot = (
            f"rnnviz {__version__}   ·   Ctrl+O opens a text, a folder, a recipe or a run"
            "   ·   Ctrl+K finds every command"
        )
        column.addSpacing(10)
        column.addWidget(self._words(foot, "muted"))
        self.loading = self._words("PyTorch is loading…", "muted")
        self.loading.setObjectName("loading")
        column.addWidget(self.loading)

    def _words(self, text: str, role: str) -> QLabel:
        label = QLabel(text, self._inside)
        label.setProperty("role", role)
        label.setWordWrap(True)
        return label

    def _connect(self) -> None:
        self.recent.run_chosen.connect(self.run_chosen)
        self.recent.resume_chosen.connect(self.resume_chosen)
        self.recent.corpus_chosen.connect(self.corpus_chosen)
        self.recent.runs_wanted.connect(self.runs_wanted)
        for card in self.cards:
            card.clicked.connect(self._on_card)

    def _shelf(
        self, column: QVBoxLayout, heading: str, recipes: Sequence[RecipeLike]
    ) -> tuple[QGridLayout, list[RecipeCard]]:
        """A heading, unless it is "", and the cards of these recipes under it."""
        if heading:
            column.addSpacing(8)
            column.addWidget(self._words(heading, "heading"))
        cards = [RecipeCard(recipe, self._inside) for recipe in recipes]
        self.cards += cards
        grid = QGridLayout()
        grid.setSpacing(GAP)
        column.addLayout(grid)
        return grid, cards

    def _place(self) -> None:
        """As many columns as cards fit side by side; together they fill the page's width."""
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        room = self.width() - 2 * MARGIN - bar + GAP
        least = LETTERS * self.fontMetrics().averageCharWidth() + GAP
        columns = max(1, room // least)
        self.recent.use_columns(columns)
        for grid, cards in self._grids:
            for number, card in enumerate(cards):
                card.use_width(max(least, room // columns) - GAP)
                grid.addWidget(card, number // columns, number % columns)
            for place in range(max(grid.columnCount(), columns) + 1):
                grid.setColumnStretch(place, 1 if place == columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def show_theme(self, dark: bool) -> None:
        """Pictures that suit the theme."""
        for card in self.cards:
            card.show_theme(dark)
        self._place()

    def show_loaded(self) -> None:
        """PyTorch is there."""
        self.loading.hide()

    def show_recent(self, runs: Sequence[str], corpora: Sequence[str]) -> None:
        """List what was open before."""
        self.recent.show_paths(runs, corpora)

    def _on_card(self) -> None:
        card = self.sender()
        assert isinstance(card, RecipeCard)
        self.recipe_chosen.emit(card.recipe.name)


def _scrolled(inside: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setObjectName("welcome_scroll")
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
