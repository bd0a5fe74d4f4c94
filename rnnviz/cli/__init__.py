"""The command line: opens the window, or does the same work without one."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence

from rnnviz.cli import libraries
from rnnviz.cli.arguments import COMMANDS, parse
from rnnviz.contracts import torchrun
from rnnviz.contracts.errors import Cancelled, UserError

WRONG = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0, 2 with one sentence on stderr, 130 after Ctrl+C."""
    libraries.settle()
    _print_anything()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in COMMANDS and not given[0].startswith("-")):
        given.insert(0, "window")
    try:
        args = parse(given)
        return int(importlib.import_module(f"rnnviz.cli.{args.module}").run(args))
    except UserError as error:
        if torchrun.is_first():
            print(f"rnnviz: {error}", file=sys.stderr)
        return WRONG
    except (KeyboardInterrupt, Cancelled):
        if torchrun.is_first():
            print("rnnviz: Stopped; nothing half done was left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else WRONG


def _print_anything() -> None:
    """A terminal or pipe that knows few characters gets question marks, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
