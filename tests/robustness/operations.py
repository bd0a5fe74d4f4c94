"""What is done to a disk, counted one by one, so that any single operation can be made to fail, or
to be the last thing that a process does.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WRITING = set("wa+x")
RENAMING = ("replace", "rename", "unlink", "rmdir")


class Operations:
    """Counts operations and, at the one that is due, lets `happen` do what it likes.

    happen  called with the operation's name before it; it may raise
    torn    called in the middle of a write, with half of the data written; it may raise. What it
            returns is the number of bytes that the write claims to have taken
    """

    def __init__(self, due: Callable[[int], bool]) -> None:
        self._due = due
        self.count = 0
        self.names: list[str] = []

    def happen(self, name: str) -> None:
        """What the due operation does instead; nothing here."""

    def torn(self, file: Any, data: Any) -> int:
        """What the due write does instead."""
        return int(file.write(data))

    def is_due(self, name: str) -> bool:
        """Count one operation; whether it is the one."""
        self.names.append(name)
        self.count += 1
        return self._due(self.count - 1)

    def acting(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """`act`, counted."""

        def counted(*arguments: Any, **named: Any) -> Any:
            # Making a folder that is there already fails in any case, and harms nobody.
            idle = name == "mkdir" and os.path.isdir(arguments[0])
            if not idle and self.is_due(name):
                self.happen(name)
            return act(*arguments, **named)

        return counted

    def creating(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """`os.open`, counted where it makes a file."""
        failing = self.acting("create", act)

        def opened(path: Any, flags: int, *arguments: Any, **named: Any) -> Any:
            return (failing if flags & os.O_CREAT else act)(path, flags, *arguments, **named)

        return opened

    def opening(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """`open`, counted where it is for writing, as are the writes to what it opens."""

        def opened(path: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if not set(mode) & WRITING:
                return act(path, mode, *arguments, **named)
            if self.is_due("open"):
                self.happen("open")
            return _File(act(path, mode, *arguments, **named), self)

        return opened


class _File:
    """A file whose writes are counted."""

    def __init__(self, file: Any, operations: Operations) -> None:
        self._file, self._operations = file, operations

    def write(self, data: bytes) -> int:
        if self._operations.is_due("write"):
            return self._operations.torn(self._file, data)
        return int(self._file.write(data))

    def truncate(self, *size: int) -> int:
        if self._operations.is_due("truncate"):
            self._operations.happen("truncate")
        return int(self._file.truncate(*size))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def watch(operations: Operations) -> Callable[[], None]:
    """From now on every writing operation of this process is counted, until what is returned is
    called.
    """
    names = (*RENAMING, "fsync", "mkdir")
    kept = builtins.open, {name: getattr(os, name) for name in (*names, "open")}
    builtins.open = operations.opening(builtins.open)  # type: ignore[assignment]
    os.open = operations.creating(os.open)
    for name in names:
        setattr(os, name, operations.acting(name, getattr(os, name)))

    def restore() -> None:
        builtins.open = kept[0]
        for name, act in kept[1].items():
            setattr(os, name, act)

    return restore


@contextmanager
def watched(operations: Operations) -> Iterator[Operations]:
    """The same within a block."""
    restore = watch(operations)
    try:
        yield operations
    finally:
        restore()
