"""Writes a run directory: what it is (`config.toml`, `run.json`), what happened (`record`) and
where it stands (`checkpoints/`). Never pickle. `run_store` reads it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from math import inf, isnan
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine import checkpoints, disk, facts, layout
from rnnviz.engine.facts import Parent
from rnnviz.engine.layout import CHECKPOINTS, CONFIG, FACTS
from rnnviz.engine.playback import Playback
from rnnviz.engine.presence import ALIVE, Presence
from rnnviz.engine.record import Record
from rnnviz.engine.session import Session
from rnnviz.engine.trainer import TrainerState


class Unsaved(Exception):
    """Something could not be written; the message says what and why, as the start of a sentence."""


class RunFolder:
    """The writing side: one run directory, from its creation to its end.

    After creation every method but `say` may raise `Unsaved`; what was saved before stays as it
    was. No other process can write meanwhile.
    """

    def __init__(
        self, path: Path, keep: checkpoints.Keep, record: Record, presence: Presence
    ) -> None:
        self.path = path
        self._record = record
        self._presence = presence
        self._keep = keep
        self._best = inf
        self._state, self._message = "paused", ""

    def say(self, state: str, message: str = "", goal: int | None = None) -> None:
        """How the run stands, for those who list runs: training, paused, finished, failed."""
        self._state, self._message = state, message
        self._presence.say(state=state, message=message, **({"goal": goal} if goal else {}))

    def add_steps(self, rows: Iterable[StepRow]) -> None:
        """Record scalars."""
        rows = tuple(rows)
        found = [row.validation_loss for row in rows if not isnan(row.validation_loss)]
        self._best = min([self._best, *found])
        self._presence.say(step=rows[-1].step, best_loss=self._best)
        with _saving(self.path):
            self._record.add_steps(rows)

    def add_sample(self, sample: Sample) -> None:
        """Record a sample."""
        with _saving(self.path):
            self._record.add_sample(sample)

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Record an evaluation."""
        with _saving(self.path):
            self._record.add_evaluation(evaluation)

    def add_snapshot(self, snapshot: Snapshot, full: bool) -> None:
        """Record a snapshot, its large arrays only when `full`."""
        with _saving(self.path):
            self._record.add_snapshot(snapshot, full)

    def add_mark(self, mark: Mark) -> None:
        """Record what happened at a step."""
        with _saving(self.path):
            self._record.add_mark(mark)

    def checkpoint(self, state: TrainerState) -> None:
        """Save everything needed to go on."""
        with _saving(self.path):
            # A checkpoint must not outlive the steps before it.
            self._record.sync()
            checkpoints.write(self.path / CHECKPOINTS, state, self._keep)

    def rewind(self, step: int) -> None:
        """Forget everything after `step`."""
        with _saving(self.path):
            self._record.rewind(step)
            checkpoints.forget_after(self.path / CHECKPOINTS, step)
        self._recall(step)

    def _recall(self, step: int) -> None:
        """Say again what the steps up to `step` say."""
        with suppress(UserError):
            self._best = best_loss(Playback(self.path).history())
        self._presence.say(step=step, best_loss=self._best)

    def close(self) -> None:
        """End writing; others may write from now on."""
        if self._state in ALIVE:
            # A run that rests with a complaint had come to no good end.
            self.say("failed" if self._message else "stopped", self._message)
        try:
            with _saving(self.path):
                self._record.close()
        finally:
            self._presence.close()


def create(
    path: Path, session: Session, overwrite: bool = False, parent: Parent | None = None
) -> RunFolder:
    """Begin a run directory with its first checkpoint; UserError when nothing can be written there.

    An existing run is only replaced with `overwrite`, a folder with anything else in it never.
    """
    require_free(path, overwrite)
    about = facts.of(session, parent)
    with _beginning(path) as presence:
        _clear(path)
        disk.write(path / CONFIG, facts.located(session.config).to_toml().encode())
        folder = _opened(path, session, presence)
        checkpoints.write(path / CHECKPOINTS, session.trainer.state(), keep(session.config))
        _begin(presence, about, session)
        # Last: a folder with this file is a whole run.
        disk.write(path / FACTS, json.dumps(about, indent=1).encode())
    return folder


