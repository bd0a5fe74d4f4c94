"""The reading side of a record: scalars, samples and snapshots of a run, ended or going on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.history import COLUMNS, History
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine.record import NAME, SAMPLE_COLUMNS
from rnnviz.engine.snapshot_codec import decode


class Playback:
    """Reads `folder/record.sqlite`; every method raises UserError where the file is damaged."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._texts: dict[str, str] = {}

    def history(self) -> History:
        """Every recorded step."""
        rows = self._rows(f"SELECT {', '.join(COLUMNS)} FROM steps ORDER BY step")
        return History.of(np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS)).T)

    def samples(self) -> tuple[Sample, ...]:
        """All samples, oldest first."""
        rows = self._rows(f"SELECT {', '.join(SAMPLE_COLUMNS)} FROM samples ORDER BY rowid")
        return tuple(Sample(*row) for row in rows)

    def snapshot_steps(self, full: bool = False) -> tuple[int, ...]:
        """Steps with a snapshot; with `full` only those that still have their large arrays."""
        where = "WHERE heavy IS NOT NULL" if full else ""
        return tuple(
            row[0] for row in self._rows(f"SELECT step FROM snapshots {where} ORDER BY step")
        )

    def snapshot(self, step: int) -> Snapshot:
        """The snapshot of that step with all it still has; KeyError when there is none."""
        found = self._rows("SELECT meta, light, heavy FROM snapshots WHERE step = ?", step)
        if not found:
            raise KeyError(step)
        return self._decoded(*found[0])

    def past(self, most: int = 200) -> tuple[Snapshot, ...]:
        """At most `most` snapshots without their large arrays, evenly chosen, oldest first."""
        steps = self.snapshot_steps()
        chosen = np.unique(
            np.linspace(0, len(steps) - 1, min(most, len(steps))).round().astype(int)
        )
        query = "SELECT meta, light, NULL FROM snapshots WHERE step = ?"
        rows = [self._rows(query, steps[index]) for index in chosen]
        return tuple(self._decoded(*found[0]) for found in rows if found)

    def _decoded(self, meta: str, light: bytes, heavy: bytes | None) -> Snapshot:
        try:
            return decode(meta, light, heavy, self._shared)
        except (ValueError, LookupError, TypeError, SafetensorError) as error:
            raise UserError(f"{self._path} holds a damaged snapshot ({error}).") from None

    def _shared(self, key: str) -> str:
        if key not in self._texts:
            found = self._rows("SELECT value FROM shared WHERE key = ?", key)
            self._texts[key] = str(found[0][0])
        return self._texts[key]

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            with self._reading() as base:
                return base.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise UserError(f"Cannot read the record of this run, {self._path}: {error}.") from None

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        address = self._path.absolute().as_uri()
        try:
            base = sqlite3.connect(f"{address}?mode=ro", uri=True)
            base.execute("SELECT 1 FROM steps LIMIT 1")
        except sqlite3.OperationalError:
            # A folder that may not be written cannot hold the side files a WAL reader needs.
            base = sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)
        with closing(base):
            yield base
