"""`rnnviz train` of a series: its variants one after another, each into a folder of its own."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rnnviz.cli.plan import changes, out_of
from rnnviz.contracts import torchrun
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.engine import recipes
from rnnviz.engine.run_folder import require_free

Report = dict[str, Any]
Train = Callable[[RunConfig, Path | None, bool], Report]


def variants(args: argparse.Namespace) -> dict[str, RunConfig]:
    """What `--set` and its like make of the variants; empty where no series is asked for."""
    if args.recipe is None or args.resume is not None or args.branch is not None:
        return {}
    changed = changes(args)
    return {name: one.replaced(changed) for name, one in recipes.series(args.recipe).items()}


def run(variants: Mapping[str, RunConfig], args: argparse.Namespace, train: Train) -> int:
    """Train all of them with `train`; Ctrl+C ends the series. The exit code is as of one run."""
    if torchrun.processes() > 1:
        raise UserError("A series trains one run after another; start it without torchrun.")
    out = out_of(args.out)
    folders = {name: None if out is None else out / name for name in variants}
    for folder in folders.values():
        if folder is not None:
            require_free(folder, args.overwrite)
    reports: dict[str, Report] = {}
    for name, config in variants.items():
        reports[name] = _train(name, config, folders[name], args.overwrite, train)
        if not args.json:
            print(f"{name}: {_words(reports[name])}", flush=True)
        if reports[name]["interrupted"]:
            break
    _tell(reports, out, len(reports) == len(variants), args.json)
    if any(report["saved"] is False for report in reports.values()):
        return 2
    return 130 if any(report["interrupted"] for report in reports.values()) else 0


def _train(
    name: str, config: RunConfig, folder: Path | None, overwrite: bool, train: Train
) -> Report:
    try:
        return train(config, folder, overwrite)
    except UserError as error:
        raise UserError(f"{name}: {error}") from None


def _words(report: Report) -> str:
    said = [f"{report['steps']:,} steps", f"{report['parameters']:,} parameters"]
    if report["val_loss"] is not None:
        said.append(f"validation loss {report['val_loss']:.3f}")
    if report["seconds"] is not None:
        said.append(f"{report['seconds']:.0f} s")
    return ", ".join(said) + "."


def _tell(reports: dict[str, Report], out: Path | None, whole: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps(reports))
    elif out is None:
        print("Nothing was kept; add --out DIR to keep the runs and compare them.")
    elif whole:
        named = " ".join(str(out / name) for name in reports)
        print(f"Kept in {out}; compare them with: rnnviz compare {named} --out {out}.svg")
