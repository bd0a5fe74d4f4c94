"""Looks into a file or folder whose ending several tasks share, to see which of them it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_LOOKED_AT = 64 * 1024
_ROWS = 300
_FEW = 12
_OPINIONS = {"pos", "neg", "positive", "negative", "neutral", "good", "bad"}


def sniffed(path: Path, suffix: str) -> str:
    """The name of the task that this looks like, "" where nothing is recognised."""
    return next((task for task, ending, fits in _SIGNS if ending == suffix and fits(path)), "")


def _labels(path: Path) -> bool:
    """A table in one of whose first columns few values recur."""
    rows = [line.split("\t") for line in _beginning(path)[:_ROWS]]
    full = [row for row in rows if len(row) >= 2]
    if len(full) < 4:
        return False
    kinds = min(len({row[column] for row in full}) for column in (0, 1))
    return kinds <= min(_FEW, len(full) // 2)


def _anything(path: Path) -> bool:
    return True


def _opinions(path: Path) -> bool:
    """A folder whose files or folders are called like opinions."""
    names = {child.stem.lower() for child in _children(path)}
    return len(names & _OPINIONS) >= 2


def _children(path: Path) -> list[Path]:
    try:
        return [child for child in path.iterdir() if not child.name.startswith(".")]
    except OSError:
        return []


def _beginning(path: Path) -> list[str]:
    """The first lines, however they are encoded; the last may be cut."""
    try:
        with path.open("rb") as file:
            return file.read(_LOOKED_AT).decode("utf-8", "replace").splitlines()
    except OSError:
        return []


_SIGNS: tuple[tuple[str, str, Callable[[Path], bool]], ...] = (
    ("sentiment", ".tsv", _labels),
    ("translation", ".tsv", _anything),
    ("sentiment", "", _opinions),
)
"""(task, ending, how it is recognised); the first that fits counts."""
