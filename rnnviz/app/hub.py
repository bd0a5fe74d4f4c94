"""The one selection that all views share, and the one time window: who points where, told to
everybody.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from PySide6.QtCore import QObject, Signal

from rnnviz.contracts.selection import Selection

_NAMES = {f.name for f in fields(Selection)}


class SelectionHub(QObject):
    """Click selects, hover shows for the moment. `current` is the selection with the hover laid
    over it.
    """

    selected = Signal(object)
    hovered = Signal(object)
    window_moved = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selection_hub")
        self.selection = Selection()
        self.window: tuple[float, float] | None = None
        self._hover: dict[str, Any] = {}

    @property
    def current(self) -> Selection:
        """What views draw: the pointed-at where the pointer is, else the chosen."""
        return self.selection.updated(**self._hover)

    def select(self, changes: dict[str, Any]) -> None:
        """Choose; unknown names are ignored so that a view may say more than is shared."""
        new = self.selection.updated(**_known(changes))
        if new != self.selection:
            self.selection = new
            self.selected.emit(new)

    def hover(self, changes: dict[str, Any]) -> None:
        """Point for the moment."""
        known = _known(changes)
        if known != self._hover:
            self._hover = known
            self.hovered.emit(self.current)

    def leave(self) -> None:
        """The pointer left: back to the chosen."""
        self.hover({})

    def clear(self) -> None:
        """Forget the selection."""
        self._hover = {}
        self.selection = Selection()
        self.selected.emit(self.selection)

    def unselect(self) -> bool:
        """Let go of all that is chosen but the step looked at; False when nothing was."""
        bare = Selection(step=self.selection.step)
        if self.selection == bare:
            return False
        self._hover, self.selection = {}, bare
        self.selected.emit(bare)
        return True

    def move_window(self, window: tuple[float, float] | None, source: object) -> None:
        """The visible range of the time axis changed in `source` (which need not be told)."""
        if window != self.window:
            self.window = window
            self.window_moved.emit(window, source)


def _known(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name in _NAMES}
