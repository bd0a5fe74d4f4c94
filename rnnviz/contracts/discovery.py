"""Finds the parts in the leaf folders: a new file there is a new part, no list changes."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

T = TypeVar("T")

_ROOT = Path(__file__).resolve().parent.parent


@cache
def names(folder: str) -> tuple[str, ...]:
    """Names of the leaves in `rnnviz/<folder>`, sorted, without importing any of them."""
    found = pkgutil.iter_modules([str(_ROOT / folder)])
    return tuple(sorted(module.name for module in found if not module.name.startswith("_")))


def module(folder: str, name: str) -> ModuleType:
    """The leaf module `rnnviz.<folder>.<name>`; KeyError names the known ones."""
    if name not in names(folder):
        raise KeyError(f"no {folder} called {name!r}; there are {', '.join(names(folder))}")
    return importlib.import_module(f"rnnviz.{folder}.{name}")


def find(folder: str, name: str, kind: type[T]) -> type[T]:
    """The one class of `kind` defined in that leaf."""
    leaf = module(folder, name)
    classes = [
        value
        for value in vars(leaf).values()
        if isinstance(value, type) and issubclass(value, kind) and value.__module__ == leaf.__name__
    ]
    if len(classes) != 1:
        raise TypeError(f"{leaf.__name__} must define exactly one {kind.__name__}")
    return classes[0]


def every(folder: str, kind: type[T]) -> dict[str, type[T]]:
    """All parts of one kind, by name."""
    return {name: find(folder, name, kind) for name in names(folder)}


@cache
def declared(folder: str, name: str) -> Mapping[str, Any]:
    """What the leaf's classes set to literals in their bodies, read without importing it.

    The form must know which network can do which task before PyTorch is loaded.
    """
    tree = ast.parse((_ROOT / folder / f"{name}.py").read_text(encoding="utf-8"))
    bodies = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.bases]
    return dict(pair for body in bodies for line in body for pair in _literal(line))


@cache
def about(folder: str, name: str) -> str:
    """The first paragraph of what the leaf's module says of itself, read without importing it."""
    tree = ast.parse((_ROOT / folder / f"{name}.py").read_text(encoding="utf-8"))
    first = (ast.get_docstring(tree) or "").split("\n\n")[0]
    return " ".join(first.split())


def _literal(line: ast.stmt) -> list[tuple[str, Any]]:
    targets: list[ast.expr] = []
    if isinstance(line, ast.Assign):
        targets = line.targets
    elif isinstance(line, ast.AnnAssign):
        targets = [line.target]
    value: ast.expr | None = getattr(line, "value", None)
    if value is None:
        return []
    try:
        return [(t.id, ast.literal_eval(value)) for t in targets if isinstance(t, ast.Name)]
    except (ValueError, TypeError):
        return []
