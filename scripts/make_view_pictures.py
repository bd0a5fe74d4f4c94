"""Draws the pictures of docs/views.md from real runs, trained anew where FOLDER holds none: each
view from the first of them that fills it.

python scripts/make_view_pictures.py [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image

from rnnviz.cli import main
from rnnviz.cli.views import every
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import Scene, View
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import scene
from rnnviz.export import write_picture

STEPS = {"char-lm": 500, "names": 2500, "translation": 1500}
# Eighteen columns: a graph on paper cannot be zoomed.
GRAPH_WINDOW = (-0.5, 17.5)
SELECTION = Selection(layer=1, unit=48, time=24)
INCHES, MOST_BYTES = 9.0, 115_000
# A rare colour, such as the title's, counts as much as a common one.
COVERAGE = Image.Quantize.MAXCOVERAGE
# Finest first; the first that is small enough is taken.
QUALITIES = ((100, 256), (100, 128), (80, 128), (70, 64))


def trained(recipe: str, folder: Path) -> Run:
    """The run of a recipe in `folder`."""
    path = folder / recipe
    if not path.is_dir():
        arguments = ["train", recipe, "--steps", str(STEPS[recipe]), "--out", str(path)]
        if main(arguments):
            raise SystemExit(f"{recipe} did not train")
    return Run.open(path)


def draw(view: View, runs: dict[str, Run]) -> None:
    """Draw one view, as fine as the size allows; not at all where none of the runs fills it."""
    seen = next((seen for seen in map(_scene, runs, runs.values()) if not view.missing(seen)), None)
    if seen is None:
        print(f"None of {', '.join(runs)} fills {view.name}.")
        return
    if view.name == "graph":
        seen = replace(seen, window=GRAPH_WINDOW)
    target = pictures() / f"view-{view.name}.png"
    for dpi, colours in QUALITIES:
        write_picture(view.picture(seen), target, "light", INCHES, None, dpi)
        Image.open(target).convert("RGB").quantize(colours, COVERAGE).save(target, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            return


def _scene(recipe: str, run: Run) -> Scene:
    return scene(run, selection=SELECTION if recipe == "char-lm" else Selection())


def pictures() -> Path:
    """Where the documentation looks for them."""
    folder = Path(__file__).resolve().parent.parent / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def draw_all(folder: Path) -> None:
    """Every view there is."""
    runs = {recipe: trained(recipe, folder) for recipe in STEPS}
    for view in every():
        draw(view, runs)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        draw_all(Path(sys.argv[1] if len(sys.argv) > 1 else scratch))
