"""All runs in a folder as a list and as families: what each is, how it stands, what it branched
off. Reads little of each, so that hundreds are listed at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from rnnviz.contracts import config
from rnnviz.contracts.errors import UserError
from rnnviz.engine import disk
from rnnviz.engine.layout import CONFIG, FACTS, STEPS
from rnnviz.engine.presence import ALIVE, Pulse, read_status
from rnnviz.engine.step_log import StepReader

State = Literal[
    "training", "paused", "interrupted", "stopped", "finished", "failed", "recorded", "damaged"
]

# Vocabularies make `run.json` long; what a list shows stands in `status.json`.
_READ_WHOLE = 2**18
_MOST_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run of a list.

    id           by which branches know it; "" where it says none
    name         its title, else the name of its folder
    state        interrupted: the writer died; recorded: it does not say how it ended
    steps        optimizer updates recorded
    goal         updates that were wanted; 0 unknown
    best_loss    lowest validation loss in nats, None where there is none
    begun        ISO 8601, UTC
    parent       path of the run it branched off, None for one that began anew
    parent_id    id of that run
    parent_step  where it branched off
    message      why it failed, or what is damaged
    """

    path: Path
    id: str = ""
    name: str = ""
    state: State = "damaged"
    steps: int = 0
    goal: int = 0
    best_loss: float | None = None
    begun: str = ""
    task: str = ""
    cell: str = ""
    parent: Path | None = None
    parent_id: str = ""
    parent_step: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A run and what branched off it, oldest first."""

    run: RunInfo
    branches: tuple[Family, ...] = ()


@dataclass(frozen=True, slots=True)
class _Parent:
    id: str
    path: str
    step: int


@dataclass(frozen=True, slots=True)
class _Card:
    """The part of `status.json` that a list shows."""

    id: str | None = None
    title: str = ""
    state: State = "recorded"
    message: str = ""
    step: int = 0
    goal: int = 0
    best_loss: float | None = None
    begun: str = ""
    task: str = ""
    cell: str = ""
    parent: _Parent | None = None


_CARD: TypeAdapter[_Card] = TypeAdapter(_Card)


def runs_in(folder: Path) -> tuple[RunInfo, ...]:
    """The runs in a folder, or the folder itself where it is one; newest first. UserError when the
    folder cannot be read.
    """
    try:
        paths = [folder] if _is_run(folder) else sorted(filter(_is_run, folder.iterdir()))
    except OSError as error:
        raise UserError(f"Cannot read {folder}: {error.strerror or error}.") from None
    found = [run_info(path) for path in paths]
    return tuple(sorted(found, key=lambda run: (run.begun, run.path.name), reverse=True))


def run_info(path: Path) -> RunInfo:
    """What there is to say of one run; a damaged one is told as such."""
    try:
        card = _card(path)
    except (UserError, ValidationError, OSError, ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, UserError) else f"{path / FACTS} is damaged."
        return RunInfo(path, name=path.resolve().name, message=why)
    parent = card.parent
    return RunInfo(
        path,
        card.id or "",
        card.title or path.resolve().name,
        _state(path, card.state),
        card.step,
        card.goal,
        card.best_loss,
        card.begun,
        card.task,
        card.cell,
        Path(parent.path) if parent else None,
        parent.id if parent else "",
        parent.step if parent else 0,
        card.message,
    )


def families(runs: Iterable[RunInfo]) -> tuple[Family, ...]:
    """The same runs as trees. A run whose parent is not among them, or is its own descendant,
    stands at the top.
    """
    found = tuple(runs)
    by_id = {run.id: run for run in found if run.id}
    children: dict[Path, list[RunInfo]] = {}
    tops: list[RunInfo] = []
    for run in found:
        above = _ancestry(run, by_id)
        if above:
            children.setdefault(above[0].path, []).append(run)
        else:
            tops.append(run)
    return tuple(_family(run, children) for run in tops)


def _family(run: RunInfo, children: Mapping[Path, list[RunInfo]]) -> Family:
    below = sorted(children.get(run.path, ()), key=lambda each: (each.parent_step, each.begun))
    return Family(run, tuple(_family(each, children) for each in below))


def _ancestry(run: RunInfo, by_id: Mapping[str, RunInfo]) -> list[RunInfo]:
    """Parent, its parent, …; empty where that goes in a circle."""
    seen = [run]
    while parent := by_id.get(seen[-1].parent_id):
        if parent in seen:
            return []
        seen.append(parent)
    return seen[1:]


def _is_run(path: Path) -> bool:
    return (path / FACTS).is_file()


def _card(path: Path) -> _Card:
    status = read_status(path)
    if not (path / STEPS).is_file():
        raise UserError(f"{path / STEPS} is missing: its curves are lost.")
    facts = _facts(path) if (path / FACTS).stat().st_size <= _READ_WHOLE else None
    if "begun" in status:
        with suppress(ValidationError):
            return _checked(status)
    return _checked(_looked_up(path, facts or _facts(path)))


def _checked(card: dict[str, Any]) -> _Card:
    return _CARD.validate_python({k: v for k, v in card.items() if v is not None})


def _looked_up(path: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """The same from the files that are long to read, for a run that says nothing of itself."""
    chosen = config.load(path / CONFIG) if (path / CONFIG).is_file() else config.RunConfig()
    return {
        "id": facts.get("id"),
        "begun": facts.get("begun", ""),
        "parent": facts.get("parent"),
        "title": chosen.title,
        "task": chosen.task.name,
        "cell": chosen.model.cell,
        "goal": chosen.training.steps,
    } | _recorded(path)


def _recorded(path: Path) -> dict[str, Any]:
    try:
        history = StepReader(path / STEPS).read()
    except OSError:
        return {}
    last, losses = history.last(), history.column("validation_loss")
    best = min(losses[np.isfinite(losses)], default=None)
    return {
        "step": last.step if last else 0,
        "best_loss": None if best is None else float(best),
    }


def _facts(path: Path) -> dict[str, Any]:
    found = json.loads(disk.read(path / FACTS, _MOST_BYTES))
    if not isinstance(found, dict) or "format" not in found:
        raise ValueError("no facts")
    return found


def _state(path: Path, said: State) -> State:
    """How it stands: what it says of itself, unless its writer has died since."""
    if said in ALIVE and not Pulse(path).beats():
        return "interrupted"
    return said
