"""Two windows, or a window and a command line, want to train on one run at the same moment: one of
them does, the other opens it read only and says so.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from rnnviz.engine.run_folder import create
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import build
from tests.robustness.common import tiny
from tests.robustness.rivals import CommandRival, Outcome, WindowRival

# Both are told to begin at a moment so far ahead.
AHEAD = 0.05

# Refused in the middle; refused because the other one has done steps already; a window that saw
# the other one begin before it was asked.
SENTENCES = ("is being written", "has been trained on elsewhere", "Training goes on.")
STEPS = 5


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many races, by turns of two windows and of a window and a command."""
    # Before anything forks: what is imported once need not be by every child.
    import rnnviz.app.window
    import rnnviz.cli.train  # noqa: F401

    dice = random.Random(seed)
    out = _begun(folder)
    first, second, command = WindowRival(folder), WindowRival(folder), CommandRival(folder)
    failures: list[str] = []
    won = dict.fromkeys(("first window", "second window", "command"), 0)
    for race in range(count):
        named: dict[str, Any] = {"first window": first}
        named |= {"second window": second} if race % 2 else {"command": command}
        try:
            won[_race(out, named, dice)] += 1
        except Exception as error:
            failures.append(f"race {race}: {type(error).__name__}: {error}")
            break
    if failures:
        for rival in (first, second, command):
            rival.kill()
    else:
        codes = [rival.close() for rival in (first, second)]
        failures += [f"a window ended with {code}" for code in codes if code]
    return {"races": count, "won": won, "steps": len(Run.open(out).history), "failures": failures}


def _begun(folder: Path) -> Path:
    session = build(tiny(folder, training__steps=10**6))
    path = folder / "run"
    written = create(path, session)
    for _ in range(STEPS):
        written.add_steps([session.trainer.step()])
    written.checkpoint(session.trainer.state())
    written.close()
    return path


def _race(out: Path, rivals: dict[str, Any], dice: random.Random) -> str:
    """The name of the one that trained."""
    before = Run.open(out).state.step
    for rival in rivals.values():
        rival.get_ready(out)
    at = time.monotonic() + AHEAD
    for rival in dice.sample([*rivals.values()], len(rivals)):
        rival.go(at + dice.uniform(0.0, AHEAD))
    found: dict[str, Outcome] = {name: rival.outcome() for name, rival in rivals.items()}
    trains = [name for name, outcome in found.items() if outcome.trains]
    assert len(trains) == 1, found
    (refused,) = (outcome for outcome in found.values() if not outcome.trains)
    assert any(words in refused.said for words in SENTENCES), refused
    assert refused.read_only == "exit code 2" or "read only" in refused.read_only, refused
    rivals[trains[0]].stop()
    run = Run.open(out)
    assert not run.is_live, "it is still held"
    assert run.state.step >= before, "steps were lost"
    assert run.history.column("step").tolist() == list(range(1, len(run.history) + 1))
    return trains[0]
