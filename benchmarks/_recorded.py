"""Run directories for measurements, written as the program writes them, and a window on one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks._window import spin
from rnnviz.app.window import MainWindow
from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.snapshot import NEEDS, Snapshot
from rnnviz.engine import recipes, run_folder
from rnnviz.engine.observer import Observer
from rnnviz.engine.session import Session, build

AT_ONCE = 10_000  # steps written together


def recorded_run(
    path: Path, steps: int, snapshots: int, needs: frozenset[str] = frozenset(NEEDS)
) -> Path:
    """A run of the default network (2×128 LSTM, T = 50) with so many steps and full snapshots."""
    config = recipes.configuration("char-lm").replaced(
        {"look.record_megabytes": 100_000, "training.steps": steps}
    )
    session = build(config)
    folder = run_folder.create(path, session)
    rows = _rows(steps, config)
    for first in range(0, steps, AT_ONCE):
        folder.add_steps(rows[first : first + AT_ONCE])
    for snapshot in _snapshots(session, needs, snapshots, steps):
        folder.add_snapshot(snapshot, full=True)
    folder.close()
    return path


def open_run(app: QApplication, path: Path, folder: Path) -> MainWindow:
    """A window of 1440 × 900 in its default layout that shows the run, with everything painted."""
    window = MainWindow(folder / "settings.json")
    window.resize(1440, 900)
    window.show()
    window.control.load()
    while not window.control.torch_ready:
        spin(app, 0.05)
    window.opener.open(str(path))
    while window.run.state != "recorded":
        spin(app, 0.05)
    spin(app, 2.0)
    return window


def _rows(steps: int, config: RunConfig) -> list[StepRow]:
    """A loss that falls, with noise and a few peaks, as training has them."""
    random, rate = np.random.default_rng(1), config.training.learning_rate
    number = np.arange(1, steps + 1)
    loss = 1.2 + 3 * number**-0.3 + 0.1 * random.normal(size=steps)
    loss[random.integers(0, steps, 1 + steps // 10_000)] += 2.0
    norm = np.exp(random.normal(size=steps))
    return [
        StepRow(
            int(s), s / 50, float(loss[s - 1]), float(norm[s - 1]), min(float(norm[s - 1]), 5.0),
            5.0, rate, s * 0.02, int(s) * 2500,
            float(loss[s - 1]) if s % 1000 == 0 else float("nan"),
        )
        for s in number.tolist()
    ]  # fmt: skip


def _snapshots(
    session: Session, needs: frozenset[str], count: int, steps: int
) -> Iterator[Snapshot]:
    """One real look and, for the others, the same arrays with other numbers in them."""
    observer = Observer(session.model, session.task, "bench")
    observer.refresh(session.model)
    probe = session.task.probe(session.task.default_probe, session.model)
    look = observer.look(probe, needs, 0)
    places = np.linspace(1, steps, count).round().astype(int)
    return (_varied(look, int(step)) for step in places)


def _varied(look: Snapshot, step: int) -> Snapshot:
    shift = np.float32(0.3 * np.sin(step))
    arrays = {
        name: NamedArray(name, array.dims, np.asarray(array.values, np.float32) * (1 + shift))
        if array.values.dtype.kind == "f"
        else array
        for name, array in look.arrays.items()
    }
    return replace(look, step=step, arrays=arrays)
