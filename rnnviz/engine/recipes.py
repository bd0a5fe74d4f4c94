"""Ready-made runs: `resources/recipes/*.toml`, each a configuration with a `[recipe]` table.

A recipe with `[recipe.variants.NAME]` tables is a series: each variant changes some options, and
all are trained one after another to be compared.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from rnnviz.contracts.config import RunConfig, load, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.shipped import shipped

FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Recipe(BaseModel):
    """A recipe.

    name      as on the command line, equal to the file's name
    systems   ids of the systems it shows
    order     position in lists
    group     heading on the start page; "" for those to begin with
    variants  of a series, by the names of their folders; empty for a single run
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    sentence: str
    systems: tuple[str, ...]
    order: int = 100
    group: str = ""
    config: RunConfig
    variants: dict[str, RunConfig] = {}


@cache
def every() -> tuple[Recipe, ...]:
    """All recipes that ship, in their order."""
    recipes = [read(path) for path in _folder().glob("*.toml")]
    return tuple(sorted(recipes, key=lambda recipe: (recipe.order, recipe.name)))


def read(path: Path) -> Recipe:
    """The recipe in one file; the run is called like the recipe."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    about = data.pop("recipe")
    config = parse({"title": about["title"], **data}, str(path))
    variants = _variants(config, about.pop("variants", {}), str(path))
    return Recipe(**about, config=config, variants=variants)


def configuration(name: str) -> RunConfig:
    """The configuration called `name`: a recipe or a TOML file; UserError when it is neither."""
    recipe = _shipped(name)
    return load(Path(name)) if recipe is None else recipe.config


def series(name: str) -> dict[str, RunConfig]:
    """The variants of the recipe or TOML file called `name`; empty where it is a single run."""
    recipe = _shipped(name)
    if recipe is not None:
        return dict(recipe.variants)
    config = load(Path(name))
    about = tomllib.loads(Path(name).read_text(encoding="utf-8")).get("recipe", {})
    return _variants(config, about.get("variants", {}) if isinstance(about, dict) else {}, name)


def _shipped(name: str) -> Recipe | None:
    """The recipe of that name; None where `name` is a file, UserError where it is nothing."""
    for recipe in every():
        if recipe.name == name:
            return recipe
    if name.endswith(".toml") or Path(name).is_file():
        return None
    known = ", ".join(recipe.name for recipe in every())
    raise UserError(f"There is no recipe {name!r}; choose {known} or a .toml file.")


def _variants(config: RunConfig, tables: Any, origin: str) -> dict[str, RunConfig]:
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise UserError(f"{origin}: write each variant as a table [recipe.variants.NAME].")
    bad = next((name for name in tables if not FOLDER_NAME.fullmatch(name)), None)
    if bad is not None:
        raise UserError(f"{origin}: a variant's name is a folder's: {bad!r} may not be one.")
    return {name: _varied(config, name, table, origin) for name, table in tables.items()}


def _varied(config: RunConfig, name: str, table: dict[str, Any], origin: str) -> RunConfig:
    try:
        return config.replaced({"title": name, **_dotted(table)})
    except UserError as error:
        raise UserError(f"{origin}, variant {name}: {error}") from None


def _dotted(table: dict[str, Any]) -> dict[str, Any]:
    """`{"model": {"cell": "gru"}}` as `{"model.cell": "gru"}`."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            flat[key] = value
    return flat


def _folder() -> Path:
    return shipped("resources") / "recipes"
