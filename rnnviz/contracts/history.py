"""Scalars over training: every step kept, appended by one thread, readable by another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StepRow:
    """One optimizer step. Losses in nats per token; norms are 2-norms over all parameters.

    loss              mean training loss of the batch
    norm              gradient norm before clipping
    norm_clipped      gradient norm after clipping (equal when nothing was clipped)
    clip              the threshold in force, NaN when clipping is off
    learning_rate     in force for this update
    seconds           wall time since training began, pauses excluded
    tokens            tokens seen so far
    validation_loss   NaN except at steps where validation ran
    metric            the task's own validation figure (accuracy, exact match), NaN elsewhere
    """

    step: int
    epoch: float
    loss: float
    norm: float
    norm_clipped: float
    clip: float
    learning_rate: float
    seconds: float
    tokens: int
    validation_loss: float = float("nan")
    metric: float = float("nan")


COLUMNS = tuple(f.name for f in fields(StepRow))


class History:
    """Growing columns of `StepRow`s, float64; `column` returns a read-only window, not a copy. What
    was handed out never changes.
    """

    def __init__(self, rows: Iterable[StepRow] = ()) -> None:
        self._values = np.empty((len(COLUMNS), 1024), dtype=np.float64)
        self._length = 0
        self._lent = False
        for row in rows:
            self.append(row)

    @classmethod
    def of(cls, columns: NDArray[np.float64]) -> History:
        """From values (column, step) in the order of `COLUMNS`."""
        history = cls()
        history._values = np.array(columns, dtype=np.float64)
        history._length = columns.shape[1]
        return history

    def frozen(self) -> History:
        """The steps up to now, for another thread. It shares the numbers until one of both would
        change them.
        """
        return self._shared(self._length)

    def __len__(self) -> int:
        return self._length

    def append(self, row: StepRow) -> None:
        """Add one step at the end."""
        if self._length == self._values.shape[1]:
            grown = np.empty((len(COLUMNS), max(1024, 2 * self._length)), dtype=np.float64)
            grown[:, : self._length] = self._values[:, : self._length]
            self._values = grown
        self._values[:, self._length] = [getattr(row, name) for name in COLUMNS]
        self._length += 1

    def extend(self, columns: NDArray[np.float64]) -> None:
        """Add many steps at the end: values (column, step) in the order of `COLUMNS`."""
        length = self._length + columns.shape[1]
        if length > self._values.shape[1]:
            self.reserve(max(length, 2 * self._length))
        self._values[:, self._length : length] = columns
        self._length = length

    def reserve(self, length: int) -> None:
        """Make room for so many steps in all at once, instead of growing there bit by bit."""
        if length > self._values.shape[1]:
            grown = np.empty((len(COLUMNS), length), dtype=np.float64)
            grown[:, : self._length] = self._values[:, : self._length]
            self._values = grown

    def rewind(self, step: int) -> None:
        """Forget the steps after `step`: training went back to it."""
        steps = self._values[0, : self._length]
        length = int(np.searchsorted(steps, step, side="right"))
        if self._lent and length < self._length:
            # What comes next would be written over numbers that somebody else still shows.
            self._values, self._lent = self._values[:, :length].copy(), False
        self._length = length

    def until(self, step: int) -> History:
        """The history as it was after `step`; it shares the numbers as `frozen` does."""
        steps = self._values[0, : self._length]
        return self._shared(int(np.searchsorted(steps, step, side="right")))

    def _shared(self, length: int) -> History:
        """The first steps, as another history that has no room of its own to grow into."""
        made = History()
        made._values, made._length = self._values[:, :length], length
        self._lent = made._lent = True
        return made

    def column(self, name: str) -> NDArray[np.float64]:
        """All values of one column in the order of the steps."""
        view = self._values[COLUMNS.index(name), : self._length]
        view.flags.writeable = False
        self._lent = True
        return view

    def last(self) -> StepRow | None:
        """The newest step, or None."""
        if not self._length:
            return None
        values = dict(zip(COLUMNS, self._values[:, self._length - 1].tolist(), strict=True))
        values["step"], values["tokens"] = int(values["step"]), int(values["tokens"])
        return StepRow(**values)
