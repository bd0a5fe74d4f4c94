"""What one thread tells another: all events, and of the snapshots the newest."""

from __future__ import annotations

from collections import deque

from rnnviz.contracts.events import Event
from rnnviz.contracts.snapshot import Snapshot


class Outbox:
    """Filled in one thread, emptied in another; the outward half of a `contracts.source.Source`."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._mailbox: deque[Snapshot] = deque(maxlen=1)

    def poll(self) -> list[Event]:
        """All events since the last call, oldest first."""
        found = []
        while self._events:
            found.append(self._events.popleft())
        return found

    def latest(self) -> Snapshot | None:
        """The newest snapshot nobody has taken yet, or None."""
        try:
            return self._mailbox.pop()
        except IndexError:
            return None
