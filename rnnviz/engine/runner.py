"""A run in the background: commands in, events and the latest snapshot out. With `looker`, the only
file that knows threads: one thread trains here, another looks inside there.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import Cancelled, UserError
from rnnviz.contracts.events import Command, Event
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.engine import run_folder
from rnnviz.engine.course import Course
from rnnviz.engine.looker import Looker
from rnnviz.engine.origin import Origin, Resume
from rnnviz.engine.outbox import Outbox
from rnnviz.engine.run_folder import RunFolder
from rnnviz.engine.session import Session, build
from rnnviz.engine.team import ALONE, Team
from rnnviz.engine.trainer import NotFinite

# While resting, how long to wait for a command before asking whether a look has ended.
TICK_SECONDS = 0.02


class Runner(Outbox):
    """One run from its configuration to its end, recorded in `out` where that is given.

    `start` prepares corpus and network and then rests until `Train` arrives. After the last step
    the run rests too: it can be looked at, sampled and trained on, until `Stop`.

    origin  where it goes on from, None: it begins anew
    """

    def __init__(
        self,
        config: RunConfig,
        out: Path | None = None,
        overwrite: bool = False,
        team: Team = ALONE,
        origin: Origin | None = None,
    ) -> None:
        super().__init__()
        self._origin = origin
        self._config = config
        self._team = team
        self._out = out
        self._overwrite = overwrite
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rnnviz training", daemon=True)

    def start(self) -> None:
        """Begin preparing; returns at once."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Hand over a command; it is obeyed between two steps."""
        if isinstance(command, events.Stop):
            # Preparations and validations look at this, they would hold the command up.
            self._ending.set()
        self._commands.put(command)

    @property
    def thread_number(self) -> int | None:
        """The training thread's, for measurements; None before `start`."""
        return self._thread.ident

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the run's end; True when it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._prepared_run()
        except Cancelled:
            self._tell(events.Changed("stopped"))
        except UserError as error:
            self._tell(events.Changed("failed", str(error), remedy=error.remedy))
        except Exception as error:
            self._tell(events.Changed("failed", f"The run ended: {type(error).__name__}: {error}"))

    def _prepared_run(self) -> None:
        self._tell(events.Changed("preparing"))
        resumed = isinstance(self._origin, Resume)
        if self._out is not None and not resumed:
            run_folder.require_free(self._out, self._overwrite)
        session = build(self._config, self._progressed, self._team)
        if self._origin is not None:
            self._origin.load(session)
        course = Course(session, self._tell, self._interrupt)
        name = self._config.title or (self._out.name if self._out else session.task.summary.name)
        looker = Looker(session, name, self._show(course), self._tell, course.wants_snapshot)
        try:
            self._tell(_ready(session))
            if session.warning:
                self._tell(events.Warned(session.warning))
            _Helm(course, looker, self._commands, self._tell, self._folder).steer()
        except Exception as error:
            course.stand("failed", str(error) or type(error).__name__)
            raise
        finally:
            looker.close()
            course.close()
        self._tell(events.Changed("stopped", step=course.step))

    def _folder(self, session: Session) -> RunFolder | None:
        if self._out is None:
            return None
        if self._origin is not None:
            return self._origin.folder(self._out, session, self._overwrite)
        return run_folder.create(self._out, session, self._overwrite)

    def _show(self, course: Course) -> Callable[[Snapshot, bool], None]:
        def show(snapshot: Snapshot, resting: bool) -> None:
            self._mailbox.append(snapshot)
            course.take(snapshot, resting)

        return show

    def _tell(self, event: Event) -> None:
        self._events.append(event)

    def _progressed(self, what: str, fraction: float) -> None:
        self._interrupt()
        self._tell(events.Progressed(what, fraction))

    def _interrupt(self) -> None:
        if self._ending.is_set():
            raise Cancelled


class _Helm:
    """What the training thread does once everything stands: obey, step, hand over for looking."""

    def __init__(
        self,
        course: Course,
        looker: Looker,
        commands: queue.SimpleQueue[Command],
        tell: Callable[[Event], None],
        make_folder: Callable[[Session], RunFolder | None],
    ) -> None:
        self._course = course
        self._make_folder = make_folder
        self._looker = looker
        self._commands = commands
        self._tell = tell
        self._training = False
        self._begun = False
        self._pause_at: int | None = None
        self._ended = False

    def steer(self) -> None:
        """Until `Stop`."""
        self._rest("paused")
        while not self._ended:
            self._obey()
            if self._training and not self._ended:
                self._advance()
            self._looker.serve(self._course.session.model, self._course.step, not self._training)
        if self._begun:
            self._course.save()
            self._looker.finish(self._course.session.model, self._course.step)

    def _obey(self) -> None:
        """Everything that has arrived; while resting, wait for something to arrive."""
        try:
            command = self._commands.get(not self._training, self._patience())
            while not self._ended:
                self._do(command)
                command = self._commands.get_nowait()
        except queue.Empty:
            pass

    def _patience(self) -> float | None:
        return TICK_SECONDS if self._looker.behind(self._course.step) else None

    def _do(self, command: Command) -> None:
        match command:
            case events.Train(steps):
                self._train(steps)
            case events.Pause():
                self._rest("paused")
            case events.Stop():
                self._ended = True
            case events.Rewind():
                self._rewind()
            case events.SetOption(name, value):
                self._warning(lambda: self._set(name, value))
            case events.Look():
                self._looker.ask(command)
            case events.WriteSample():
                self._warning(lambda: self._course.write_sample(command))

    def _train(self, steps: int | None) -> None:
        if not self._begun:
            # Only now: a run that was prepared and never trained leaves nothing behind.
            self._course.folder = self._make_folder(self._course.session)
            self._begun = True
        if self._course.finished:
            self._course.extend()
        self._pause_at = None if steps is None else self._course.step + steps
        self._training = True
        self._course.stand("training")
        self._tell(events.Changed("training", step=self._course.step))

    def _advance(self) -> None:
        try:
            self._course.advance()
        except NotFinite as error:
            self._course.mark("not_finite", str(error))
            self._rest("paused", self._advice(error), can_rewind=True)
            return
        if self._course.finished:
            self._course.save()
            self._rest("finished")
        elif self._course.step == self._pause_at:
            self._rest("paused")

    def _rest(
        self, state: Literal["paused", "finished"], message: str = "", can_rewind: bool = False
    ) -> None:
        self._training = False
        self._course.trainer.watch.stop()
        self._course.flush()
        self._course.stand(state, message)
        self._tell(events.Changed(state, message, self._course.step, can_rewind))

    def _advice(self, error: NotFinite) -> str:
        rate, back = self._course.trainer.learning_rate, self._course.good_step
        return (
            f"{error} The learning rate is {rate:g}: lower it, go back to the last good state "
            f"(step {back:,}) and train on."
        )

    def _rewind(self) -> None:
        self._course.rewind()
        self._looker.forget()
        self._rest("paused")

    def _set(self, name: str, value: float) -> None:
        if name in ("learning_rate", "clip_threshold"):
            setattr(self._course.trainer, name, value)
        elif name == "temperature":
            self._course.temperature = value
        else:
            self._looker.set(name, value)

    def _warning(self, act: Callable[[], None]) -> None:
        try:
            act()
        except UserError as error:
            self._tell(events.Warned(str(error)))


def _ready(session: Session) -> events.Ready:
    return events.Ready(
        session.model.structure,
        session.task.summary,
        session.task.default_probe,
        session.task.batches_per_epoch,
        session.device,
        session.threads,
        session.config.training.steps,
    )
