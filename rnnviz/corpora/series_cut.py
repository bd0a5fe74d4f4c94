"""A series scaled, its end held out, the rest cut into rows; and its description."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.snapshot import Baseline, CorpusSummary
from rnnviz.corpora import portrait
from rnnviz.corpora.reader import Texts
from rnnviz.corpora.series import Series

Floats = NDArray[np.float64]

_LEAST = 16
_ROW = 8
_LINES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Mean and standard deviation (K,) of what is trained on."""

    middle: Floats
    spread: Floats

    def of(self, values: Floats) -> Floats:
        """In standard deviations from the mean."""
        scaled: Floats = (values - self.middle) / self.spread
        return scaled

    def back(self, scaled: Floats) -> Floats:
        """In the table's own units."""
        values: Floats = scaled * self.spread + self.middle
        return values


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Rows of `row_length` for training, the positions from `border` on held out.

    values  (N, K) scaled, NaN where nothing was measured
    known   (N, K) the same with every hole filled by the value before it
    """

    series: Series
    scale: Scale
    values: Floats
    known: Floats
    border: int
    rows: int
    row_length: int
    steps: int

    @property
    def chunks(self) -> int:
        """Training chunks of a row."""
        return self.row_length // self.steps


def cut(series: Series, texts: Texts, config: RunConfig) -> Cut:
    """UserError where there is too little to learn from."""
    task, training = config.task, config.training
    border = round(len(series.values) * (1 - task.validation_fraction))
    if border < _LEAST:
        count = len(series.values)
        raise UserError(f"{texts.path} has only {count} rows: too few to learn from.")
    trained = series.values[:border]
    known = np.isfinite(trained).any(0)
    if not known.all():
        name = series.names[int(np.argmin(known))]
        raise UserError(f"{texts.path} has no number in column {name!r} before what is held out.")
    spread = np.nanstd(trained, 0)
    scale = Scale(np.nanmean(trained, 0), np.where(spread > 0, spread, 1.0))
    values = scale.of(series.values)
    rows = min(training.batch_size, max(1, (border - 1) // _ROW))
    length = (border - 1) // rows
    steps = min(training.sequence_length, length)
    return Cut(series, scale, values, filled(values), border, rows, length, steps)


def filled(values: Floats) -> Floats:
    """Every hole filled with the value before it, 0 (the mean) before the first one."""
    places = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    last = np.maximum.accumulate(places, 0)
    found = np.take_along_axis(values, last, 0)
    return np.where(np.isfinite(found), found, 0.0)


def root_mean_square(errors: Floats) -> float:
    """NaN where nothing is known."""
    known = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(known**2))) if known.size else math.nan


def of_series(config: RunConfig, texts: Texts, made: Cut) -> CorpusSummary:
    """The summary of a series: what was measured, and what repeating the last value reaches."""
    series, held_out = made.series, len(made.values) - made.border
    again = made.known[made.border - 1 : -1] - made.values[made.border :]
    repeated = root_mean_square(again) ** 2
    help = "Predicts that nothing changes."
    return CorpusSummary(
        **portrait.origin(config.task, texts),
        unit="moments",
        token_count=len(made.values),
        vocabulary_size=len(series.names),
        most_frequent=(),
        first_lines=texts.first_lines(_LINES),
        facts=_facts(made, held_out),
        warnings=series.notes if held_out else (*series.notes, "Nothing is held out."),
        rows=made.rows,
        chunks_train=made.chunks,
        chunks_validation=-(-held_out // config.training.sequence_length),
        chunk_length=made.steps,
        loss_unit="squared error",
        metric="error" if held_out else "",
        baselines=(Baseline("last value again", "loss", repeated, help),) if held_out else (),
    )


def _facts(made: Cut, held_out: int) -> tuple[tuple[str, str], ...]:
    series = made.series
    marked = "no such column" if series.marked is None else f"{int(series.marked.sum()):,} moments"
    return (
        ("columns", ", ".join(series.names)),
        ("moments", f"{len(made.values):,}"),
        ("from", _when(series.start, series.dated)),
        ("step", f"{series.step:g} s" if series.dated else f"{series.step:g}"),
        ("missing", f"{int(np.isnan(made.values).sum()):,} values"),
        ("held out", f"{held_out:,} moments at the end"),
        ("marked as wrong", marked),
    )


def _when(start: float, dated: bool) -> str:
    return f"{datetime.fromtimestamp(start, UTC):%Y-%m-%d %H:%M}" if dated else f"{start:g}"
