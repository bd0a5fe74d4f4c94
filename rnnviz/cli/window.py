"""`rnnviz` and `rnnviz PATH`: the window, where there is a display."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from rnnviz.cli.arguments import COMMANDS
from rnnviz.contracts.errors import UserError


def run(args: argparse.Namespace) -> int:
    """Open the window; UserError without a display or with a path that does not exist."""
    if args.path is not None and not Path(args.path).expanduser().exists():
        known = ", ".join(COMMANDS)
        raise UserError(f"There is no file or command {args.path!r}; the commands are {known}.")
    if not has_display():
        raise UserError(
            "There is no display for the window; without one use rnnviz train, sample, views, "
            "export, bench or demo (each has --help)."
        )
    # Until the window stands thousands of objects are made that all stay: nothing to collect.
    gc.disable()
    from rnnviz.app.main import run_window

    return run_window(args.path)


def has_display() -> bool:
    """True where Qt can open a window."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
