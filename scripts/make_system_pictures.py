"""Draws the pictures of docs/systems.md from short real runs, trained anew where FOLDER holds none.

python scripts/make_system_pictures.py [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image

from rnnviz.cli import main
from rnnviz.cli.views import named
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import look, scene
from rnnviz.export import write_picture

# recipe: (steps, views)
SUBJECTS = {
    "simple-rnn": (400, ("graph", "training", "inspector", "eigenvalues", "bptt")),
    "truncation": (400, ("bptt",)),
    "plays": (150, ("cell",)),
    "deep": (400, ("graph",)),
    "trees": (200, ("graph", "tags")),
    "encoder-decoder": (150, ("graph",)),
    "questions": (500, ("attention",)),
    "turing-machine": (1300, ("memory",)),
    "words": (500, ("neighbours",)),
    "kinematics": (300, ("samples",)),
    "series": (300, ("series",)),
    "leaky": (60, ("time_constants",)),
}
COLUMNS = (-0.5, 9.5)
INCHES, MOST_BYTES = 9.0, 60_000
# Finest first; the first that is small enough is taken.
QUALITIES = ((90, 128), (80, 64), (60, 32), (45, 16))


def draw(recipe: str, folder: Path) -> None:
    """Train a recipe where it is not there yet, and draw its views."""
    steps, views = SUBJECTS[recipe]
    path = folder / recipe
    if not path.is_dir() and main(["train", recipe, "--steps", str(steps), "--out", str(path)]):
        raise SystemExit(f"{recipe} did not train")
    run = Run.open(path)
    seen = replace(scene(run), snapshot=look(run))
    for name in views:
        view = named(name)
        columns = COLUMNS if name == "graph" and recipe != "trees" else None
        picture = view.picture(replace(seen, window=columns))
        if picture.message:
            raise SystemExit(f"{recipe} does not fill {name}: {picture.message}")
        target = pictures() / f"{recipe}-{name}.png"
        for dpi, colours in QUALITIES:
            write_picture(picture, target, "light", INCHES, None, dpi)
            _reduce(target, colours)
            if target.stat().st_size <= MOST_BYTES:
                break


def _reduce(path: Path, colours: int) -> None:
    image = Image.open(path).convert("RGB")
    image.quantize(colours, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def pictures() -> Path:
    """Where the documentation looks for them."""
    folder = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "systems"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for recipe in SUBJECTS:
            draw(recipe, Path(sys.argv[1] if len(sys.argv) > 1 else scratch))
