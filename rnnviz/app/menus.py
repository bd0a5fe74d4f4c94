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
    one another, `under` names the submenu where it stands.
    """

    name: str
    text: str
    run: Callable[[], object]
    keys: str | QKeySequence.StandardKey = ""
    tip: str = ""
    group: str = ""
    checked: bool = False
    also: str = ""
    under: str = ""


def fill(window: QMainWindow, menu: QMenu, commands: list[Command | None]) -> dict[str, QAction]:
    """Add the commands to a menu (None draws a line) and return the actions by name."""
    made: dict[str, QAction] = {}
    below: dict[str, QMenu] = {}
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
        _place(menu, below, command.under).addAction(action)
        window.addAction(action)
        made[command.name] = action
    return made


def _place(menu: QMenu, below: dict[str, QMenu], under: str) -> QMenu:
    """The menu itself or its submenu called `under`, made where it is first wanted."""
    if not under:
        return menu
    if under not in below:
        below[under] = menu.addMenu(under)
        below[under].setObjectName(f"{menu.objectName()}_{under.replace('&', '').lower()}")
        below[under].setToolTipsVisible(True)
    return below[under]
