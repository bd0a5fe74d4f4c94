"""The window's named layouts as data, and how a tree of docks is put together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow


@dataclass(frozen=True)
class Tabs:
    """Docks on top of one another, the first in front. `size` is the weight beside its
    neighbours.
    """

    names: tuple[str, ...]
    size: int = 100


@dataclass(frozen=True)
class Row:
    """Side by side."""

    children: tuple[Tabs | Row | Column, ...]
    size: int = 100


@dataclass(frozen=True)
class Column:
    """One above the other."""

    children: tuple[Tabs | Row | Column, ...]
    size: int = 100


Tree = Tabs | Row | Column

_LEFT = Tabs(("experiment",), 256)

LAYOUTS: dict[str, Tree] = {
    "Train": Row((
        _LEFT,
        Column((
            Tabs(("score",), 450),
            Row((
                Tabs(("training",), 470),
                Tabs(("samples", "prediction", "batches", "corpus"), 370),
            ), 330),
        ), 830),
        Column((Tabs(("inspector",), 440), Tabs(("cell", "text", "sizes"), 320)), 372),
    )),
    "Inspect": Row((
        Column((Tabs(("score",), 560), Tabs(("text", "gates", "states"), 250)), 940),
        Column((Tabs(("inspector",), 420), Tabs(("cell",), 300), Tabs(("prediction",), 270)), 420),
    )),
    "Gradients": Row((
        Column((Tabs(("gradients",), 420), Tabs(("score",), 380)), 760),
        Column((Tabs(("training",), 360), Tabs(("parameters", "gates"), 440)), 560),
    )),
    "Attention": Row((
        Tabs(("attention",), 640),
        Column((Tabs(("graph",), 420), Tabs(("samples", "prediction"), 300)), 640),
    )),
    "Network": Row((
        Column((Tabs(("states",), 400), Tabs(("gates",), 400)), 640),
        Column((Tabs(("graph",), 400), Tabs(("parameters",), 400)), 640),
    )),
    "Lecture": Tabs(("score",), 100),
}  # fmt: skip


def arrange(window: QMainWindow, docks: dict[str, QDockWidget], tree: Tree) -> None:
    """Show exactly the docks of `tree`, in its shape; the others are closed."""
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    first = docks[_first(tree)]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first)
    first.show()
    _grow(window, docks, tree)
    # The others keep a place too, or the saved state would not know that they are closed.
    for name in sorted(docks.keys() - set(_names(tree))):
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks[name])
        docks[name].hide()


def _grow(window: QMainWindow, docks: dict[str, QDockWidget], tree: Tree) -> None:
    """Split the place where the tree's first dock stands until the whole tree stands there."""
    if isinstance(tree, Tabs):
        front = docks[tree.names[0]]
        for name in tree.names[1:]:
            window.tabifyDockWidget(front, docks[name])
            docks[name].show()
        front.raise_()
        return
    along = Qt.Orientation.Horizontal if isinstance(tree, Row) else Qt.Orientation.Vertical
    heads = [docks[_first(child)] for child in tree.children]
    for before, head in pairwise(heads):
        window.splitDockWidget(before, head, along)
        head.show()
    for child in tree.children:
        _grow(window, docks, child)
    window.resizeDocks(heads, [child.size for child in tree.children], along)


def _names(tree: Tree) -> list[str]:
    if isinstance(tree, Tabs):
        return list(tree.names)
    return [name for child in tree.children for name in _names(child)]


def _first(tree: Tree) -> str:
    return tree.names[0] if isinstance(tree, Tabs) else _first(tree.children[0])


def resize(
    window: QMainWindow,
    docks: dict[str, QDockWidget],
    tree: Tree,
    room: tuple[int, int] | None = None,
) -> None:
    """Give every branch its share of `room` (the window's, if not said) once that has its size."""
    if isinstance(tree, Tabs):
        return
    room = (window.width(), window.height()) if room is None else room
    level = isinstance(tree, Row)
    along = Qt.Orientation.Horizontal if level else Qt.Orientation.Vertical
    total = room[0] if level else room[1]
    weights = sum(child.size for child in tree.children)
    shares = [child.size * total // weights for child in tree.children]
    window.resizeDocks([docks[_first(child)] for child in tree.children], shares, along)
    for child, share in zip(tree.children, shares, strict=True):
        resize(window, docks, child, (share, room[1]) if level else (room[0], share))
