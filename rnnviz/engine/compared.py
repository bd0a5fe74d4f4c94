"""Runs on disk opened to be compared: each with its scene at one step, named and coloured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rnnviz.contracts.comparison import MOST, Compared, Side, colours, distinct_names
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import NEEDS, Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.engine.moments import Moments
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import look, scene


def compared(
    paths: Sequence[Path],
    needs: Iterable[str] = NEEDS,
    selection: Selection | None = None,
    step: int | None = None,
    probe: str = "",
) -> Compared:
    """Two to four runs; UserError names the one that cannot be read.

    step   the recorded look nearest to it; None for the newest
    probe  look afresh at the newest checkpoints, on this text
    """
    runs = open_runs(paths)
    needs = tuple(needs)
    scenes = [_scene(run, needs, selection, step, probe) for run in runs]
    if not probe and step is None:
        scenes = _on_one_text(runs, scenes)
    names = distinct_names([run.name for run in runs], [run.path for run in runs])
    made = zip(names, colours(len(runs)), runs, scenes, strict=True)
    return tuple(_side(name, colour, run, seen) for name, colour, run, seen in made)


def _side(name: str, colour: str, run: Run, seen: Scene) -> Side:
    if run.from_script:
        return Side(name, colour, None, seen, run.options)
    return Side(name, colour, run.config, seen)


def open_runs(paths: Sequence[Path]) -> list[Run]:
    """The runs in these folders; UserError unless they are two to four different ones."""
    if not 2 <= len(paths) <= MOST:
        raise UserError(f"Name 2 to {MOST} runs to compare, not {len(paths)}.")
    if len({path.resolve() for path in paths}) < len(paths):
        raise UserError("The same run is named twice: compare different ones.")
    return [Run.open(path) for path in paths]


def _scene(
    run: Run, needs: tuple[str, ...], selection: Selection | None, step: int | None, probe: str
) -> Scene:
    try:
        if probe:
            return replace(scene(run, (), selection), snapshot=look(run, probe))
        seen = scene(run, () if step is not None else needs, selection)
        return seen if step is None else replace(seen, snapshot=_nearest(run, needs, step))
    except UserError as error:
        raise UserError(f"{run.path}: {error}") from None


def _nearest(run: Run, needs: tuple[str, ...], step: int) -> Snapshot:
    """The recorded look with these arrays nearest to `step`, with weights of a checkpoint."""
    moments = Moments(run.path)
    for at in sorted(moments.contents().stops, key=lambda each: abs(each - step)):
        try:
            found = moments.snapshot(at, "parameters" in needs)
        except (KeyError, UserError):
            continue  # damaged, or given up a moment ago
        if set(needs) <= found.needs | _weights(found):
            return found
    raise UserError(
        "its record holds no look inside with what this view needs; leave the step out."
    )


def _weights(snapshot: Snapshot) -> set[str]:
    held = any(name.startswith("parameter/") for name in snapshot.arrays)
    return {"parameters"} if held else set()


def _on_one_text(runs: list[Run], scenes: list[Scene]) -> list[Scene]:
    """The first run's text for all of them, where they can read it; else as they are."""
    if any(run.from_script for run in runs):
        return scenes
    tasks = {run.config.task.name for run in runs}
    if len({_text(seen) for seen in scenes}) == 1 or len(tasks) > 1:
        return scenes
    probe = runs[0].config.look.probe or runs[0].task.default_probe
    try:
        looks = [look(run, probe) for run in runs]
    except UserError:
        return scenes
    return [replace(seen, snapshot=found) for seen, found in zip(scenes, looks, strict=True)]


def _text(seen: Scene) -> tuple[str, ...]:
    assert seen.snapshot is not None
    return (*seen.snapshot.tokens.source, *seen.snapshot.tokens.input)
