"""A run on disk as a source of events, like a `Runner` that somebody else steers: recorded and
ended, or still being written by another process, here or behind a network share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.events import Command, Event
from rnnviz.contracts.snapshot import USUAL
from rnnviz.engine.follower import Follower
from rnnviz.engine.outbox import Outbox

# A run is live within two seconds; ended ones are only looked at in case somebody goes on.
WRITTEN_SECONDS, ENDED_SECONDS = 0.5, 1.5


class Watcher(Outbox):
    """Follows a run directory in a thread of its own: nobody waits for a share that stalls."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._follower = Follower(path)
        self._ending = threading.Event()
        self._state = ""
        self._needs = USUAL
        self._thread = threading.Thread(target=self._run, name="rnnviz watching", daemon=True)

    def open(self) -> None:
        """Read what is there; UserError when it is no run. Comes before `start`, in any thread."""
        self._tell(self._follower.open())
        self._tell_state()

    @property
    def config(self) -> RunConfig | None:
        """As the run was configured, once it is open."""
        return self._follower.config

    def start(self) -> None:
        """Follow from now on; returns at once."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Of what a run that is written elsewhere can be told, two things mean something: what open
        views need, and `Stop`, which ends the watching.
        """
        if isinstance(command, events.Stop):
            self._ending.set()
        elif isinstance(command, events.Look):
            self._needs = USUAL | command.needs

    def join(self, timeout: float | None = None) -> bool:
        """Nothing has to be saved, so a thread that waits for a share is not waited for."""
        if self._thread.ident is not None and timeout:
            self._thread.join(min(timeout, 0.2))
        return True

    # ---- the watching thread

    def _run(self) -> None:
        # What was read is to be on the screen before the processor is taken for another look.
        if not self._ending.wait(WRITTEN_SECONDS):
            self._attempt(self._complete)
        while not self._ending.wait(
            ENDED_SECONDS if self._state == "recorded" else WRITTEN_SECONDS
        ):
            self._attempt(self._look)

    def _attempt(self, read: Callable[[], None]) -> None:
        try:
            read()
        except (UserError, OSError) as error:
            gone = f"The folder {self.path} is gone." if not self.path.exists() else str(error)
            self._change("lost", f"{gone} What was read before is still shown.")

    def _look(self) -> None:
        self._tell(self._follower.news())
        self._tell_state()
        self._complete()

    def _complete(self) -> None:
        self._follower.complete(self._needs)
        self._tell([])

    def _tell(self, found: list[Event]) -> None:
        self._events.extend(found)
        snapshot, self._follower.snapshot = self._follower.snapshot, None
        if snapshot is not None:
            self._mailbox.append(snapshot)

    def _tell_state(self) -> None:
        if self._follower.is_written:
            self._change("watched", "" if self._state in ("", "lost") else "Training goes on.")
        else:
            ended = "The process that wrote this run has ended."
            self._change("recorded", ended if self._state == "watched" else "")

    def _change(self, state: events.State, message: str) -> None:
        if state != self._state:
            self._state = state
            self._events.append(events.Changed(state, message))
