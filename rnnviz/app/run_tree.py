"""The rows of the list of runs: a tree in which branches stand under the run they came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from rnnviz.app.config_field import spoken

if TYPE_CHECKING:
    from rnnviz.engine.family import Family, RunInfo

COLUMNS = ("Run", "State", "Steps", "Best loss", "Cell", "Task", "Begun", "Folder")
WIDTHS = (300, 84, 68, 84, 92, 130, 140, 150)
RIGHT, RIGHT_ALIGNED = (2, 3), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
PATH = Qt.ItemDataRole.UserRole


def run_tree(parent: QWidget) -> QTreeWidget:
    tree = QTreeWidget(parent)
    tree.setObjectName("run_tree")
    tree.setAccessibleName("Runs")
    tree.setHeaderLabels(list(COLUMNS))
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    tree.setAlternatingRowColors(False)
    tree.setUniformRowHeights(True)
    tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    for column, width in enumerate(WIDTHS):
        tree.setColumnWidth(column, width)
    for column in RIGHT:
        tree.headerItem().setTextAlignment(column, RIGHT_ALIGNED)
    return tree


def listed(folder: Path) -> tuple[Family, ...]:
    """The runs in a folder; before the first one there is no folder."""
    from rnnviz.engine.family import families, runs_in

    return families(runs_in(folder)) if folder.is_dir() else ()


def members(found: Iterable[Family]) -> Iterator[RunInfo]:
    """All runs of these families."""
    for family in found:
        yield family.run
        yield from members(family.branches)


def grown(
    family: Family, words: list[str], items: dict[str, QTreeWidgetItem]
) -> list[QTreeWidgetItem]:
    """The item of a run with its branches below; those of the branches where it is filtered out."""
    below = [item for branch in family.branches for item in grown(branch, words, items)]
    if not _matches(family.run, words):
        return below
    item = items[str(family.run.path)] = _item(family.run)
    item.addChildren(below)
    return [item]


def _item(run: RunInfo) -> QTreeWidgetItem:
    best = "–" if run.best_loss is None else f"{run.best_loss:.3f}"
    origin = f"  (from step {run.parent_step:,})" if run.parent is not None else ""
    kinds = (
        spoken(run.cell),
        spoken(run.task),
        _local(run.begun),
        run.path.name,
    )
    item = QTreeWidgetItem([run.name + origin, run.state, f"{run.steps:,}", best, *kinds])
    item.setData(0, PATH, str(run.path))
    item.setToolTip(0, str(run.path))
    item.setToolTip(1, run.message)
    for column in RIGHT:
        item.setTextAlignment(column, RIGHT_ALIGNED)
    return item


def _local(moment: str) -> str:
    """ISO 8601 in the user's own time."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return ""


def _matches(run: RunInfo, words: list[str]) -> bool:
    text = f"{run.name} {run.state} {run.cell} {run.task} {run.path.name}".lower()
    return all(word in text.replace("_", " ") or word in text for word in words)
