"""Every command with its options and an example, in the order in which help lists them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from rnnviz.cli import values
from rnnviz.cli.usage import Add


def _window(add: Add) -> None:
    command = add("Open the window (also without the word `window`).", "rnnviz out/first")
    command.add_argument("path", nargs="?", help="a corpus, a run directory or a .toml to open")


def _recipes(add: Add) -> None:
    command = add("List the recipes that ship with the program.", "rnnviz recipes --json")
    _json(command)


def _train(add: Add) -> None:
    command = add(
        "Train a recipe or a configuration file in the terminal, or go on with a run.",
        "rnnviz train char-lm --steps 200 --set model.hidden_size=64 --out out/first",
    )
    command.appendix = _options
    command.add_argument(
        "recipe", nargs="?", help="a name that `rnnviz recipes` lists, or a .toml file"
    )
    command.add_argument(
        "--resume", metavar="RUN_DIR", help="go on where this run stopped, as if it never had"
    )
    command.add_argument(
        "--branch",
        metavar="RUN_DIR[@STEP]",
        help="begin a new run (--out) from the newest kept state of another one, or that of STEP",
    )
    command.add_argument("--corpus", metavar="PATH", help="train on this file or folder")
    long = command.add_mutually_exclusive_group()
    long.add_argument("--steps", type=int, metavar="N", help="optimizer steps in all")
    long.add_argument("--epochs", type=int, metavar="N", help="passes over the corpus in all")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.FIELD=VALUE",
        help="change one option; may be repeated",
    )
    command.add_argument("--out", metavar="RUN_DIR", help="keep the run in this new folder")
    command.add_argument("--overwrite", action="store_true", help="replace a run that is there")
    _json(command)


def _runs(add: Add) -> None:
    command = add(
        "List runs with their state, steps and best validation loss.", "rnnviz runs out --tree"
    )
    command.add_argument(
        "folder", nargs="?", metavar="DIR", help="default: where the window keeps them"
    )
    command.add_argument("--tree", action="store_true", help="branches under what they began from")
    _json(command)


def _sample(add: Add) -> None:
    command = add(
        "Let the network of a run write.",
        'rnnviz sample out/first --prompt "The sea" --length 300',
    )
    command.add_argument("run", metavar="RUN_DIR")
    command.add_argument("--prompt", help="text to begin with; for translation the sentence")
    command.add_argument(
        "--length", type=values.positive, default=500, help="tokens to write (500)"
    )
    command.add_argument("--temperature", type=float, help="low is careful, high is daring")
    command.add_argument(
        "--seed", type=values.seed, default=1, help="the same seed, the same text (1)"
    )


def _views(add: Add) -> None:
    command = add("List all views, or those that a run can fill.", "rnnviz views out/first --json")
    command.add_argument("run", nargs="?", metavar="RUN_DIR")
    _json(command)


def _export(add: Add) -> None:
    command = add(
        "Write a view of a run as picture, data or animation.",
        "rnnviz export out/first --view gates gates.svg --size 12x6 --theme dark\n"
        "  rnnviz export out/first --view states states.mp4 --frames 100 --fps 15",
    )
    command.add_argument("run", metavar="RUN_DIR")
    command.add_argument(
        "file",
        nargs="?",
        metavar="OUT",
        help="a name in .svg, .pdf, .png, .csv or .npz; .gif or .mp4 for an animation over the "
        "recorded steps, FOLDER/ for its frames as PNG files",
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--view", metavar="NAME", help="a name that `rnnviz views` lists")
    what.add_argument("--all", metavar="DIR", help="every view the run can fill, into this folder")
    command.add_argument(
        "--format",
        choices=("svg", "pdf", "png", "csv", "npz"),
        default="svg",
        help="of the files that --all writes (svg)",
    )
    _drawing(command, dpi=None)
    film = command.add_argument_group("animations")
    film.add_argument("--from", type=values.step, dest="first", metavar="STEP", help="begin here")
    film.add_argument("--to", type=values.step, dest="last", metavar="STEP", help="end here")
    film.add_argument("--fps", type=values.fps, metavar="N", help="frames a second, 0.2 to 50 (12)")
    film.add_argument("--frames", type=values.frames, metavar="N", help="at most so many (300)")


def _compare(add: Add) -> None:
    command = add(
        "Compare two to four runs: curves, a view side by side, the difference, what differs.",
        "rnnviz compare out/lstm out/gru --out both.svg --view gates",
    )
    command.add_argument("runs", metavar="RUN_DIR", nargs="+", help="two to four runs")
    command.add_argument(
        "--out",
        metavar="FILE.(svg|pdf|png|csv|npz)",
        help="one figure of it all; without it the table is printed",
    )
    command.add_argument("--show", action="store_true", help="in a window, where it is followed")
    command.add_argument(
        "--what",
        choices=("all", "curves", "view", "difference", "table"),
        default="all",
        help="what stands on the figure (all)",
    )
    command.add_argument("--view", metavar="NAME", default="states", help="which view (states)")
    command.add_argument(
        "--step", type=values.step, metavar="N", help="the recorded look nearest to it"
    )
    command.add_argument("--probe", metavar="TEXT", default="", help="look afresh on this text")
    command.add_argument(
        "--along",
        choices=("step", "tokens", "seconds"),
        default="step",
        help="what the curves are aligned by (step)",
    )
    command.add_argument(
        "--smoothing",
        choices=("none", "little", "strong"),
        default="little",
        help="running mean of 1, 20 or 200 steps (little)",
    )
    command.add_argument("--log", action="store_true", help="losses on a logarithmic scale")
    command.add_argument("--full", action="store_true", help="list the equal options too")
    _drawing(command)
    _json(command)


def _convert(add: Add) -> None:
    command = add(
        "Write a run in the format of another tool.",
        "rnnviz convert out/first --to pytorch out/first-pytorch\n"
        "  rnnviz convert out/first --to lstmvis out/first-lstmvis --tokens 5000",
    )
    command.add_argument("run", metavar="RUN_DIR")
    command.add_argument("out", metavar="FOLDER", help="a new folder")
    command.add_argument(
        "--to",
        dest="format",
        required=True,
        choices=("lstmvis", "neurox", "tensorboard", "pytorch"),
    )
    text = command.add_mutually_exclusive_group()
    text.add_argument("--text", metavar="FILE", help="what the network reads (held-out part)")
    text.add_argument("--words", metavar="TEXT", help="the same, typed here")
    command.add_argument("--tokens", type=values.positive, metavar="N", help="about so many (5000)")


def _bench(add: Add) -> None:
    command = add("Measure this installation.", "rnnviz bench train --json")
    command.add_argument("name", nargs="?", help="a benchmark; without one they are listed")
    _json(command)


def _demo(add: Add) -> None:
    command = add(
        "Train the default recipe and write a picture of every view.", "rnnviz demo out --steps 300"
    )
    command.add_argument("out", metavar="OUT_DIR")
    command.add_argument("--steps", type=int, default=400, help="optimizer steps (400)")


def _options() -> str:
    """The names that `--set` knows, from the declarations of the configuration."""
    # Pydantic takes longer to import than everything else here; only this page needs it.
    from rnnviz.contracts.config import RunConfig

    lines = ["", "options for --set:"]
    for section, about in RunConfig.model_fields.items():
        for name, field in getattr(type(about.default), "model_fields", {}).items():
            lines.append(f"  {f'{section}.{name}':32} {field.description}")
    return "\n".join(lines) + "\n"


def _drawing(command: argparse.ArgumentParser, dpi: int | None = 150) -> None:
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.add_argument(
        "--size",
        type=values.size,
        metavar="WxH",
        help="inches, e.g. 12x6, or only a width such as 3.3 for a column of a paper",
    )
    usual = "150" if dpi else "150; animations 110"
    command.add_argument(
        "--dpi", type=values.dpi, default=dpi, help=f"of pixels, 30 to 1200 ({usual})"
    )
    for name in ("layer", "unit", "time"):
        command.add_argument(f"--{name}", type=int, metavar="N", help=f"select this {name}, from 0")


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="the result as JSON")


DESCRIPTIONS: dict[str, Callable[[Add], None]] = {
    "window": _window,
    "recipes": _recipes,
    "train": _train,
    "runs": _runs,
    "sample": _sample,
    "views": _views,
    "export": _export,
    "compare": _compare,
    "convert": _convert,
    "bench": _bench,
    "demo": _demo,
}
