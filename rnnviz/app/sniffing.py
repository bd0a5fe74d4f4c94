"""Looks into a file or folder whose ending several tasks share, to see which of them it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rnnviz.corpora.caption_file import captions_file

_LOOKED_AT = 64 * 1024
_ROWS = 300
_FEW = 12
_NAME = 24
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


def _captioned(path: Path) -> bool:
    """A folder with a file that tells what its pictures show."""
    return captions_file(path) is not None


def _opinions(path: Path) -> bool:
    """A folder whose files or folders are called like opinions."""
    names = {child.stem.lower() for child in _children(path)}
    return len(names & _OPINIONS) >= 2


def _names(path: Path) -> bool:
    """A folder of text files with a word or two on each line."""
    files = sorted(child for child in _children(path) if child.suffix.lower() == ".txt")
    lines = [line.strip() for file in files[:_FEW] for line in _beginning(file)[:_ROWS]]
    full = [line for line in lines if line]
    short = [line for line in full if len(line) <= _NAME and len(line.split()) <= 2]
    return len(files) >= 2 and len(full) >= _FEW and len(short) > 0.9 * len(full)


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
    ("captions", "", _captioned),
    ("sentiment", ".tsv", _labels),
    ("translation", ".tsv", _anything),
    ("sentiment", "", _opinions),
    ("name_classes", "", _names),
)
"""(task, ending, how it is recognised); the first that fits counts."""
