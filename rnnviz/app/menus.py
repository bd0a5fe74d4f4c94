"""The menu bar as a table: every command with its name, keys and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu


@dataclass(frozen=True)
class Command:
    """One menu entry. `keys` as Qt writes them, `also` a second one; `group` makes entries exclude
    one another.
    """

    name: str
    text: str
    run: Callable[[], object]
    keys: str | QKeySequence.StandardKey = ""
    tip: str = ""
    group: str = ""
    checked: bool = False
    also: str = ""


def fill(window: QMainWindow, menu: QMenu, commands: list[Command | None]) -> dict[str, QAction]:
    """Add the commands to a menu (None draws a line) and return the actions by name."""
    made: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for command in commands:
        if command is None:
            menu.addSeparator()
            continue
        action = QAction(command.text, window)
        action.setObjectName(f"action_{command.name}")
        action.setProperty("menu", menu.title().replace("&", ""))
        action.setToolTip(command.tip or command.text.replace("&", ""))
        if command.keys:
            action.setShortcuts([QKeySequence(k) for k in (command.keys, command.also) if k])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if command.group:
            group = groups.setdefault(command.group, QActionGroup(window))
            action.setCheckable(True)
            action.setChecked(command.checked)
            group.addAction(action)
        action.triggered.connect(command.run)
        menu.addAction(action)
        window.addAction(action)
        made[command.name] = action
    return made
