"""Where a run comes from: trained here, recorded, or written elsewhere. The window cannot tell."""

from __future__ import annotations

from typing import Protocol

from rnnviz.contracts.events import Command, Event
from rnnviz.contracts.snapshot import Snapshot


class Source(Protocol):
    """Commands in, events and the latest snapshot out; no method waits but `join`."""

    def start(self) -> None:
        """Begin; returns at once."""

    def send(self, command: Command) -> None:
        """Hand over a command; one that means nothing here is ignored."""

    def poll(self) -> list[Event]:
        """All events since the last call, oldest first."""

    def latest(self) -> Snapshot | None:
        """The newest snapshot nobody has taken yet, or None."""

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; True when nothing has to be waited for any more."""
