"""One run of a comparison as the window follows it: read from its folder again and again, also
while it is trained elsewhere, or before it has begun.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.engine.layout import FACTS
from rnnviz.engine.moments import Moments
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import look

# Earlier snapshots are many; pictures over training may lag behind a little.
SECONDS_BETWEEN_PASTS = 15.0


class Rival:
    """`refresh` reads what is new, in one thread at a time; what it has found may be used by any.

    name     what to call it
    config   as it was trained; as it will be, while the run has not begun; None where a script
             trained it, then `options` holds what that said
    problem  why there is nothing (more) to see, "" where all is well
    scene    all but the snapshot of the step that is looked at
    newest   a look at the newest checkpoint where nothing at all was recorded
    """

    def __init__(self, path: Path, config: RunConfig | None = None) -> None:
        self.path = path
        self.name = (config.title if config else "") or path.name
        self.config = config
        self.options: dict[str, Any] = {}
        self.problem = ""
        self.scene = Scene()
        self.newest: Snapshot | None = None
        self._run: Run | None = None
        self._past_at = -SECONDS_BETWEEN_PASTS

    def refresh(self) -> bool:
        """Read on; whether anything is new."""
        before = self._mark()
        try:
            self._read()
            self.problem = ""
        except UserError as error:
            self.problem = str(error)
        return self._mark() != before

    def _mark(self) -> tuple[object, ...]:
        history = self.scene.history
        return history is None or len(history), id(history), self.problem, len(self.scene.samples)

    def _read(self) -> None:
        if self._run is None and not (self.path / FACTS).is_file():
            raise UserError(f"{self.name} has not begun yet.")
        if self._run is None:
            self._open()
        run = self._run
        assert run is not None
        self.scene = replace(
            self.scene,
            history=run.playback.history(),
            samples=run.playback.samples(),
            evaluations=run.playback.evaluations(),
        )
        if time.monotonic() - self._past_at >= SECONDS_BETWEEN_PASTS:
            self.scene = replace(self.scene, past=run.playback.past())
            self._past_at = time.monotonic()

    def _open(self) -> None:
        run = Run.open(self.path)
        self.name = run.name
        if run.from_script:
            self.config, self.options = None, run.options
        else:
            self.config = run.config
        self.scene = Scene(corpus=run.corpus, structure=run.structure, goal=run.goal)
        if not run.from_script and not Moments(self.path).contents().stops:
            self.newest = _looked_at(run)
        self._run = run


def _looked_at(run: Run) -> Snapshot | None:
    """A look at the newest checkpoint, where one can be had."""
    try:
        return look(run)
    except UserError:
        return None
