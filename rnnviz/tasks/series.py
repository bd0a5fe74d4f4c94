"""Predict the next value of a series, and flag what the prediction did not see coming."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Figure
from rnnviz.contracts.model import Autoregressive, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import MeasuredTask, Probe, Progress, evaluating, silent
from rnnviz.corpora.opened import OpenedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.series import read_series
from rnnviz.corpora.series_cut import Cut, Scale, cut, of_series, root_mean_square

_LONGEST_PROBE, _PROBE, _EXAMINED = 500, 48, 1500
_NOT_A_NUMBER = "A probe of a series is numbers with blanks between: 12.5 12.9 13.1 …"

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class SeriesTask(OpenedTask[Cut], MeasuredTask):
    """Values at t in, values at t + 1 out, both divided by the spread of what is trained on."""

    name = "series"
    title = "Time series"
    sentence = "Learns to predict the next value, and flags what it did not expect."
    formats = "a table (CSV) with a column of times and columns of numbers"
    default_corpus = "sample:series/temperature.csv"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("look.temperature",)
    shows = ("series",)
    suffixes = (".csv",)
    foretells = True

    def __init__(
        self,
        config: RunConfig,
        names: tuple[str, ...],
        scale: Scale,
        summary: CorpusSummary,
        default_probe: str,
        made: Cut | None = None,
    ) -> None:
        super().__init__(config, summary, made)
        self._names, self._scale, self._default_probe = names, scale, default_probe

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> SeriesTask:
        """Read the table; UserError when it is none or too short."""
        task = config.task
        suffixes = (".csv", ".tsv", ".txt")
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress, suffixes)
        series = read_series(texts, task.columns, progress)
        made = cut(series, texts, config)
        summary = of_series(config, texts, made)
        shown = made.known[made.border - 1 :][: _PROBE + 1]
        shown = shown if len(shown) > 1 else made.known[: _PROBE + 1]
        text = _written(made.scale.back(shown))
        return cls(config, series.names, made.scale, summary, text, made)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> SeriesTask:
        """The task without its table: probes and forecasts work, batches do not."""
        summary = CorpusSummary.from_data(state["summary"])
        scale = Scale(np.array(state["middle"]), np.array(state["spread"]))
        return cls(config, tuple(state["names"]), scale, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """Names, scale, summary and the default probe."""
        return {
            "names": list(self._names),
            "middle": self._scale.middle.tolist(),
            "spread": self._scale.spread.tolist(),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """As many numbers out as in."""
        count = len(self._names)
        return Sizes(inputs=count, outputs=count, input_kind="values", output_kind="values")

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The columns."""
        return self._names

    def train_batch(self, step: int) -> Batch:
        """Chunk `step` modulo the chunks of an epoch; the first one starts afresh."""
        made = self.opened
        chunk = step % made.chunks
        begins = np.arange(made.rows) * made.row_length + chunk * made.steps
        return self._batch(begins, made.steps, continues=chunk > 0)

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out end of the series, in order."""
        cut = self.opened
        step = self._config.training.sequence_length
        for index, begin in enumerate(range(cut.border - 1, len(cut.values) - 1, step)):
            length = min(step, len(cut.values) - 1 - begin)
            yield self._batch(np.array([begin]), length, continues=index > 0)

    def read(self, logits: Tensor) -> tuple[str, ...]:
        """The predicted numbers in the table's own units."""
        return self._spelt(logits.double().cpu().numpy())

    def evaluate(self, model: Model) -> Evaluation | None:
        """The held-out end predicted step by step, and what was flagged there."""
        cut = self._found
        if cut is None or cut.border >= len(cut.values):
            return None
        last = min(len(cut.values) - 1, cut.border - 1 + _EXAMINED)
        inputs, true = cut.known[cut.border - 1 : last], cut.values[cut.border : last + 1]
        with evaluating(model) as device:
            x = torch.from_numpy(inputs).float()[None].to(device)
            said = model(Batch(x, x)).logits[0].double().cpu().numpy()
        limit = self._config.task.flag_above * _spread(said - true)
        flagged = (np.abs(said - true) > limit).any(1)
        marked = cut.series.marked
        wrong = None if marked is None else marked[cut.border : last + 1]
        reached = root_mean_square(said - true), root_mean_square(inputs - true)
        figure = Figure("error", reached[0], "σ", "lower", reached[1], "last value again")
        arrays = [
            self._table("series/true", true),
            self._table("series/predicted", said),
            NamedArray("series/limit", ("slot",), limit * self._scale.spread),
            *_flags(flagged, wrong),
        ]
        return Evaluation((figure, *_caught(flagged, wrong)), {a.name: a for a in arrays})

    def _table(self, name: str, values: Floats) -> NamedArray:
        return NamedArray(name, ("time", "slot"), self._scale.back(values))

    @property
    def default_probe(self) -> str:
        """The first held-out values."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """Numbers with blanks between; with several columns their numbers joined by commas.
        UserError where something else stands there.
        """
        values = self._typed(text)[: _LONGEST_PROBE + 1]
        if len(values) < 2:
            raise UserError(_NOT_A_NUMBER)
        spelt = self._spelt(values)
        row = torch.from_numpy(values).float()[None]
        batch = Batch(row[:, :-1], row[:, 1:])
        return Probe(" ".join(spelt), batch, Tokens(spelt[:-1], spelt[1:], ()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """A forecast: what follows `prompt` (or the default probe) when predictions are read as
        values. Temperature and seed play no part.
        """
        assert isinstance(model, Autoregressive)
        typed = self._typed(prompt if prompt.strip() else self._default_probe)
        given = torch.from_numpy(typed).float()
        found = []
        with evaluating(model) as device:
            given = given.to(device)
            state = model.start(Batch(given[None], given[None]))
            last = given[:1]
            for t in range(len(given) + min(length, 200) - 1):
                output, state = model.advance(last, state)
                last = given[t + 1 : t + 2] if t + 1 < len(given) else output
                found += [output[0].double().cpu().numpy()] if t + 1 >= len(given) else []
        return " ".join(self._spelt(np.array(found)))

    def _typed(self, text: str) -> Floats:
        try:
            rows = [[float(cell) for cell in word.split(",")] for word in text.split()]
            values = np.array(rows, dtype=np.float64).reshape(len(rows), -1)
        except ValueError:
            raise UserError(_NOT_A_NUMBER) from None
        if not np.isfinite(values).all() or (len(values) and values.shape[1] != len(self._names)):
            wanted = ",".join(self._names)
            raise UserError(f"{_NOT_A_NUMBER.rstrip('…')}, each written as {wanted}.")
        return self._scale.of(values) if len(values) else values

    def _spelt(self, scaled: Floats) -> tuple[str, ...]:
        return _spelt(self._scale.back(scaled))

    def _batch(self, begins: NDArray[np.int64], length: int, continues: bool) -> Batch:
        cut, places = self.opened, begins[:, None] + np.arange(length)  # (B, T)
        inputs, targets = cut.known[places], cut.values[places + 1]
        carried = continues and self._config.training.carry_state
        return Batch(
            torch.from_numpy(inputs).float(), torch.from_numpy(targets).float(), continues=carried
        )


def _spelt(values: Floats) -> tuple[str, ...]:
    return tuple(",".join(f"{value:.4g}" for value in row) for row in values.tolist())


def _written(values: Floats) -> str:
    return " ".join(_spelt(values))


def _spread(errors: Floats) -> Floats:
    """The standard deviation of each column, by its median: anomalies must not widen it."""
    found: Floats = np.maximum(1.4826 * np.nanmedian(np.abs(errors), 0), 1e-9)
    return found


def _flags(flagged: Flags, wrong: Flags | None) -> Iterator[NamedArray]:
    """(T,) 1 where something was flagged, and where it was marked as wrong if that is known."""
    for name, found in (("series/flagged", flagged), ("series/marked", wrong)):
        if found is not None:
            yield NamedArray(name, ("time",), found.astype(np.float32))


def _caught(flagged: Flags, wrong: Flags | None) -> tuple[Figure, ...]:
    """Precision against what flags at random would reach, and recall."""
    if wrong is None or not wrong.any():
        return (Figure("flagged", float(flagged.mean()), better="lower"),)
    hits = float((flagged & wrong).sum())
    share = float(wrong.mean())
    precision = hits / flagged.sum() if flagged.any() else math.nan
    return (
        Figure("precision of flags", float(precision), "", "higher", share, "flags at random"),
        Figure("recall of flags", hits / float(wrong.sum()), "", "higher",
               float(flagged.mean()), "as many at random"),
    )  # fmt: skip
