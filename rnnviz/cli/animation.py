"""What `rnnviz export` does for animations: which kind, over which steps, with progress."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rnnviz.cli.progress import Bar
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene, View
from rnnviz.engine.replay import Range, Replay
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import require_inside

MOST_FRAMES, FPS, DPI = 300, 12.0, 110


def kind_of(file: str | None) -> str:
    """`gif`, `mp4`, `pngs` for a folder, or "" where `file` names no animation."""
    if not file:
        return ""
    if file.endswith(("/", os.sep)) or Path(file).is_dir():
        return "pngs"
    suffix = Path(file).suffix.lower().removeprefix(".")
    return suffix if suffix in ("gif", "mp4") else ""


def refuse_options(args: argparse.Namespace) -> None:
    """UserError where something was given that only animations know."""
    for name, value in (
        ("--from", args.first),
        ("--to", args.last),
        ("--fps", args.fps),
        ("--frames", args.frames),
    ):
        if value is not None:
            raise UserError(f"{name} is for animations: let the name end in .gif, .mp4 or /.")


def run(args: argparse.Namespace, view: View) -> None:
    """Write the animation and say where it is."""
    from rnnviz.export.animation import Play, write_animation
    from rnnviz.export.film import Look

    path, kind = Path(args.file), kind_of(args.file)
    replay = _replay(args, view)
    width, height = args.size or (9.0, None)
    look = Look(args.theme, width, height, args.dpi or DPI)
    _make_parent(path)
    with Bar("frame") as bar:
        write_animation(
            Play(replay.steps, replay.picture, args.fps or FPS), path, kind, look, bar.tell
        )
    print(path)


def _replay(args: argparse.Namespace, view: View) -> Replay:
    recorded = Run.open(Path(args.run))
    chosen = Selection(layer=args.layer, unit=args.unit, time=args.time)
    require_inside(chosen, recorded.structure)
    base = Scene(
        selection=chosen,
        corpus=recorded.corpus,
        structure=recorded.structure,
        goal=recorded.goal,
    )
    steps = Range(args.first, args.last, args.frames or MOST_FRAMES)
    return Replay(recorded.playback, view, base, steps)


def _make_parent(path: Path) -> None:
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror or error}.") from None
