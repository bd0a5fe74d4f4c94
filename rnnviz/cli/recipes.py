"""`rnnviz recipes`: what can be trained at once."""

from __future__ import annotations

import argparse
import json

from rnnviz.engine.recipes import every


def run(args: argparse.Namespace) -> int:
    """Print name and sentence of each; as JSON also title and systems."""
    names = {"name", "title", "sentence", "systems"}
    if args.json:
        print(json.dumps([recipe.model_dump(include=names) for recipe in every()], indent=1))
        return 0
    for recipe in every():
        print(f"{recipe.name:16} {recipe.sentence}")
    return 0
