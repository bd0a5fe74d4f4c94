"""The course of a run: its steps and what is due between them (validation, samples, checkpoints,
recording). Synchronous; knows no threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import nan

from rnnviz.contracts.errors import Cancelled, UserError
from rnnviz.contracts.events import Evaluated, Event, Rows, Sampled, Warned, WriteSample
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.marks import Kind, Mark
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.run_folder import RunFolder, Unsaved
from rnnviz.engine.session import Session

# Events a second that carry scalars; a message per step would slow small networks down.
ROWS_PER_SECOND = 10.0
# Who watches from elsewhere sees a moment within two seconds.
SECONDS_BETWEEN_RECORDED_SNAPSHOTS = 1.5

# Large arrays (states, weights) fill a disk: of most moments they stay until the next one only;
# pictures over training only need the small ones.
SECONDS_BETWEEN_FULL_SNAPSHOTS = 10.0


class Course:
    """Steps of one session, told as events through `tell`.

    folder     where all is saved, None: nowhere
    interrupt  called during validation; may raise `Cancelled`
    """

    def __init__(
        self,
        session: Session,
        tell: Callable[[Event], None],
        interrupt: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = session
        self.trainer = session.trainer
        self.goal = session.config.training.steps
        self.temperature = session.config.look.temperature
        self.folder: RunFolder | None = None
        self._tell = tell
        self._interrupt = interrupt
        self._validate_every = _validation_period(session)
        self._rows: list[StepRow] = []
        self._told_at = 0.0
        self._snapshot_at = -SECONDS_BETWEEN_RECORDED_SNAPSHOTS
        self._snapshot_step = -1
        self._full_at = -SECONDS_BETWEEN_FULL_SNAPSHOTS
        self._complaint = ""
        self._good = self.trainer.state()
        self._good_at = time.monotonic()

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        return self.trainer.done

    @property
    def good_step(self) -> int:
        """The step that `rewind` goes back to."""
        return self._good.step

    @property
    def finished(self) -> bool:
        """True when all configured steps are done."""
        return self.step >= self.goal

    def advance(self) -> None:
        """One step and all that is due after it; `NotFinite` when it cannot be done."""
        row = self.trainer.step()
        if self.finished or row.step % self._validate_every == 0:
            row = self._validated(row)
        self._rows.append(row)
        if self.finished or row.step % self.session.config.look.sample_every == 0:
            self._sample_prompts()
        now = time.monotonic()
        if now - self._told_at >= 1.0 / ROWS_PER_SECOND:
            self.flush()
        if now - self._good_at >= self.session.config.training.checkpoint_every:
            self.save()

    def stand(self, state: str, message: str = "") -> None:
        """Say in the run directory how the run stands."""
        if self.folder is not None:
            self.folder.say(state, message, self.goal)

    def mark(self, kind: Kind, text: str = "") -> None:
        """Put a mark on the timeline at the present step."""
        mark = Mark(self.step, kind, text)
        self._keep(lambda folder: folder.add_mark(mark))

    def extend(self) -> None:
        """Set as many further steps as were configured."""
        self.goal = self.step + self.session.config.training.steps

    def flush(self) -> None:
        """Tell and record the scalars since the last time."""
        rows, self._rows = tuple(self._rows), []
        self._told_at = time.monotonic()
        if rows:
            self._keep(lambda folder: folder.add_steps(rows))
            self._tell(Rows(rows))

    def save(self) -> None:
        """Make now the state to go back to, on disk too."""
        self.flush()
        self._good, self._good_at = self.trainer.state(), time.monotonic()
        self._keep(lambda folder: folder.checkpoint(self._good))

    def rewind(self) -> None:
        """Back to the last good state; the learning rate and threshold chosen since then stay."""
        self.flush()
        chosen = self.trainer.learning_rate, self.trainer.clip_threshold
        self.trainer.load_state(self._good)
        self.trainer.learning_rate, self.trainer.clip_threshold = chosen
        self._keep(lambda folder: folder.rewind(self._good.step))
        self.mark("rewound")

    def write_sample(self, wish: WriteSample) -> None:
        """Let the network write, tell and record it."""
        model, task = self.session.model, self.session.task
        text = task.sample(model, wish.prompt, wish.length, wish.temperature, wish.seed)
        sample = Sample(self.step, wish.prompt, text, wish.temperature, wish.seed)
        self._keep(lambda folder: folder.add_sample(sample))
        self._tell(Sampled(sample))

    def wants_snapshot(self, step: int, resting: bool) -> bool:
        """Whether a snapshot of this step would be recorded: when it is time to, and the first one
        of each rest.
        """
        waited = time.monotonic() - self._snapshot_at
        due = resting or waited >= SECONDS_BETWEEN_RECORDED_SNAPSHOTS
        return self.folder is not None and step != self._snapshot_step and due

    def take(self, snapshot: Snapshot, resting: bool) -> None:
        """Record a snapshot where it is wanted."""
        if self.wants_snapshot(snapshot.step, resting):
            now = time.monotonic()
            self._snapshot_at, self._snapshot_step = now, snapshot.step
            full = resting or now - self._full_at >= SECONDS_BETWEEN_FULL_SNAPSHOTS
            self._full_at = now if full else self._full_at
            self._keep(lambda folder: folder.add_snapshot(snapshot, full))

    def close(self) -> None:
        """End writing to the run directory."""
        self.flush()
        self._keep(lambda folder: folder.close())

    def _validated(self, row: StepRow) -> StepRow:
        try:
            loss = self.trainer.validate(self._interrupt)
            return replace(row, validation_loss=loss, metric=self._evaluated())
        except Cancelled:
            return row

    def _evaluated(self) -> float:
        evaluation = self.trainer.evaluate()
        if evaluation is None:
            return nan
        self._keep(lambda folder: folder.add_evaluation(evaluation))
        self._tell(Evaluated(evaluation))
        return evaluation.metric if self.trainer.task.summary.metric else nan

    def _sample_prompts(self) -> None:
        look, seed = self.session.config.look, self.session.config.training.seed
        for prompt in look.sample_prompts:
            wish = WriteSample(prompt, look.sample_length, self.temperature, seed)
            try:
                self.write_sample(wish)
            except UserError as error:
                self._warn(str(error))

    def _keep(self, save: Callable[[RunFolder], None]) -> None:
        """Write to the run directory; a failure is told, and training goes on."""
        if self.folder is None:
            return
        try:
            save(self.folder)
        except Unsaved as error:
            kept = "what was saved before is kept, training goes on unsaved until there is room"
            self._warn(f"{error}: {kept}.", unsaved=True)

    def _warn(self, message: str, unsaved: bool = False) -> None:
        if message != self._complaint:
            self._complaint = message
            self._tell(Warned(message, unsaved))


def _validation_period(session: Session) -> int:
    """Steps between validations: as configured, else an epoch, but between 100 and 1000 steps."""
    chosen = session.config.training.validate_every
    return chosen or min(max(session.task.batches_per_epoch, 100), 1000)
