"""What the views get of a recorded run: the newest recorded snapshot, or a fresh look at the
checkpoint where the record does not hold enough.
"""

from __future__ import annotations

from collections.abc import Iterable

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import NEEDS, Snapshot
from rnnviz.contracts.structure import Structure
from rnnviz.contracts.view import Scene
from rnnviz.engine.observer import Observer
from rnnviz.engine.run_store import Run


def scene(run: Run, needs: Iterable[str] = NEEDS, selection: Selection | None = None) -> Scene:
    """Everything a view may look at, with at least `needs` in the snapshot; UserError where the
    selection names what is not there.
    """
    chosen = selection or Selection()
    require_inside(chosen, run.structure)
    snapshot = run.last_snapshot() if run.from_script else _snapshot(run, needs)
    if snapshot is not None:
        _require("time", chosen.time, len(snapshot.tokens.input))
    return Scene(
        snapshot=snapshot,
        history=run.history,
        selection=chosen,
        samples=run.samples,
        corpus=run.corpus,
        structure=run.structure,
        past=run.past,
        evaluations=run.evaluations,
        goal=run.goal,
    )


def look(run: Run, probe: str = "", needs: Iterable[str] = NEEDS) -> Snapshot:
    """The newest checkpoint on `probe` (the configured one where it is empty)."""
    text = probe or run.config.look.probe or run.task.default_probe
    observer = Observer(run.model, run.task, run.name)
    observer.refresh(run.model)
    prepared = run.task.probe(text, run.model)
    return observer.look(prepared, frozenset(needs), run.state.step, 0)


def require_inside(selection: Selection, structure: Structure) -> None:
    """UserError when the selection names a layer or unit that the network does not have."""
    if structure.parts:
        part = structure.parts[0]
        _require("layer", selection.layer, part.layers)
        _require("unit", selection.unit, part.hidden_size)


def _require(name: str, value: int | None, size: int) -> None:
    if value is not None and not 0 <= value < size:
        raise UserError(f"There is no {name} {value}: choose one from 0 to {size - 1}.")


def _snapshot(run: Run, needs: Iterable[str]) -> Snapshot:
    recorded = run.last_snapshot()
    if recorded is not None and set(needs) <= recorded.needs:
        return recorded
    return look(run)
