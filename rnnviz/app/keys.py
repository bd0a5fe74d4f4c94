"""Moving the selection with the keyboard."""

from __future__ import annotations

from rnnviz.app.hub import SelectionHub
from rnnviz.app.run_model import RunModel


class Navigator:
    """Steps through time, units and layers of what is shown, stopping at the ends."""

    def __init__(self, hub: SelectionHub, run: RunModel) -> None:
        self._hub, self._run = hub, run

    def move(self, name: str, by: int) -> None:
        """Move `time`, `unit` or `layer` by `by`; begins in the middle when nothing is chosen."""
        size = self._size(name)
        if not size:
            return
        now = getattr(self._hub.selection, name)
        new = size // 2 if now is None else min(size - 1, max(0, now + by))
        self._hub.select({name: new})

    def _size(self, name: str) -> int:
        snapshot = self._run.snapshot
        if snapshot is None:
            return 0
        if name == "time":
            return len(snapshot.tokens.input)
        chosen = self._hub.selection.part
        parts = {part.name: part for part in snapshot.structure.parts}
        part = parts.get(chosen, snapshot.structure.parts[0])
        return part.hidden_size if name == "unit" else part.layers
