"""Who is writing a run and how it stands: `status.json`, written anew every second by the one
process that may write, and a lock that ends with that process.
"""

from __future__ import annotations

import json
import math
import os
import platform
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rnnviz.contracts.errors import UserError
from rnnviz.engine import disk
from rnnviz.engine.layout import LOCK, STATUS

BEAT_SECONDS = 1.0

# A writer that was not heard of for so long is gone; a busy share delays its beats by seconds.
FRESH_SECONDS = 10.0

MOST_BYTES = 2**20
ALIVE = ("training", "paused")


class Presence:
    """Holds a run for writing, from its making until `close`.

    UserError when somebody else holds it. Where the file system knows no locks, or the holder is
    on another machine, its beats tell.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
        self._take()
        self._facts: dict[str, Any] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="rnnviz presence", daemon=True)

    def begin(self, **facts: Any) -> None:
        """Write `status.json` from now on."""
        self._facts = facts
        self._write(os.getpid())
        self._thread.start()

    def say(self, **facts: Any) -> None:
        """Change what `status.json` says; it is written with the next beat."""
        self._facts = self._facts | facts

    def close(self) -> None:
        """Write a last time that nobody writes any more, and let go."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
            self._write(None)
        self._lock.release()

    def _take(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise UserError(busy(self._folder)) from None
        except (OSError, NotImplementedError):
            if not os.access(self._folder, os.W_OK):
                raise
        if _beats_elsewhere(self._folder):
            self._lock.release()
            raise UserError(busy(self._folder))

    def _beat_on(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            self._write(os.getpid())

    def _write(self, process: int | None) -> None:
        writer = {"host": platform.node(), "process": process, "beat": secrets.token_hex(4)}
        # A full disk is told where data is lost; here nothing is.
        with suppress(OSError):
            disk.write(self._folder / STATUS, dumped(self._facts | writer), lasting=False)


class Pulse:
    """Tells whether somebody is writing a run; reads only.

    Asked again and again it judges by changes alone, so clocks of two machines may differ.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None
        self._changed_at = -math.inf

    def beats(self) -> bool:
        """True while the run is being written."""
        status = read_status(self._folder)
        if status.get("process") is None or _is_dead(status):
            return False
        if self._seen is None:
            self._changed_at = time.monotonic() - _age(self._folder)
        elif self._seen != status.get("beat"):
            self._changed_at = time.monotonic()
        self._seen = status.get("beat")
        return time.monotonic() - self._changed_at < FRESH_SECONDS


def read_status(folder: Path) -> dict[str, Any]:
    """What `status.json` says; empty where it says nothing readable."""
    try:
        found = json.loads(disk.read(folder / STATUS, MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def busy(folder: Path) -> str:
    """The sentence for somebody who wants to write, too."""
    status = read_status(folder)
    who = f" by process {status['process']} on {status['host']}" if status.get("process") else ""
    return (
        f"{folder} is being written{who}: it can be looked at, "
        "but trained on only when that has ended."
    )


def dumped(facts: Mapping[str, Any]) -> bytes:
    """JSON for people; JSON has no NaN."""
    plain = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in facts.items()
    }
    return json.dumps(plain, indent=1).encode()


def _beats_elsewhere(folder: Path) -> bool:
    """True when another machine writes: locks may not reach there."""
    status = read_status(folder)
    if status.get("process") is None or status.get("host") == platform.node():
        return False
    first, until = status.get("beat"), time.monotonic() + 3 * BEAT_SECONDS
    while time.monotonic() < until:
        if read_status(folder).get("beat") != first:
            return True
        time.sleep(BEAT_SECONDS / 4)
    return False


def _is_dead(status: Mapping[str, Any]) -> bool:
    """True when the writer was on this machine and its process has ended."""
    process = status.get("process")
    if os.name == "nt" or status.get("host") != platform.node() or type(process) is not int:
        return False
    try:
        os.kill(max(process, 1), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        # Somebody else's process, but one.
        return False
    return False


def _age(folder: Path) -> float:
    """Seconds since the last beat, as far as the clocks agree."""
    try:
        return abs(time.time() - (folder / STATUS).stat().st_mtime)
    except OSError:
        return math.inf
