"""One moment of a recorded run: the snapshot as it was kept, with the weights of the nearest
checkpoint where it was recorded without any.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.timeline import Contents
from rnnviz.engine import checkpoints
from rnnviz.engine.layout import CHECKPOINTS, checkpoint_path, checkpoint_steps
from rnnviz.engine.playback import Playback


class Moments:
    """Reads one run folder, which may still be written or not be there (yet, any more)."""

    def __init__(self, folder: Path) -> None:
        self._playback = Playback(folder)
        self._checkpoints = folder / CHECKPOINTS

    def contents(self) -> Contents:
        """What there is to see; empty where nothing can be read."""
        try:
            steps = self._playback.snapshot_steps()
            full = self._playback.snapshot_steps(full=True)
            return Contents(steps, full, self._marks())
        except (UserError, OSError):
            return Contents()

    def snapshot(self, step: int, weights: bool = False) -> Snapshot:
        """The snapshot of that step; with `weights` it has parameters if any can be had.

        KeyError when there is none (any more), UserError when it cannot be read.
        """
        found = self._playback.snapshot(step)
        held = any(name.startswith("parameter/") for name in found.arrays)
        return found if held or not weights else self._with_weights(found)

    def _with_weights(self, snapshot: Snapshot) -> Snapshot:
        steps = checkpoint_steps(self._checkpoints)
        for step in sorted(steps, key=lambda each: abs(each - snapshot.step)):
            try:
                model = checkpoints.read(checkpoint_path(self._checkpoints, step)).model
            except checkpoints.Damaged:
                continue
            arrays = dict(snapshot.arrays)
            for name, tensor in model.items():
                values = np.array(tensor.float().numpy())
                if values.ndim in (1, 2):
                    dims = ("row", "column")[: values.ndim]
                    arrays[f"parameter/{name}"] = NamedArray(f"parameter/{name}", dims, values)
            return replace(snapshot, arrays=arrays, weights_step=step)
        return snapshot

    def _marks(self) -> tuple[Mark, ...]:
        saved = [Mark(step, "checkpoint") for step in checkpoint_steps(self._checkpoints)]
        return (*self._playback.events(), *saved)