def create_for_script(
    path: Path, about: dict[str, Any], megabytes: int, overwrite: bool = False
) -> RunFolder:
    """Begin the directory of a run that somebody's script trains: without configuration and
    checkpoints, with the facts `about` it. UserError as with `create`.
    """
    require_free(path, overwrite)
    about = facts.of_script(**about)
    with _beginning(path) as presence:
        _clear(path)
        record = Record(path, megabytes * 10**6)
        folder = RunFolder(path, keep(RunConfig()), record, presence)
        _begin_script(presence, about)
        disk.write(path / FACTS, json.dumps(about, indent=1).encode())
    return folder


def reopen(path: Path, session: Session) -> RunFolder:
    """Go on writing a run from where the session's trainer stands; what was recorded after that is
    forgotten. UserError when somebody else writes there or nothing can be written.
    """
    about = facts.read(path)
    with _beginning(path) as presence:
        _clear_torn(path)
        disk.write(path / CONFIG, facts.located(session.config).to_toml().encode())
        folder = _opened(path, session, presence)
        _begin(presence, about, session)
        folder.rewind(session.trainer.done)
        folder.add_mark(Mark(session.trainer.done, "resumed"))
    return folder


def require_free(path: Path, overwrite: bool = False) -> None:
    """UserError unless a run may be written to `path`."""
    try:
        _require_free(path, overwrite)
    except OSError as error:
        why = error.strerror or error
        raise UserError(f"Cannot write to {path} ({why}): choose another folder.") from None


def _require_free(path: Path, overwrite: bool) -> None:
    if path.is_file():
        raise UserError(f"{path} is a file; choose a folder for the run.")
    if not path.is_dir() or all(layout.is_of_begun(each.name) for each in path.iterdir()):
        return
    if not (path / FACTS).is_file():
        raise UserError(f"{path} is not empty and holds no run; choose another folder.")
    if not overwrite:
        raise UserError(f"{path} already holds a run; choose another folder or add --overwrite.")


def keep(config: RunConfig) -> checkpoints.Keep:
    """How many checkpoints stay, as configured."""
    return checkpoints.Keep(config.look.checkpoints, config.look.checkpoint_megabytes * 10**6)


def best_loss(history: History) -> float:
    """The lowest validation loss, infinite where there is none."""
    losses = history.column("validation_loss")
    return float(min(losses[~np.isnan(losses)], default=inf))


@contextmanager
def _beginning(path: Path) -> Iterator[Presence]:
    """The run is ours, or let go again where that fails."""
    presence = None
    try:
        with _saving(path):
            path.mkdir(parents=True, exist_ok=True)
            presence = Presence(path)
            yield presence
    except (Unsaved, UserError) as error:
        if presence is not None:
            presence.close()
        if isinstance(error, UserError):
            raise
        raise UserError(f"{error}: choose another folder for the run.") from None


def _opened(path: Path, session: Session, presence: Presence) -> RunFolder:
    record = Record(path, session.config.look.record_megabytes * 10**6)
    return RunFolder(path, keep(session.config), record, presence)


def _begin(presence: Presence, about: dict[str, Any], session: Session) -> None:
    config = session.config
    presence.begin(
        id=about.get("id"),
        begun=about.get("begun"),
        parent=about.get("parent"),
        title=config.title,
        task=config.task.name,
        cell=config.model.cell,
        step=session.trainer.done,
        goal=config.training.steps,
        best_loss=inf,
        state="paused",
        message="",
    )


def _begin_script(presence: Presence, about: dict[str, Any]) -> None:
    parts = about.get("structure", {}).get("parts", [])
    shared = {name: about.get(name) for name in ("id", "begun", "parent", "title")}
    presence.begin(
        **shared,
        task=facts.SCRIPT,
        cell=", ".join(dict.fromkeys(part["cell"]["name"] for part in parts)),
        step=0,
        goal=0,
        best_loss=inf,
        state="training",
        message="",
    )


def _clear_torn(path: Path) -> None:
    for part in path.iterdir():
        if layout.is_torn(part.name):
            disk.remove(part)
    checkpoints.clear_torn(path / CHECKPOINTS)


def _clear(path: Path) -> None:
    _clear_torn(path)
    for name in layout.EVERYTHING:
        part = path / name
        if part.is_dir():
            shutil.rmtree(part)
        elif name != layout.LOCK:
            part.unlink(missing_ok=True)


@contextmanager
def _saving(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unsaved(f"Cannot write to {path} ({error.strerror or error})") from None
