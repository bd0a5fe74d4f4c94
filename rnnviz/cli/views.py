"""`rnnviz views`: the names of all views, or of those that a run can fill."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rnnviz.contracts import discovery
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.view import Scene, View


def run(args: argparse.Namespace) -> int:
    """Print name, title and sentence of each."""
    views = every() if args.run is None else fillable(_scene(args.run))
    if args.json:
        listed = [{"name": v.name, "title": v.title, "sentence": v.sentence} for v in views]
        print(json.dumps(listed, indent=1, ensure_ascii=False))
        return 0
    for view in views:
        print(f"{view.name:16} {view.sentence}")
    return 0


def every() -> list[View]:
    """All views in the order of the menu."""
    found: dict[str, type[View]] = discovery.every("views", View)
    return sorted((kind() for kind in found.values()), key=lambda v: (v.menu_order, v.name))


def named(name: str) -> View:
    """The view called `name`; UserError names those that there are."""
    views = {view.name: view for view in every()}
    if name not in views:
        raise UserError(f"There is no view {name!r}; there are {', '.join(views)}.")
    return views[name]


def fillable(scene: Scene) -> list[View]:
    """The views that have something to draw."""
    return [view for view in every() if not view.missing(scene)]


def _scene(run: str) -> Scene:
    # Torch is only needed where a run is opened.
    from rnnviz.engine.run_store import Run
    from rnnviz.engine.scene import scene

    return scene(Run.open(Path(run)))
