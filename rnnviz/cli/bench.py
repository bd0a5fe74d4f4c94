"""`rnnviz bench`: runs one of the measurements in `benchmarks/`."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.shipped import shipped


def run(args: argparse.Namespace) -> int:
    """Measure and print one object of figures; without a name list what there is."""
    if args.name is None:
        names = bench_names()
        print(json.dumps(names) if args.json else "\n".join(names))
        return 0
    figures = measure(args.name)
    if args.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")
    return 0


def bench_names() -> list[str]:
    """Modules of `benchmarks/`; helpers begin with an underscore."""
    found = pkgutil.iter_modules([str(shipped("benchmarks"))])
    return sorted(module.name for module in found if not module.name.startswith("_"))


def measure(name: str) -> dict[str, object]:
    """What `benchmarks.NAME.measure()` gives; UserError when there is no such benchmark."""
    if name not in bench_names():
        raise UserError(f"There is no benchmark {name!r}; there are {', '.join(bench_names())}.")
    folder = str(shipped("benchmarks").parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    figures: dict[str, object] = importlib.import_module(f"benchmarks.{name}").measure()
    return figures
