"""`rnnviz export`: views of a run as vector graphics, images, numbers or animations."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from rnnviz.cli import animation
from rnnviz.cli.views import fillable, named
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene, View
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import scene
from rnnviz.export import write_picture

SUFFIXES = (".svg", ".pdf", ".png", ".csv", ".npz")
DPI = 150
PIXELS = 100
"""Of a screen that carries as much detail as an inch of paper."""


def run(args: argparse.Namespace) -> int:
    """Write one view or all of them."""
    targets = _targets(args)
    if args.all is None and animation.kind_of(args.file):
        animation.run(args, named(args.view))
        return 0
    animation.refuse_options(args)
    selection = Selection(layer=args.layer, unit=args.unit, time=args.time)
    seen = scene(Run.open(Path(args.run)), selection=selection)
    if args.all is not None:
        views = fillable(seen)
        targets = {view.name: Path(args.all) / f"{view.name}.{args.format}" for view in views}
    for name, path in targets.items():
        write(named(name), seen, path, args)
        print(path)
    return 0


def write(view: View, seen: Scene, path: Path, args: argparse.Namespace) -> None:
    """Write one view; UserError when the run cannot fill it or the file cannot be written."""
    message = view.missing(seen)
    if message:
        raise UserError(f"This run cannot fill the view {view.name}: {message}")
    width, height = args.size or (9.0, None)
    seen = replace(seen, width=max(seen.width, round(PIXELS * width)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(view.picture(seen), path, args.theme, width, height, args.dpi or DPI)
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror or error}.") from None


def _targets(args: argparse.Namespace) -> dict[str, Path]:
    """What `--view` asks for, checked before anything is opened."""
    if args.all is not None:
        if args.file is not None:
            raise UserError("--all writes into its own folder; leave the file name out.")
        return {}
    if args.file is None:
        raise UserError("Name the file to write, e.g. rnnviz export RUN --view states states.svg.")
    path = Path(args.file)
    if path.suffix.lower() not in SUFFIXES and not animation.kind_of(args.file):
        raise UserError(
            f"{path}: the name must end in {', '.join(SUFFIXES)}; for animations in .gif, .mp4 or, "
            "for a folder of frames, in /."
        )
    named(args.view)
    return {args.view: path}
