"""Writing so that a crash or a full disk never costs what was there before."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

# So much waits for a disk that has room again; what comes after it is lost, and its writer told so.
MOST_PENDING = 16 * 2**20

# Windows refuses to replace or delete what a virus scanner or a reader holds for a moment.
_PATIENCE = (0.01, 0.05, 0.2)


class TooLarge(OSError):
    """A file is longer than any that was written here."""


class Tail:
    """The end of a file that is only appended to, from one process.

    A write that failed half way is begun again at its own start by the next one, so that nothing
    torn stays inside. The file is open only while it is written to: that is also when a network
    share passes the data on. It begins to exist with the first write.

    head   bytes before the first record
    grain  length of a record; a remainder left by a killed writer is written over
    """

    def __init__(self, path: Path, head: int = 0, grain: int = 1) -> None:
        self._path = path
        length = max(path.stat().st_size - head, 0) if path.exists() else 0
        self._end = head + length // grain * grain
        self._pending = b""

    def append(self, data: bytes) -> None:
        """Add `data`; OSError where it could not be written: it waits for the next call, unless
        more than `MOST_PENDING` would wait then.
        """
        whole = self._pending + data
        if len(whole) <= MOST_PENDING:
            self._pending = whole
        # One that vanished is not begun anew: that what stood in it is lost must be told.
        with open(self._path, "r+b" if self._end else "wb", buffering=0) as file:
            file.seek(self._end)
            _put(file, whole)
            file.truncate()
        self._end += len(whole)
        self._pending = b""


def write(path: Path, data: bytes, lasting: bool = True) -> None:
    """Put `data` at `path`: all of it or none of it.

    lasting  return only when it is on the disk, so that it survives a power failure too
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write_through(temporary, data, lasting)
        rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if lasting:
        sync_folder(path.parent)


def write_through(path: Path, data: bytes, lasting: bool = True) -> None:
    """Write a file; with `lasting` wait until it is on the disk."""
    with open(path, "wb", buffering=0) as file:
        _put(file, data)
        if lasting:
            os.fsync(file.fileno())


def read(path: Path, most: int) -> bytes:
    """The file's content; `TooLarge` beyond `most` bytes, before any memory is taken."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise TooLarge(f"{path} is larger than {most // 10**6:,} MB")
        # Not `read(most)`: that takes room for all of it first, in fresh pages at every call.
        return file.read(size)


def rename(path: Path, to: Path) -> None:
    """Move a file or folder within its disk; a file that is there is replaced."""
    _patiently(lambda: os.replace(path, to))


def remove(path: Path) -> None:
    """Delete a file; no error where there is none."""
    _patiently(lambda: path.unlink(missing_ok=True))


def sync_file(path: Path) -> None:
    """Wait until a file is on the disk."""
    with open(path, "r+b") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make renames inside `path` last; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(file: BinaryIO, data: bytes) -> None:
    """Write all of `data`: one call may take less, because of a limit or a disk that is full."""
    left = memoryview(data)
    while left:
        written = file.write(left)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left = left[written:]


def _patiently(act: Callable[[], object]) -> None:
    for pause in _PATIENCE if os.name == "nt" else ():
        try:
            act()
            return
        except PermissionError:
            time.sleep(pause)
    act()
