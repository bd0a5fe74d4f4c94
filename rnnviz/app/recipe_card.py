"""One recipe of the start page: its picture, its title and a sentence, all in one button."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from rnnviz.contracts.shipped import shipped

# The pictures' height for their width.
_ASPECT = 112 / 248
_MARGIN = 12
# Lines of text, a title of two among them, that have room below the picture.
_LINES = 7.2


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


class Thumbnail(QWidget):
    """A picture as wide as it has room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = QPixmap()

    def show_picture(self, picture: QPixmap) -> None:
        """Another picture, drawn at any size."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.rect(), self._picture)
        painter.end()


class RecipeCard(QToolButton):
    """A click trains the recipe."""

    def __init__(self, recipe: RecipeLike, parent: QWidget) -> None:
        super().__init__(parent)
        self.recipe = recipe
        self.setObjectName(f"recipe_{recipe.name}")
        self.setAccessibleName(recipe.title)
        self.setAccessibleDescription(recipe.sentence)
        self.setToolTip(f"Train “{recipe.title}” now")
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN - 2)
        column.setSpacing(5)
        self.image = Thumbnail(self)
        column.addWidget(self.image)
        column.addWidget(self._words(recipe.title, "card_title"))
        column.addWidget(self._words(recipe.sentence, "muted"), 1)
        self.image.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def _words(self, text: str, role: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def use_width(self, width: int) -> None:
        """As wide as a column of the page; high enough for picture and words."""
        picture = round(max(0, width - 2 * _MARGIN) * _ASPECT)
        self.image.setFixedHeight(picture)
        self.setFixedSize(
            width, picture + 2 * _MARGIN + round(_LINES * self.fontMetrics().lineSpacing())
        )

    def show_theme(self, dark: bool) -> None:
        """The picture that suits the theme."""
        name = f"{self.recipe.name}-{'dark' if dark else 'light'}.png"
        self.image.show_picture(QPixmap(str(shipped("resources") / "pictures" / name)))
