"""Ready-made runs: `resources/recipes/*.toml`, each a configuration with a `[recipe]` table."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rnnviz.contracts.config import RunConfig, load, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.shipped import shipped


class Recipe(BaseModel):
    """A recipe.

    name     as on the command line, equal to the file's name
    systems  ids of the systems it shows
    order    position in lists
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    sentence: str
    systems: tuple[str, ...]
    order: int = 100
    config: RunConfig


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
    return Recipe(**about, config=config)


def configuration(name: str) -> RunConfig:
    """The configuration called `name`: a recipe or a TOML file; UserError when it is neither."""
    for recipe in every():
        if recipe.name == name:
            return recipe.config
    if name.endswith(".toml") or Path(name).is_file():
        return load(Path(name))
    known = ", ".join(recipe.name for recipe in every())
    raise UserError(f"There is no recipe {name!r}; choose {known} or a .toml file.")


def _folder() -> Path:
    return shipped("resources") / "recipes"
