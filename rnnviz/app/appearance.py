"""How the window looks: theme, size of type, letters of formulas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from rnnviz.app import theme
from rnnviz.app.settings import Settings
from rnnviz.app.workspace import Workspace

SMALLEST, LARGEST = 0.7, 2.5


def dress(settings: Settings) -> str:
    """Dress the application as remembered; the theme it has then. To be done before the window is
    made: widgets that exist when the first style sheet is set keep the font they were made with.
    """
    chosen = theme.resolved(settings.theme)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, chosen, settings.font_scale)
    return chosen


class Appearance:
    """Applies and remembers choices of appearance; `dressed` is called when the colours changed."""

    def __init__(
        self, settings: Settings, workspace: Workspace, dressed: Callable[[], None]
    ) -> None:
        self._settings, self._workspace, self._dressed = settings, workspace, dressed
        self.theme = theme.resolved(settings.theme)

    def use_theme(self, choice: str) -> None:
        """light, dark, contrast, or system."""
        self._settings.theme = choice
        self.theme = dress(self._settings)
        for host in self._workspace.hosts.values():
            host.painter.set_theme(self.theme)
            host.ask()
        self._workspace.refresh_icons()
        self._dressed()

    def scale_font(self, factor: float) -> None:
        """Larger or smaller type everywhere; 0 returns to normal."""
        scale = self._settings.font_scale * factor if factor else 1.0
        self._settings.font_scale = min(LARGEST, max(SMALLEST, scale))
        self.use_theme(self._settings.theme)

    def use_notation(self, name: str) -> None:
        """The letters of formulas."""
        self._settings.notation = name
        self._workspace.tell({"snapshot", "selection"})
