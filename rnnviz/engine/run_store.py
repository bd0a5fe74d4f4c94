"""A run directory opened for reading: enough for samples, pictures and going on."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from rnnviz.contracts.config import RunConfig, load
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History
from rnnviz.contracts.model import Model
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.contracts.structure import Structure
from rnnviz.contracts.task import Task
from rnnviz.engine import checkpoints, facts
from rnnviz.engine.facts import SCRIPT
from rnnviz.engine.layout import CHECKPOINTS, CONFIG, FACTS, checkpoint_path, checkpoint_steps
from rnnviz.engine.playback import Playback
from rnnviz.engine.presence import Pulse
from rnnviz.engine.session import make_model, require_same_shapes, task_class
from rnnviz.engine.snapshot_codec import DAMAGE
from rnnviz.engine.trainer import TrainerState


class Run:
    """One run directory; it may still be written meanwhile.

    path     where it lies
    facts    `run.json`: versions, seed, device, corpus fingerprint, vocabulary, structure

    A run that a script recorded (`from_script`) has a record and a structure, but no configuration,
    task, checkpoint or model: asking for those raises UserError.
    """

    def __init__(self, path: Path, config: RunConfig | None, known: dict[str, Any]) -> None:
        self.path = path
        self._config = config
        self.facts = known
        self.playback = Playback(path)
        self._pulse = Pulse(path)

    @classmethod
    def open(cls, path: Path) -> Run:
        """The run in that directory; UserError when it holds none or a damaged one."""
        known = facts.read(path)
        return cls(path, None if known.get("origin") == SCRIPT else load(path / CONFIG), known)

    @property
    def from_script(self) -> bool:
        """True where `rnnviz.record` wrote it: the network lives in somebody's script."""
        return self._config is None

    @property
    def config(self) -> RunConfig:
        """As it was trained."""
        if self._config is None:
            raise UserError(
                f"{self.path} was recorded from a script; its network can be looked at, but only "
                "that script can train it, write samples with it or look at another text."
            )
        return self._config

    @property
    def goal(self) -> int:
        """Steps in all, 0 where nobody said how many."""
        return 0 if self._config is None else self._config.training.steps

    @property
    def options(self) -> dict[str, Any]:
        """What was configured, by dotted name: also what a script told about itself."""
        given = self.facts.get("options") if self._config is None else self._config.model_dump()
        return _flat(given) if isinstance(given, dict) else {}

    @property
    def name(self) -> str:
        """What to call it."""
        title = str(self.facts.get("title", "")) if self._config is None else self._config.title
        return title or self.path.resolve().name

    @cached_property
    def structure(self) -> Structure:
        """What the network consists of."""
        try:
            return Structure.from_json(json.dumps(self.facts["structure"]))
        except DAMAGE:
            raise UserError(f"{self.path / FACTS} is damaged: it describes no network.") from None

    @cached_property
    def corpus(self) -> CorpusSummary | None:
        """What it was trained on, None where a script kept that to itself."""
        if self.from_script:
            return None
        try:
            return CorpusSummary.from_data(self.facts["summary"])
        except DAMAGE:
            raise UserError(f"{self.path / FACTS} is damaged: it describes no corpus.") from None

    @cached_property
    def task(self) -> Task:
        """The task without its corpus: for probes and samples."""
        try:
            return task_class(self.config).restore(self.config, self.facts["task"])
        except DAMAGE:
            raise UserError(f"{self.path / FACTS} is damaged: it has no vocabulary.") from None

    @cached_property
    def state(self) -> TrainerState:
        """The newest whole checkpoint; UserError when none is left."""
        state = checkpoints.newest(self.path / CHECKPOINTS) if self.config else None
        if state is None:
            raise UserError(f"{self.path} has no whole checkpoint; train the network again.")
        return state

    def checkpoint_steps(self) -> tuple[int, ...]:
        """Steps whose state was kept, rising: what can be gone back to and branched from."""
        return checkpoint_steps(self.path / CHECKPOINTS)

    def state_at(self, step: int) -> TrainerState:
        """The kept state after `step` updates; UserError where there is none, or a damaged one."""
        if step not in self.checkpoint_steps():
            kept = ", ".join(f"{each:,}" for each in self.checkpoint_steps()) or "none"
            raise UserError(f"{self.path} has no checkpoint at step {step:,}; it has {kept}.")
        try:
            return checkpoints.read(checkpoint_path(self.path / CHECKPOINTS, step))
        except checkpoints.Damaged:
            raise UserError(f"The checkpoint of step {step:,} in {self.path} is damaged.") from None

    @cached_property
    def model(self) -> Model:
        """The network as of the newest checkpoint, on the CPU, in eval mode."""
        return self._with(self.state)

    def model_at(self, step: int) -> Model:
        """The network after `step` updates, where its state was kept; on the CPU, in eval mode."""
        return self._with(self.state_at(step))

    def _with(self, state: TrainerState) -> Model:
        try:
            # Compared before memory is taken: a damaged configuration may ask for any size.
            require_same_shapes(self.config, self.task, state)
            model = make_model(self.config, self.task.sizes)
            model.load_state_dict(state.model)
        except (UserError, RuntimeError):
            raise UserError(f"The checkpoint in {self.path} belongs to another network.") from None
        model.eval()
        return model

    @property
    def is_live(self) -> bool:
        """True while some process is writing the run."""
        return self._pulse.beats()

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


def _flat(options: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested sections as dotted names."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        here = f"{prefix}{name}"
        found |= _flat(value, f"{here}.") if isinstance(value, dict) else {here: value}
    return found
