"""Where a run goes on from: its own newest state (resume), or a kept state of another run, with
other options (branch).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.engine import facts, run_folder
from rnnviz.engine.facts import Parent
from rnnviz.engine.presence import busy
from rnnviz.engine.run_folder import RunFolder
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session, require_same_shapes
from rnnviz.engine.trainer import TrainerState

# With one of these changed the next batch no longer continues the last one.
_ROWS = ("batch_size", "sequence_length", "carry_state", "seed")


class Origin(ABC):
    """A run on disk that training goes on from."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @abstractmethod
    def load(self, session: Session) -> None:
        """Put its state into a session that was just built; UserError where it does not fit."""

    @abstractmethod
    def folder(self, out: Path, session: Session, overwrite: bool) -> RunFolder:
        """Where the run is written from now on."""


class Resume(Origin):
    """The same run, from its newest whole checkpoint: as if it had never stopped there."""

    def load(self, session: Session) -> None:
        if self.run.is_live:
            raise UserError(busy(self.run.path))
        facts.require_same_corpus(self.run.facts, session.config)
        state = self.run.state
        _require_fit(self.run, session, state)
        self._loaded = self.run.checkpoint_steps()
        session.trainer.load_state(state)

    def folder(self, out: Path, session: Session, overwrite: bool) -> RunFolder:
        if self.run.checkpoint_steps() != self._loaded:
            raise UserError(f"{out} has been trained on elsewhere meanwhile: open it again.")
        return run_folder.reopen(out, session)


class Branch(Origin):
    """Another run that begins where this one stood after `step` updates (None: the newest kept)."""

    def __init__(self, run: Run, step: int | None = None) -> None:
        super().__init__(run)
        kept = run.checkpoint_steps()
        self.step = step if step is not None else kept[-1] if kept else 0

    def load(self, session: Session) -> None:
        state = self.run.state_at(self.step)
        _require_fit(self.run, session, state)
        session.trainer.load_state(adapted(state, self.run.config, session.config))

    def folder(self, out: Path, session: Session, overwrite: bool) -> RunFolder:
        run = self.run
        name = str(run.facts.get("id", ""))
        parent = Parent(name, run.name, str(run.path.resolve()), self.step)
        return run_folder.create(out, session, overwrite, parent)


def adapted(state: TrainerState, old: RunConfig, new: RunConfig) -> TrainerState:
    """The state with what the new options change: a rate or threshold that differs is taken, memory
    of another optimizer and rows that no longer continue are left behind.
    """
    before, after = old.training, new.training
    if after.learning_rate != before.learning_rate:
        state = replace(state, learning_rate=after.learning_rate)
    if after.clip_threshold != before.clip_threshold:
        state = replace(state, clip_threshold=after.clip_threshold)
    if after.optimizer != before.optimizer:
        state = replace(state, optimizer={})
    same_rows = all(getattr(after, name) == getattr(before, name) for name in _ROWS)
    if new.task != old.task or not same_rows:
        state = replace(state, carried=None)
    return state


def _require_fit(run: Run, session: Session, state: TrainerState) -> None:
    """UserError, with the options that cannot be changed, where network or tokens are others."""
    if session.config.task.name != run.config.task.name:
        raise _unfit(run, "it learns another task", run.config, session.config)
    try:
        require_same_shapes(session.config, session.task, state)
    except UserError as error:
        raise _unfit(run, str(error), run.config, session.config) from None
    if _tokens(session.task.state()) != _tokens(run.facts.get("task")):
        raise _unfit(run, "its tokens are others", run.config, session.config)


def _unfit(run: Run, why: str, old: RunConfig, new: RunConfig) -> UserError:
    pairs = [
        f"{section}.{name} {value} instead of {getattr(getattr(old, section), name)}"
        for section in ("task", "model")
        for name, value in getattr(new, section).model_dump().items()
        if value != getattr(getattr(old, section), name)
    ]
    changed = ", ".join(pairs) or "the corpus was changed"
    return UserError(
        f"The network of {run.path} cannot go on like this, {why} ({changed}): training and "
        "looking can be changed, network and tokens only by training anew."
    )


def _tokens(task: object) -> object:
    """What tokens mean: the lists in a task's state, without what only describes the corpus."""
    if not isinstance(task, dict):
        return None
    described = ("summary", "default_probe", "shown_pair")
    told = {name: value for name, value in task.items() if name not in described}
    # One of both comes from a file, where tuples are lists.
    return json.loads(json.dumps(told))
