"""What a run leaves behind step by step, in one SQLite file: every scalar of every step, the
samples, and snapshots thinned to a byte budget. Readable while it is written.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnviz.contracts.history import COLUMNS, StepRow
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.snapshot_codec import Encoded, encode
from rnnviz.engine.thinning import surplus

NAME = "record.sqlite"
SAMPLE_COLUMNS = ("step", "prompt", "text", "temperature", "seed")

# Light parts are small; this many still make a step x time picture finer than a screen.
MOST_SNAPSHOTS = 1000

_TABLES = f"""
CREATE TABLE IF NOT EXISTS steps (step INTEGER PRIMARY KEY, {", ".join(COLUMNS[1:])});
CREATE TABLE IF NOT EXISTS samples ({", ".join(SAMPLE_COLUMNS)});
CREATE TABLE IF NOT EXISTS shared (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS snapshots (
    step INTEGER PRIMARY KEY, meta TEXT, light BLOB, heavy BLOB, size INTEGER);
"""


class Record:
    """The writing side. Any thread may write; one at a time does."""

    def __init__(self, folder: Path, budget: int) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._base = sqlite3.connect(folder / NAME, check_same_thread=False, timeout=10.0)
        # In WAL mode a reader never waits for the writer, and a killed writer loses no commit.
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.executescript(_TABLES)

    def add_steps(self, rows: Iterable[StepRow]) -> None:
        """Append scalars; a step that is there already is replaced."""
        values = [tuple(getattr(row, name) for name in COLUMNS) for row in rows]
        with self._writing() as base:
            base.executemany(f"INSERT OR REPLACE INTO steps VALUES ({_marks(COLUMNS)})", values)

    def add_sample(self, sample: Sample) -> None:
        """Append one sample."""
        values = tuple(getattr(sample, name) for name in SAMPLE_COLUMNS)
        with self._writing() as base:
            base.execute(f"INSERT INTO samples VALUES ({_marks(SAMPLE_COLUMNS)})", values)

    def add_snapshot(self, snapshot: Snapshot, full: bool = True) -> None:
        """Keep a snapshot, its large arrays only when `full`; others give way to the budget."""
        parts = encode(snapshot)
        with self._writing() as base:
            self._insert(base, snapshot.step, parts, full)
            self._thin(base)

    def rewind(self, step: int) -> None:
        """Forget everything after `step`."""
        with self._writing() as base:
            for table in ("steps", "samples", "snapshots"):
                base.execute(f"DELETE FROM {table} WHERE step > ?", (step,))

    def close(self) -> None:
        """Finish the file; it is complete without its side files afterwards."""
        with self._lock:
            self._base.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._base:
            yield self._base

    def _insert(self, base: sqlite3.Connection, step: int, parts: Encoded, full: bool) -> None:
        base.executemany("INSERT OR IGNORE INTO shared VALUES (?, ?)", parts.shared.items())
        heavy = parts.heavy if full else None
        values = (step, parts.meta, parts.light, heavy, len(parts.light) + len(heavy or b""))
        base.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", values)

    def _thin(self, base: sqlite3.Connection) -> None:
        full = "SELECT step, size FROM snapshots WHERE heavy IS NOT NULL ORDER BY step"
        for step in _given_up(base.execute(full).fetchall(), self._budget):
            base.execute(
                "UPDATE snapshots SET heavy = NULL, size = length(light) WHERE step = ?", (step,)
            )
        every = "SELECT step, 1 FROM snapshots ORDER BY step"
        for step in _given_up(base.execute(every).fetchall(), MOST_SNAPSHOTS):
            base.execute("DELETE FROM snapshots WHERE step = ?", (step,))


def _given_up(rows: list[tuple[int, int]], budget: int) -> list[int]:
    steps, sizes = [row[0] for row in rows], [row[1] for row in rows]
    return [steps[index] for index in surplus(steps, sizes, budget)]


def _marks(columns: tuple[str, ...]) -> str:
    return ", ".join("?" * len(columns))
