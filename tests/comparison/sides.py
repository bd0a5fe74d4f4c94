"""Runs to compare, made without training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnviz.contracts.comparison import Compared, Side, colours
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from tests import snapshots

CONFIG = RunConfig().replaced({"model.layers": 2, "model.hidden_size": 32})


def scene(snapshot: Snapshot, seed: int = 0, **changes: object) -> Scene:
    made = Scene(
        snapshot, snapshots.history(300, seed), corpus=snapshots.corpus(), past=(snapshot,),
        samples=snapshots.samples(),
    )  # fmt: skip
    return replace(made, **changes)


def of(*scenes: Scene, configs: tuple[RunConfig, ...] = ()) -> Compared:
    names = "ABCD"[: len(scenes)]
    chosen = configs or (CONFIG,) * len(scenes)
    parts = zip(names, colours(len(scenes)), chosen, scenes, strict=True)
    return tuple(Side(name, colour, config, seen) for name, colour, config, seen in parts)


def pair(**changes: object) -> Compared:
    """Two LSTMs of one shape that read the same text."""
    made = [snapshots.language_snapshot(seed=seed, **changes) for seed in (1, 2)]
    return of(*(scene(snapshot, seed) for seed, snapshot in enumerate(made)))


def steps(losses: list[float], tokens: int, validated: dict[int, float]) -> History:
    """A history with these losses, `tokens` tokens and a tenth of a second a step."""
    nan = float("nan")
    return History(
        StepRow(s, s / 10, loss, 1.0, 1.0, nan, 1e-3, s / 10, s * tokens, validated.get(s, nan))
        for s, loss in enumerate(losses, start=1)
    )


def noisy(count: int, seed: int) -> list[float]:
    return list(np.random.default_rng(seed).uniform(1.0, 3.0, count))
