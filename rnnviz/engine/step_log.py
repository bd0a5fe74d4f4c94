"""`steps.bin`: the scalars of every step in rows of one length, only ever appended to, each with a
checksum. A torn or damaged row costs itself; a reader may follow while it is written.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.history import COLUMNS, History, StepRow
from rnnviz.engine import disk

FORMAT = "rnnviz-steps-1"
HEADER_BYTES = 1024
WORD = 8

# Rows read at once: they and their checksums stay in the processor's cache.
ROWS_AT_ONCE = 8192
MOST_RESERVED = 2**21

_SEED, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)

Rows = NDArray[np.float64]
"""(row, column), column 0 is `step`. A negative step `-1 - s` takes back all rows after step s."""


def checksums(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One word for each row of `words` (row, column): FNV-1a over 64-bit words, with a shift.

    Every round is a bijection, so the change of any one number is always found.
    """
    state = np.full(len(words), _SEED, dtype=np.uint64)
    for column in words.T:
        state = (state ^ column) * _PRIME
        state ^= state >> _HALF
    return state


def packed(rows: Rows) -> bytes:
    """Rows as they stand in the file: little-endian float64, then the checksum."""
    words = np.ascontiguousarray(rows, dtype="<f8").view("<u8")
    return np.column_stack((words, checksums(words))).astype("<u8").tobytes()


def unpacked(data: bytes, columns: int) -> tuple[Rows, NDArray[np.bool_]]:
    """All whole rows in `data`, and which of them are as they were written."""
    whole = len(data) // row_bytes(columns) * row_bytes(columns)
    words = np.frombuffer(data[:whole], dtype="<u8").reshape(-1, columns + 1)
    rows = words[:, :-1].copy().view("<f8")
    return rows, (checksums(words[:, :-1]) == words[:, -1]) & np.isfinite(rows[:, 0])


def row_bytes(columns: int) -> int:
    """Length of a row with so many columns."""
    return (columns + 1) * WORD


def columns_in(header: bytes) -> tuple[str, ...]:
    """The names of the columns; those of today where the header is damaged: checksums decide."""
    try:
        data = json.loads(header)
        names = tuple(data["columns"])
        if data["format"] == FORMAT and names[0] == "step" and set(map(type, names)) == {str}:
            return names
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    return COLUMNS


class StepWriter:
    """Appends. What could not be written is tried again with what comes next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            disk.write(path, _header())
        with open(path, "rb") as file:
            self._columns = columns_in(file.read(HEADER_BYTES))
        self._tail = disk.Tail(path, HEADER_BYTES, row_bytes(len(self._columns)))

    def append(self, steps: Iterable[StepRow]) -> None:
        """Add steps; OSError where they could not be written yet."""
        rows = [[getattr(step, name, np.nan) for name in self._columns] for step in steps]
        self._tail.append(packed(np.array(rows, dtype=np.float64)))

    def rewind(self, step: int) -> None:
        """Take back what came after `step`."""
        row = np.zeros((1, len(self._columns)))
        row[0, 0] = -1 - step
        self._tail.append(packed(row))

    def sync(self) -> None:
        """Return when everything is on the disk."""
        disk.sync_file(self._path)


class StepReader:
    """Reads what was added since the last time into one `History`.

    damaged  bytes at the end of the file that are no row (yet)
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._header = b""
        self._columns = COLUMNS
        self._end = HEADER_BYTES
        self.damaged = 0
        self.history = History()

    def read(self) -> History:
        """The history up to now, the same object each time; OSError where there is no file."""
        # Opened anew each time: only that makes a network share ask its server.
        with open(self._path, "rb") as file:
            self._begin(file.read(HEADER_BYTES))
            file.seek(self._end)
            offset, size = self._end, row_bytes(len(self._columns))
            # A file with a hole may claim any length; room is taken for what is there only.
            new = (os.fstat(file.fileno()).st_size - offset) // size
            if new > ROWS_AT_ONCE:
                self.history.reserve(len(self.history) + min(new, MOST_RESERVED))
            while data := file.read(ROWS_AT_ONCE * size):
                rows, good = unpacked(data, len(self._columns))
                if good.any():
                    self._take(rows[good])
                    # What follows the last good row may still be being written.
                    self._end = offset + (int(np.flatnonzero(good)[-1]) + 1) * size
                self.damaged = offset + len(rows) * size - self._end
                offset += len(rows) * size
                if len(rows) < ROWS_AT_ONCE:
                    break
        return self.history

    def _begin(self, header: bytes) -> None:
        if header != self._header:
            self._header, self._columns = header, columns_in(header)
            self._end, self.damaged = HEADER_BYTES, 0
            self.history = History()

    def _take(self, rows: Rows) -> None:
        begin = 0
        for index in np.flatnonzero(rows[:, 0] < 0):
            self._extend(rows[begin:index])
            self.history.rewind(-1 - int(rows[index, 0]))
            begin = int(index) + 1
        self._extend(rows[begin:])

    def _extend(self, rows: Rows) -> None:
        """Add rows; a step that is not above the one before it replaces what stands there."""
        falls = np.flatnonzero(np.diff(rows[:, 0]) <= 0) + 1
        for part in np.split(rows, falls):
            last = self.history.last()
            if len(part) and last is not None and part[0, 0] <= last.step:
                self.history.rewind(int(part[0, 0]) - 1)
            self.history.extend(self._ordered(part).T)

    def _ordered(self, rows: Rows) -> Rows:
        if self._columns == COLUMNS:
            return rows
        empty = np.full(len(rows), np.nan)
        places = {name: index for index, name in enumerate(self._columns)}
        found = [rows[:, places[name]] if name in places else empty for name in COLUMNS]
        return np.stack(found, axis=1)


def _header() -> bytes:
    about = {"format": FORMAT, "columns": COLUMNS, "dtype": "<f8", "checksum": "<u8"}
    # The file's own name tells a reader that follows that it was begun anew.
    text = json.dumps(about | {"id": secrets.token_hex(8)}).encode()
    return text.ljust(HEADER_BYTES - 1) + b"\n"
