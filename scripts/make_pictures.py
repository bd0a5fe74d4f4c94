"""Draws the pictures of the start page from real runs: trains each recipe a little and takes one
panel of a view.

python scripts/make_pictures.py [RECIPE …]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

from rnnviz.cli import main
from rnnviz.comparison.curves import curves
from rnnviz.contracts import discovery
from rnnviz.contracts.picture import Heatmap, Mark, Panel, Picture, Rule, Segments, Texts
from rnnviz.contracts.picture import Image as Pixels
from rnnviz.contracts.view import View
from rnnviz.engine import recipes
from rnnviz.engine.compared import compared
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import scene
from rnnviz.export import write_picture
from rnnviz.style.palette import colour

# recipe: (view, beginning of the panel's id, steps)
SUBJECTS = {
    "char-lm": ("states", "heat/recurrent/1/h", 500),
    "plays": ("gates", "heat/recurrent/1/z", 500),
    "three-cells": ("", "training loss", 400),
    "simple-rnn": ("graph", "graph", 400),
    "markup": ("text", "", 800),
    "kinematics": ("training", "loss", 500),
    "words": ("prediction", "", 400),
    "translation": ("attention", "matrix", 1500),
    "captions": ("picture", "words", 250),
    "encoder-decoder": ("graph", "", 300),
    "detector": ("trace", "trace", 900),
    "sentiment": ("trace", "trace", 1200),
    "sentiment-bidirectional": ("states", "heat/recurrent.forward/1/h", 500),
    "sentiment-convolution": ("states", "heat/pooling/0/h", 500),
    "tagging": ("confusion", "matrix", 150),
    "window": ("graph", "", 300),
    "names": ("confusion", "matrix", 600),
    "names-gru": ("gates", "heat/recurrent/0/z", 500),
    "name-generation": ("states", "heat/recurrent/0/h", 300),
    "vector-to-sequence": ("graph", "", 200),
    "output-recurrent": ("graph", "", 200),
    "hidden-and-output": ("graph", "", 200),
    "leaky": ("time_constants", "tau", 60),
    "skip": ("gradients", "over_training", 60),
    "no-short-connections": ("states", "heat/recurrent/0/h", 60),
    "truncation": ("bptt", "terms", 400),
    "adding": ("states", "heat/recurrent/0/h", 200),
    "deep": ("graph", "", 400),
    "series": ("series", "", 300),
    "trees": ("graph", "", 200),
    "turing-machine": ("memory", "memory/read", 1300),
    "questions": ("attention", "matrix", 500),
}
# Drawn twice as large as shown on a dense screen and made smaller: lines come out fine and even.
INCHES = (5.0, 3.2)
DPI = 200
SIZE = (496, 224)
WINDOW = (-0.5, 9.5)


def draw(name: str, folder: Path) -> None:
    """Train a recipe and draw its picture, light and dark."""
    view_name, panel_id, steps = SUBJECTS[name]
    run = folder / name
    if main(["train", name, "--steps", str(steps), "--out", str(run)]):
        raise SystemExit(f"{name} did not train")
    panel = _bare(_panel(_picture(name, view_name, run), panel_id))
    bare = Picture("", ((panel,),))
    for theme in ("light", "dark"):
        target = pictures() / f"{name}-{theme}.png"
        write_picture(bare, target, theme, *INCHES, DPI)
        _fit(
            target,
            colour("panel", theme),
            stretch=all(isinstance(mark, Heatmap) for mark in panel.marks),
        )


def _picture(name: str, view_name: str, run: Path) -> Picture:
    """A view of the run; of a series the curves of all its runs."""
    variants = recipes.series(name)
    if variants:
        return curves(compared([run / variant for variant in variants], ()))
    seen = scene(Run.open(run))
    if view_name == "graph":
        seen = replace(seen, window=WINDOW)
    if view_name == "picture":
        seen = replace(seen, width=SIZE[0], height=2 * SIZE[1])
    return discovery.find("views", view_name, View)().picture(seen)


def _fit(path: Path, ground: str, stretch: bool) -> None:
    """Cut the margins off and fill the card; an image may be stretched, a drawing may not."""
    image = Image.open(path).convert("RGB")
    empty = Image.new("RGB", image.size, image.getpixel((0, 0)))
    inside = image.crop(ImageChops.difference(image, empty).getbbox())
    made = Image.new("RGB", SIZE, ground)
    if stretch:
        inside = inside.resize(SIZE, Image.Resampling.LANCZOS)
    inside = ImageOps.contain(inside, SIZE, Image.Resampling.LANCZOS)
    made.paste(inside, ((SIZE[0] - inside.width) // 2, (SIZE[1] - inside.height) // 2))
    made.quantize(128).save(path, optimize=True)


def pictures() -> Path:
    """Where the start page looks for them."""
    folder = Path(__file__).resolve().parent.parent / "resources" / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def _panel(picture: Picture, begins: str) -> Panel:
    panels = [panel for row in picture.rows for panel in row if isinstance(panel, Panel)]
    found = [panel for panel in panels if panel.id.startswith(begins)]
    if not found:
        raise SystemExit(f"no panel {begins!r} in {[panel.id for panel in panels]}")
    return found[0]


def _bare(panel: Panel) -> Panel:
    """Without words: at this size they could not be read."""
    return replace(
        panel,
        marks=_plain(panel.marks),
        equal=isinstance(panel.marks[0], Pixels),
        x=replace(panel.x, visible=False, label=""),
        y=replace(panel.y, visible=False, label=""),
        title="",
        note="",
        legend=False,
        colour_bar=None,
    )


def _plain(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """The image alone where there is one, except in a drawing with arrows; no words, and of rules
    only thresholds.
    """
    images = tuple(mark for mark in marks if isinstance(mark, Heatmap))
    if any(isinstance(mark, Segments) and mark.arrows for mark in marks):
        return tuple(mark for mark in marks if not isinstance(mark, Rule | Texts))
    silent = (replace(m, label="") if isinstance(m, Rule) else m for m in marks)
    return images or tuple(m for m in silent if not (isinstance(m, Rule) and m.axis == "x"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for recipe in sys.argv[1:] or [recipe.name for recipe in recipes.every()]:
            draw(recipe, Path(scratch))
