"""What a path is: a run, a recipe, or a corpus for which task."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from rnnviz.contracts.errors import UserError

Kind = Literal["run", "recipe", "language_model", "translation"]


def kind_of(path: Path) -> Kind:
    """What to do with `path`; UserError when nothing can be done with it."""
    if path.is_dir():
        is_run = any((path / name).is_file() for name in ("run.json", "config.toml"))
        return "run" if is_run else "language_model"
    if not path.exists():
        raise UserError(f"{path} does not exist (any more).")
    if not path.is_file():
        raise UserError(f"{path} is neither a file nor a folder.")
    if path.suffix.lower() == ".toml":
        return "recipe"
    if path.suffix.lower() == ".tsv":
        return "translation"
    return "language_model"
