"""Keeps the token ids of a corpus: in memory while they are few, else in a file mapped read-only.

A cache file is named after everything its content depends on, so that opening the same corpus again
finds it. It is written under another name and renamed when complete, by one process at a time.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import platformdirs
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from rnnviz.contracts.errors import UserError

IN_MEMORY = 64 * 2**20
_KEPT = 4
_ABANDONED_SECONDS = 3600.0
_POLL_SECONDS = 0.1
_FORMAT = 1

Ids = NDArray[np.integer]


def default_home() -> Path:
    """The folder of the cache files, in the place the system has for such."""
    return platformdirs.user_cache_path("rnnviz") / "tokens"


def key(parts: Iterable[object]) -> str:
    """A file name for the content that `parts` (with stable text forms) determine."""
    return hashlib.sha256(repr((_FORMAT, *parts)).encode()).hexdigest()[:32]


class TokenStore:
    """The cache files of one corpus with one set of options.

    home       their folder
    in_memory  bytes up to which nothing is written
    """

    def __init__(self, key: str, home: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self._home = home or default_home()
        self._in_memory = in_memory
        self._ids = self._home / f"{key}.ids"
        self._about = self._home / f"{key}.json"

    @contextlib.contextmanager
    def alone(self, waiting: Callable[[], None]) -> Iterator[None]:
        """While this lasts no other process prepares the same cache file.

        waiting  called again and again while another one does
        """
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._about.with_suffix(".lock"))
            while not _acquired(lock):
                waiting()
        except (OSError, NotImplementedError):
            # No place for files, or a file system without locks; `save` says so if it has to.
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def load(self) -> tuple[dict[str, Any], Ids] | None:
        """What `save` kept, or None."""
        try:
            about = json.loads(self._about.read_text(encoding="utf-8"))
            ids = _mapped(self._ids, np.dtype(about["dtype"]), about["count"])
            os.utime(self._ids)
        except (OSError, ValueError, KeyError, TypeError):
            # Missing, damaged or cleared away: the corpus is encoded anew.
            return None
        return about, ids

    def save(
        self, pieces: Iterable[Ids], count: int, dtype: np.dtype[Any], about: dict[str, Any]
    ) -> Ids:
        """All `pieces` one after another, read-only.

        about  JSON types that `load` gives back with the ids
        UserError when the disk is full, ValueError when the pieces do not hold `count` ids.
        """
        size = count * dtype.itemsize
        if size < self._in_memory:
            return _gathered(pieces, count, dtype)
        try:
            self._make_room(size)
            with _replacing(self._ids) as file:
                for piece in pieces:
                    file.write(np.ascontiguousarray(piece, dtype).data)
            with _replacing(self._about) as file:
                file.write(json.dumps({**about, "dtype": dtype.name, "count": count}).encode())
            return _mapped(self._ids, dtype, count)
        except OSError as error:
            raise UserError(
                f"Cannot keep {size / 1e6:,.0f} MB of encoded text in {self._home} "
                f"({error.strerror}): free some space there or choose a smaller text."
            ) from None

    def _make_room(self, size: int) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        # What a killed process left half-written, and all but the most recently used.
        for file in self._home.glob("*.part"):
            if _used(file) < time.time() - _ABANDONED_SECONDS:
                _remove(file)
        for file in sorted(self._home.glob("*.ids"), key=_used, reverse=True)[_KEPT - 1 :]:
            for part in (file, file.with_suffix(".json"), file.with_suffix(".lock")):
                _remove(part)
        if shutil.disk_usage(self._home).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=_POLL_SECONDS)
    except Timeout:
        return False
    return True


def _gathered(pieces: Iterable[Ids], count: int, dtype: np.dtype[Any]) -> Ids:
    ids, done = np.empty(count, dtype), 0
    for piece in pieces:
        ids[done : done + len(piece)] = piece
        done += len(piece)
    if done != count:
        raise ValueError(f"{done} ids instead of {count}")
    ids.setflags(write=False)
    return ids


def _mapped(path: Path, dtype: np.dtype[Any], count: int) -> Ids:
    if path.stat().st_size != count * dtype.itemsize:
        raise ValueError(f"{path} does not hold {count} ids")
    # A plain array over the mapping: indexing np.memmap itself costs several times as much.
    return np.asarray(np.memmap(path, dtype, mode="r", shape=(count,)))


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that becomes `path` when complete and disappears otherwise."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    # Another process may have it open, which some systems refuse.
    with contextlib.suppress(OSError):
        path.unlink()


def _used(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
