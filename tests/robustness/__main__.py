"""python -m tests.robustness [kills|faults|mutations|writers|hours …] [--share 0.01 | --short]"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.robustness.hours import STEPS

# How often in full.
COUNTS = {
    "kills": 200,
    "faults": 2000,
    "mutations": 2000,
    "writers": 200,
    "hours": STEPS,
}
SHORT = {"kills": 3, "faults": 10, "mutations": 48, "writers": 2, "hours": 1}


def main() -> int:
    """Print one JSON line for each; 1 when anything did not survive."""
    parser = argparse.ArgumentParser(prog="python -m tests.robustness", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(COUNTS))
    parser.add_argument("--share", type=float, default=1.0, help="of the full counts")
    parser.add_argument("--short", action="store_true", help="a few of each, in seconds")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    failed = False
    for name in args.names or COUNTS:
        survive = importlib.import_module(f"tests.robustness.{name}").survive
        count = SHORT[name] if args.short else max(1, round(COUNTS[name] * args.share))
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=f"rnnviz-{name}-") as folder:
            report = survive(Path(folder), count, args.seed)
        about = {"name": name, "seed": args.seed, "seconds": round(time.monotonic() - began, 1)}
        print(json.dumps(about | report), flush=True)
        failed = failed or bool(report["failures"])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
