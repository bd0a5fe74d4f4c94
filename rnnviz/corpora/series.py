"""Reads tables of numbers over time: one column says when, the others what was measured."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.reader import Line, Texts

Floats = NDArray[np.float64]

MOST_ROWS = 2_000_000
_MARKS = ("anomaly", "is_anomaly", "label", "flag", "outlier")
_NOTHING = {"", "na", "n/a", "nan", "null", "none", "-", "?"}
_DATES = ("%d.%m.%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y/%m/%d %H:%M", "%Y/%m/%d")
_SPARSE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Measurements at even distances.

    names   of the K columns
    start   time of the first row; `step` between two: in seconds, or in the table's own numbers
    values  (N, K), NaN where nothing was measured
    marked  (N,) True where the table itself says that something is wrong; None without a column
            that does
    notes   what had to be mended, as sentences
    """

    names: tuple[str, ...]
    start: float
    step: float
    dated: bool
    values: Floats
    marked: NDArray[np.bool_] | None
    notes: tuple[str, ...]


def read_series(texts: Texts, columns: str = "", progress: Progress = silent) -> Series:
    """The series in `texts`; `columns` names those to keep, "" all with numbers. UserError names
    file and line where it is no such table.
    """
    table = _Table(texts)
    for line in texts.lines(progress):
        table.add(line)
    return table.series(columns)


class _Table:
    """The rows read so far."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._delimiter = ""
        self._names: list[str] = []
        self._times: list[float] = []
        self._rows: list[list[float]] = []
        self._dated = False
        self._unread = 0
        self._first_unread: Line | None = None

    def add(self, line: Line) -> None:
        """Take in one row; blank lines and comments are nothing."""
        if not line.text.strip() or line.text.startswith("#") or len(self._rows) >= MOST_ROWS:
            return
        if not self._delimiter:
            self._delimiter = _delimiter(line.text)
        cells = [cell.strip() for cell in next(csv.reader([line.text], delimiter=self._delimiter))]
        if not self._names:
            self._begin(line, cells)
        else:
            self._take(line, cells)

    def _begin(self, line: Line, cells: list[str]) -> None:
        if len(cells) < 2:
            raise UserError(
                f"{line.path}, line {line.number:,} has one column: a series needs a column of "
                "times and at least one of numbers."
            )
        if any(self._number(cell) is None for cell in cells[1:]):
            self._names = [name or f"column {k + 1}" for k, name in enumerate(cells)]
        else:
            self._names = ["time", *(f"column {k + 1}" for k in range(1, len(cells)))]
            self._take(line, cells)

    def _take(self, line: Line, cells: list[str]) -> None:
        time = self._time(cells[0])
        numbers = [self._number(cell) for cell in cells[1 : len(self._names)]]
        numbers += [math.nan] * (len(self._names) - 1 - len(numbers))
        if time is None:
            self._note(line)
            return
        if any(number is None for number in numbers):
            self._note(line)
        self._times.append(time)
        self._rows.append([math.nan if number is None else number for number in numbers])

    def _note(self, line: Line) -> None:
        self._unread += 1
        self._first_unread = self._first_unread or line

    def _number(self, cell: str) -> float | None:
        """NaN for a cell that says nothing, None for one that is no number."""
        if cell.lower() in _NOTHING:
            return math.nan
        text = cell.replace(",", ".") if self._delimiter != "," else cell
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) else math.nan

    def _time(self, cell: str) -> float | None:
        number = self._number(cell)
        if number is not None:
            return None if math.isnan(number) else number
        found = _date(cell)
        self._dated = self._dated or found is not None
        return found

    def series(self, columns: str) -> Series:
        """All of it, evenly spaced."""
        self._check()
        times, values = np.array(self._times), np.array(self._rows, dtype=np.float64)
        notes = self._notes()
        if (np.diff(times) <= 0).any():
            notes.append("The rows were not in the order of time, or some times occur twice.")
            times, where = np.unique(times, return_index=True)
            values = values[where]
        times, values, note = _even(times, values)
        marked = self._marked(values)
        kept = self._kept(values, columns)
        return Series(
            tuple(self._names[k + 1] for k in kept),
            float(times[0]),
            float(times[1] - times[0]),
            self._dated,
            values[:, kept],
            marked,
            (*notes, *([note] if note else [])),
        )

    def _check(self) -> None:
        path = self._texts.path
        if len(set(self._times)) < 2:
            first = self._first_unread
            where = (
                f" The first that is none: {first.path}, line {first.number:,}." if first else ""
            )
            raise UserError(
                f"{path} has fewer than two rows that begin with a time and go on with numbers."
                f"{where}"
            )

    def _notes(self) -> list[str]:
        if not self._unread or self._first_unread is None:
            return []
        line = self._first_unread
        return [
            f"{self._unread:,} rows have cells that are no numbers, the first in {line.path.name}, "
            f"line {line.number:,}; they are passed over."
        ]

    def _marked(self, values: Floats) -> NDArray[np.bool_] | None:
        for k, name in enumerate(self._names[1:]):
            if name.lower() in _MARKS and set(np.unique(values[:, k]).tolist()) <= {0.0, 1.0}:
                return np.asarray(values[:, k] == 1.0)
        return None

    def _kept(self, values: Floats, columns: str) -> list[int]:
        names = self._names[1:]
        wanted = [name.strip() for name in columns.split(",") if name.strip()]
        unknown = [name for name in wanted if name not in names]
        if unknown:
            raise UserError(
                f"{self._texts.path} has no column {unknown[0]!r}; it has {', '.join(names)}."
            )
        known = np.isfinite(values).sum(0) >= 2
        usual = [n for n in names if known[names.index(n)] and n.lower() not in _MARKS]
        kept = [names.index(name) for name in wanted or usual]
        if not kept or not known[kept].all():
            raise UserError(f"{self._texts.path} has no column of numbers beside the times.")
        return kept


def _delimiter(text: str) -> str:
    return max((",", ";", "\t", "|"), key=text.count) if any(c in text for c in ",;\t|") else ","


def _date(cell: str) -> float | None:
    """Seconds since 1970; times without a zone count as UTC."""
    for moment in _moments(cell):
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return zoned.timestamp()
    return None


def _moments(cell: str) -> Iterator[datetime]:
    with suppress(ValueError):
        yield datetime.fromisoformat(cell)
    for form in _DATES:
        with suppress(ValueError):
            yield datetime.strptime(cell, form)


def _even(times: Floats, values: Floats) -> tuple[Floats, Floats, str]:
    """Onto a grid with the usual step, missing rows as NaN; unchanged where that would be mostly
    holes.
    """
    step = float(np.median(np.diff(times)))
    places = np.round((times - times[0]) / step).astype(np.int64)
    length = int(places[-1]) + 1
    if length > _SPARSE * len(times) or len(np.unique(places)) < 0.9 * len(places):
        grid = times[0] + step * np.arange(len(times))
        return grid, values, "The times are too irregular for a grid: rows are taken one by one."
    filled = np.full((length, values.shape[1]), np.nan)
    filled[places] = values
    missing = length - len(np.unique(places))
    note = f"{missing:,} moments are missing and left empty." if missing else ""
    return times[0] + step * np.arange(length), filled, note
