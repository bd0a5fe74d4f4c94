"""A run directory opened for reading: enough for samples, pictures and going on."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rnnviz.contracts.config import RunConfig, load
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History
from rnnviz.contracts.model import Model
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.contracts.structure import Structure
from rnnviz.contracts.task import Task
from rnnviz.engine import checkpoints
from rnnviz.engine.playback import Playback
from rnnviz.engine.run_folder import CHECKPOINTS, CONFIG, FACTS, FORMAT, SUMMARY
from rnnviz.engine.session import make_model, task_class
from rnnviz.engine.trainer import TrainerState


class Run:
    """One run directory; it may still be written meanwhile.

    path     where it lies
    config   as it was trained
    facts    `run.json`: versions, seed, device, corpus fingerprint, vocabulary, structure
    """

    def __init__(self, path: Path, config: RunConfig, facts: dict[str, Any]) -> None:
        self.path = path
        self.config = config
        self.facts = facts
        self.playback = Playback(path)

    @classmethod
    def open(cls, path: Path) -> Run:
        """The run in that directory; UserError when it holds none or a damaged one."""
        if not (path / FACTS).is_file():
            raise UserError(f"{path} is not a run: it has no {FACTS}.")
        try:
            facts = json.loads((path / FACTS).read_text(encoding="utf-8"))
            form = facts["format"]
        except OSError as error:
            raise UserError(f"Cannot read {path / FACTS}: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{path / FACTS} is damaged; this run cannot be opened.") from None
        if form != FORMAT:
            raise UserError(
                f"{path} is written in the format {form!r}, but this version of rnnviz reads "
                f"{FORMAT!r}; open it with the version that wrote it, or train the network again."
            )
        return cls(path, load(path / CONFIG), facts)

    @property
    def name(self) -> str:
        """What to call it."""
        return self.config.title or self.path.resolve().name

    @cached_property
    def structure(self) -> Structure:
        """What the network consists of."""
        try:
            return Structure.from_json(json.dumps(self.facts["structure"]))
        except (KeyError, ValidationError):
            raise UserError(f"{self.path / FACTS} is damaged: it describes no network.") from None

    @cached_property
    def corpus(self) -> CorpusSummary:
        """What it was trained on."""
        try:
            return SUMMARY.validate_python(self.facts["summary"])
        except (KeyError, ValidationError):
            raise UserError(f"{self.path / FACTS} is damaged: it describes no corpus.") from None

    @cached_property
    def task(self) -> Task:
        """The task without its corpus: for probes and samples."""
        try:
            return task_class(self.config).restore(self.config, self.facts["task"])
        except (KeyError, ValueError, TypeError):
            raise UserError(f"{self.path / FACTS} is damaged: it has no vocabulary.") from None

    @cached_property
    def state(self) -> TrainerState:
        """The newest whole checkpoint; UserError when none is left."""
        state = checkpoints.newest(self.path / CHECKPOINTS)
        if state is None:
            raise UserError(f"{self.path} has no whole checkpoint; train the network again.")
        return state

    @cached_property
    def model(self) -> Model:
        """The network as of the newest checkpoint, on the CPU, in eval mode."""
        model = make_model(self.config, self.task.sizes)
        try:
            model.load_state_dict(self.state.model)
        except RuntimeError:
            raise UserError(f"The checkpoint in {self.path} belongs to another network.") from None
        model.eval()
        return model

    @cached_property
    def history(self) -> History:
        """Every recorded step."""
        return self.playback.history()

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """Every recorded sample."""
        return self.playback.samples()

    @cached_property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Every recorded evaluation."""
        return self.playback.evaluations()

    @cached_property
    def past(self) -> tuple[Snapshot, ...]:
        """Earlier snapshots without their large arrays."""
        return self.playback.past()

    def last_snapshot(self) -> Snapshot | None:
        """The newest snapshot that still has all its arrays, None when no whole one is left."""
        for step in reversed(self.playback.snapshot_steps(full=True)):
            # A damaged one, or one that is given up at this moment, costs itself only.
            with suppress(KeyError, UserError):
                return self.playback.snapshot(step)
        return None
