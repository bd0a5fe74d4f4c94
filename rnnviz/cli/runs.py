"""`rnnviz runs`: what was trained, how it stands, and what branched off what."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rnnviz.app.settings import runs_path
from rnnviz.engine.family import Family, RunInfo, families, runs_in

Line = tuple[str, RunInfo]
"""What stands before a name, and the run."""

_HEADINGS = ("name", "state", "steps", "best loss", "begun", "task", "cell", "folder")
_RIGHT = ("steps", "best loss")


def run(args: argparse.Namespace) -> int:
    """List the runs of a folder; without one those of the window."""
    folder = Path(args.folder) if args.folder is not None else runs_path()
    found = runs_in(folder) if args.folder is not None or folder.is_dir() else ()
    if args.json:
        data = [_tree(each) for each in families(found)] if args.tree else [_data(r) for r in found]
        print(json.dumps(data))
    elif found:
        shown = list(_drawn(families(found))) if args.tree else [("", each) for each in found]
        print(_table(shown))
    else:
        print(f"There are no runs in {folder}.")
    return 0


def _drawn(branches: Sequence[Family], indent: str = "", top: bool = True) -> Iterator[Line]:
    """Every run with the lines that lead to it."""
    for index, family in enumerate(branches):
        last = index == len(branches) - 1
        corner, below = ("", "") if top else ("└ ", "  ") if last else ("├ ", "│ ")
        yield indent + corner, family.run
        yield from _drawn(family.branches, indent + below, top=False)


def _table(lines: Iterable[Line]) -> str:
    rows = [_HEADINGS, *(_row(*line) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    cells = [[_padded(*cell) for cell in zip(_HEADINGS, row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in cells)


def _row(lead: str, run: RunInfo) -> tuple[str, ...]:
    of = f" of {run.goal:,}" if run.state not in ("finished", "recorded") and run.goal else ""
    best = "" if run.best_loss is None else f"{run.best_loss:.4f}"
    from_step = f" (from step {run.parent_step:,})" if run.parent is not None else ""
    begun = run.begun[:16].replace("T", " ")
    if run.state == "damaged":
        return lead + run.name, run.state, "", "", "", "", "", run.message
    steps = f"{run.steps:,}{of}"
    where = str(run.path)
    return lead + run.name + from_step, run.state, steps, best, begun, run.task, run.cell, where


def _padded(heading: str, text: str, width: int) -> str:
    return text.rjust(width) if heading in _RIGHT else text.ljust(width)


def _data(run: RunInfo) -> dict[str, Any]:
    parent = None if run.parent is None else str(run.parent)
    return asdict(run) | {"path": str(run.path), "parent": parent}


def _tree(family: Family) -> dict[str, Any]:
    return _data(family.run) | {"branches": [_tree(each) for each in family.branches]}
