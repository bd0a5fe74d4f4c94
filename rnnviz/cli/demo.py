"""`rnnviz demo`: trains the default recipe in the terminal and draws every view."""

from __future__ import annotations

import argparse
from pathlib import Path

from rnnviz.cli.arguments import parse
from rnnviz.cli.export import run as export
from rnnviz.cli.train import run as train
from rnnviz.cli.window import has_display
from rnnviz.engine.recipes import every


def run(args: argparse.Namespace) -> int:
    """Train, draw, and say how to get the window."""
    out = Path(args.out)
    recipe, target = every()[0].name, str(out / "run")
    if not has_display():
        print(f"There is no display: training the recipe {recipe} here in the terminal.")
    steps = ["--steps", str(args.steps), "--out", target, "--overwrite"]
    code = train(parse(["train", recipe, *steps]))
    if code:
        return code
    for suffix in ("svg", "png"):
        drawn = ["export", target, "--all", str(out), "--format", suffix]
        export(parse(drawn))
    print(f"A picture of every view is in {out}.")
    if not has_display():
        print("For the window, run rnnviz where there is a display, for example over ssh -X.")
    return 0
