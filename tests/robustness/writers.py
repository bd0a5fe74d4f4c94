"""Several processes want to write one run at the same moment: one of them does."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from rnnviz.contracts.errors import UserError
from rnnviz.engine.run_folder import create, reopen
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import build
from tests.robustness.common import ended, forked, tiny

RIVALS = 3
WON, REFUSED = 0, 3


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many races, first for a new run, then to go on with it."""
    session = build(tiny(folder))
    failures: list[str] = []
    out = folder / "run"
    for race in range(count):
        shutil.rmtree(out, ignore_errors=True)
        for name, write in (("create", create), ("reopen", reopen)):
            codes = _race(lambda write=write: write(out, session))
            if sorted(codes) != [WON, *[REFUSED] * (RIVALS - 1)]:
                failures.append(f"race {race} to {name}: {codes}")
            if Run.open(out).is_live:
                failures.append(f"race {race} to {name}: it is still held")
    return {"races": 2 * count, "rivals": RIVALS, "seed_used": seed, "failures": failures[:10]}


def _race(write: Any) -> list[int]:
    start, until = time.monotonic() + 0.1, time.monotonic() + 1.0

    def rival() -> None:
        time.sleep(max(0.0, start - time.monotonic()))
        try:
            folder = write()
        except UserError as error:
            said = str(error)
            refused = "being written" in said or "already holds a run" in said
            os._exit(REFUSED if refused else 4)
        time.sleep(max(0.0, until - time.monotonic()))
        folder.close()
        os._exit(WON)

    return [ended(child) for child in [forked(rival) for _ in range(RIVALS)]]
