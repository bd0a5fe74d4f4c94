"""What can be typed after `rnnviz`. Imports nothing heavy: `--help` answers at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import rnnviz
from rnnviz.cli.descriptions import DESCRIPTIONS
from rnnviz.cli.usage import Parser, adder
from rnnviz.contracts.errors import UserError

COMMANDS = tuple(DESCRIPTIONS)

_EXAMPLES = """examples:
  rnnviz                                         open the window
  rnnviz train char-lm --steps 200 --out out/first   train in the terminal
  rnnviz out/first                               open that run in the window
  rnnviz export out/first --all out/pictures     draw every view of it
"""


def parse(given: Sequence[str]) -> argparse.Namespace:
    """What was typed; `module` names the module to run. UserError on wrong usage."""
    args, rest = parser().parse_known_args(given)
    # Argparse gives an optional file name up for lost once an option stands before it.
    if args.module == "export" and args.file is None and rest and not rest[0].startswith("-"):
        args.file = rest.pop(0)
    if rest:
        raise UserError(f"unrecognized arguments: {' '.join(rest)}; see rnnviz --help.")
    return args


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = Parser(
        prog="rnnviz",
        description=rnnviz.__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"rnnviz {rnnviz.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, describe in DESCRIPTIONS.items():
        describe(adder(commands, name))
    return top
