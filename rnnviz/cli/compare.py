"""`rnnviz compare`: two to four runs on one figure, or what differs between them as a table."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rnnviz.cli.views import named
from rnnviz.cli.window import has_display
from rnnviz.comparison.configurations import configurations, differing, facts_of
from rnnviz.comparison.sheet import Wish, sheet
from rnnviz.contracts.comparison import Compared, Sheet
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Table
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import View
from rnnviz.engine.compared import compared, open_runs
from rnnviz.export import SUFFIXES, write_picture

INCHES_PER_RUN, LEAST_INCHES = 5.5, 9.0
PIXELS_PER_INCH = 96


def run(args: argparse.Namespace) -> int:
    """Write the figure, print the table, or open the window."""
    if args.show:
        return _show([Path(path) for path in args.runs])
    view, out = named(args.view), _target(args)
    found = _open(args, view)
    if out is not None:
        _write(found, view, out, args)
    if args.json:
        print(json.dumps(report(found, args.runs), indent=1, ensure_ascii=False))
    elif out is not None:
        print(out)
    else:
        print(_as_text(found, args.full))
    return 0


def _show(paths: list[Path]) -> int:
    """The comparison in its window, with the main window behind it."""
    open_runs(paths)
    if not has_display():
        raise UserError("There is no display for the window; without one use --out FILE.")
    from rnnviz.app.main import run_window

    return run_window(compared=paths)


def report(found: Compared, paths: list[str]) -> dict[str, Any]:
    """The table as plain data: results of each run, and the options that differ."""
    runs = [{"name": side.name, "path": path, **facts_of(side)}
            for side, path in zip(found, paths, strict=True)]  # fmt: skip
    return {"runs": runs, "different": {name: list(v) for name, v in differing(found).items()}}


def _target(args: argparse.Namespace) -> Path | None:
    """Where to, checked before any run is opened."""
    if args.out is None:
        return None
    path = Path(args.out)
    if path.suffix.lower().removeprefix(".") not in SUFFIXES:
        known = ", ".join(f".{suffix}" for suffix in SUFFIXES)
        raise UserError(f"{path}: the name must end in one of {known}.")
    return path


def _open(args: argparse.Namespace, view: View) -> Compared:
    looked_at = args.out is not None and args.what in ("all", "view", "difference")
    selection = Selection(layer=args.layer, unit=args.unit, time=args.time)
    paths = [Path(path) for path in args.runs]
    return compared(paths, view.needs if looked_at else (), selection, args.step, args.probe)


def _write(found: Compared, view: View, out: Path, args: argparse.Namespace) -> None:
    width, height = args.size or (_width(found, args.what), None)
    curves = {"along": args.along, "smoothing": args.smoothing, "log": args.log}
    pixels = round(width * PIXELS_PER_INCH)
    page = sheet(found, view, Wish(args.what, curves, {}, args.full, pixels))
    _require_something(page)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Cannot write {out}: {error.strerror or error}.") from None
    write_picture(page, out, args.theme, width, height, args.dpi)


def _width(found: Compared, what: str) -> float:
    beside = what in ("all", "view")
    return max(LEAST_INCHES, INCHES_PER_RUN * len(found)) if beside else LEAST_INCHES


def _require_something(page: Sheet) -> None:
    messages = [picture.message for picture in page.pictures]
    if all(messages):
        raise UserError(f"There is nothing to compare: {messages[0]}")


def _as_text(found: Compared, everything: bool) -> str:
    """The table in columns as wide as their longest cell."""
    from rnnviz.export.tables import cell_text

    picture = configurations(found, everything)
    table = picture.rows[0][0]
    assert isinstance(table, Table)
    rows = [table.columns, *[tuple(cell_text(cell) for cell in row) for row in table.rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.columns))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*(line.rstrip() for line in lines), picture.subtitle])
