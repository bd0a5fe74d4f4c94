"""What a path is: a run, a recipe, or a corpus for which task."""

from __future__ import annotations

from pathlib import Path

from rnnviz.app.sniffing import sniffed
from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.errors import UserError

ANY = "language_model"
"""The task that reads whatever no other one recognises."""


def kind_of(path: Path, current: str = ANY) -> str:
    """`run`, `recipe` or the name of a task; UserError when nothing can be done with it.

    current  the task in the form: it keeps what has the ending of its files. Only `ANY` gives way
             to a task that recognises the content
    """
    if path.is_dir():
        is_run = any((path / name).is_file() for name in ("run.json", "config.toml"))
        return "run" if is_run else _task(path, "", current)
    if not path.exists():
        raise UserError(f"{path} does not exist (any more).")
    if not path.is_file():
        raise UserError(f"{path} is neither a file nor a folder.")
    suffix = path.suffix.lower()
    return "recipe" if suffix == ".toml" else _task(path, suffix, current)


def _task(path: Path, suffix: str, current: str) -> str:
    able = [name for name in discovery.names("tasks") if suffix in fitting.suffixes(name)]
    if current in able and current != ANY:
        return current
    if len(able) == 1:
        return able[0]
    found = sniffed(path, suffix)
    return found if found in able else ANY
