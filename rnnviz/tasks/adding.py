"""The adding problem: add the two marked numbers of a long sequence (Hochreiter and Schmidhuber
1997, in the form of Le et al. 2015).
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.model import Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import Baseline, CorpusSummary, Tokens
from rnnviz.contracts.task import MeasuredTask, Probe, Progress, silent
from rnnviz.corpora import portrait
from rnnviz.corpora.drawn import EPOCH, VALIDATION, DrawnTask, lag_arrays
from rnnviz.corpora.reader import Texts, open_texts

CLOSE = 0.04
"""A sum counts as right within this share of the range (Hochreiter and Schmidhuber 1997)."""

BASELINE = 1 / 6
"""Mean squared error of always saying the middle: the variance of a sum of two uniforms."""

_GUESSED = 1 - (1 - CLOSE) ** 2  # how often the middle is close: the sum's density is a triangle
_EXAMPLES, _LONGEST_PROBE = 12, 500
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PROBE = "A probe is at least two numbers with blanks between, the two to be added with a star: "


class Adding(DrawnTask, MeasuredTask):
    """Two inputs at each step: a number, and 1 where it is to be added. The network reads numbers
    as shares of their range; one is marked in each half of the sequence.
    """

    name = "adding"
    title = "Adding"
    sentence = "Learns to add the two marked numbers of a long sequence."
    formats = "a text with the lowest and the highest number"
    default_corpus = "sample:adding/numbers.txt"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("look.temperature",)
    asks = "sums"
    suffixes = (".txt",)
    shortest = 2

    def __init__(
        self, config: RunConfig, bounds: tuple[float, float], summary: CorpusSummary
    ) -> None:
        super().__init__(config, summary)
        self._low, self._width = bounds[0], bounds[1] - bounds[0]

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Adding:
        """Read the range; UserError when the text holds none."""
        texts = open_texts(locate_corpus(config.task.corpus), config.task.encoding, progress)
        bounds = _bounds(texts, progress)
        return cls(config, bounds, _summary(config, texts, bounds))

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Adding:
        """The same task; sequences are drawn, so nothing is missing."""
        low, high = state["bounds"]
        return cls(config, (low, high), CorpusSummary.from_data(state["summary"]))

    def state(self) -> dict[str, Any]:
        """The range and the summary."""
        summary = self._summary.to_data()
        return {"bounds": [self._low, self._low + self._width], "summary": summary}

    @property
    def sizes(self) -> Sizes:
        """A number and a mark in, a sum out."""
        return Sizes(2, 1, input_kind="values", output_kind="values", answers_once=True)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The one number that is said."""
        return ("sum",)

    def drawn(self, random: np.random.Generator, rows: int, distance: int) -> Batch:
        """`distance` numbers in each row, one marked in each half."""
        numbers = random.random((rows, distance))
        first = random.integers(0, distance // 2, rows)
        second = random.integers(distance // 2, distance, rows)
        marks = np.zeros_like(numbers)
        marks[np.arange(rows), first] = marks[np.arange(rows), second] = 1
        return _batch(numbers, marks)

    def right(self, said: NDArray[np.float32], batch: Batch) -> NDArray[np.bool_]:
        """Whether the sum is off by less than `CLOSE`."""
        close: NDArray[np.bool_] = np.abs(said - batch.targets[:, -1].numpy())[:, 0] < CLOSE
        return close

    def evaluate(self, model: Model) -> Evaluation | None:
        """The error over the full distance, and how often sums are right over which length."""
        batch = self.examined(self._config.task.distance)
        said, true = self.said(model, batch), batch.targets[:, -1].numpy()
        lags = self.by_lag(model)
        error = float(np.square(said - true).mean())
        guess = "always the middle"
        figures = (
            Figure("squared error", error, "", "lower", BASELINE, guess),
            Figure(
                f"within {CLOSE:g}", lags[self._config.task.distance], "", "higher", _GUESSED, guess
            ),
        )
        right = self.right(said, batch)
        examples = tuple(
            Example(self._terms(batch.inputs[k]), self._sum(true[k, 0]), self._sum(said[k, 0]),
                    bool(right[k]))
            for k in range(_EXAMPLES)
        )  # fmt: skip
        return Evaluation(figures, lag_arrays(lags, _GUESSED), examples=examples)

    def read(self, logits: Tensor) -> tuple[str, ...]:
        """The sums in the range's own units."""
        return tuple(self._sum(value) for value in logits[:, 0].tolist())

    @property
    def default_probe(self) -> str:
        """A held-out sequence over the full distance."""
        return " ".join(self._spelt(self.examined(self._config.task.distance, 0).inputs[0]))

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """Numbers with blanks between, those to be added with a star behind. UserError where
        something else stands there.
        """
        words = text.split()[:_LONGEST_PROBE]
        found = [_NUMBER.fullmatch(word.rstrip("*")) for word in words]
        typed = [float(match[0]) if match else math.nan for match in found]
        if len(words) < 2 or not np.isfinite(typed).all():
            example = " ".join(f"{self._low + share * self._width:.4g}" for share in (0.2, 0.5))
            raise UserError(f"{_PROBE}{example}* {self._low + 0.9 * self._width:.4g}*.")
        values = np.array([typed])
        marks = np.array([[float(word.endswith("*")) for word in words]])
        batch = _batch((values - self._low) / self._width, marks)
        spelt = self._spelt(batch.inputs[0])
        said = self._sum(float(batch.targets[0, -1, 0]), int(marks.sum()))
        return Probe(" ".join(spelt), batch, Tokens(spelt, ("",) * (len(words) - 1) + (said,), ()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """The marked numbers of `prompt`, or of a sequence drawn with `seed`, and what the network
        takes for their sum.
        """
        if len(prompt.split()) > 1:
            batch = self.probe(prompt).batch
        else:
            distance = self._config.task.distance
            batch = self.drawn(np.random.default_rng(seed), 1, distance)
        true, said = float(batch.targets[0, -1, 0]), float(self.said(model, batch)[0, 0])
        marks = int(batch.inputs[0, :, 1].sum())
        terms = self._terms(batch.inputs[0])
        return f"{terms} = {self._sum(true, marks)}, said {self._sum(said, marks)}"

    def _spelt(self, row: Tensor) -> tuple[str, ...]:
        """Numbers in the range's own units, the marked ones with a star."""
        values = [(self._low + share * self._width, mark) for share, mark in row.tolist()]
        return tuple(f"{value:.3g}{'*' if mark else ''}" for value, mark in values)

    def _terms(self, row: Tensor) -> str:
        return " + ".join(word[:-1] for word in self._spelt(row) if word.endswith("*"))

    def _sum(self, share: float, terms: int = 2) -> str:
        return f"{terms * self._low + share * self._width:.3g}"


def _batch(numbers: NDArray[np.float64], marks: NDArray[np.float64]) -> Batch:
    """numbers, marks (B, T) -> inputs (B, T, 2), targets (B, T, 1)."""
    targets = np.full((*numbers.shape, 1), np.nan)
    targets[:, -1, 0] = (numbers * marks).sum(1)
    inputs = np.stack((numbers, marks), -1)
    return Batch(torch.from_numpy(inputs).float(), torch.from_numpy(targets).float())


def _bounds(texts: Texts, progress: Progress) -> tuple[float, float]:
    """The lowest and the highest number in the text."""
    found: list[float] = []
    for line in texts.lines(progress):
        found += map(float, _NUMBER.findall(line.text))
        found = [min(found), max(found)] if found else []
    if not found or not 0 < found[1] - found[0] < float("inf"):
        raise UserError(f"{texts.path} states no range: write two numbers, such as 0 and 1.")
    return found[0], found[1]


def _summary(config: RunConfig, texts: Texts, bounds: tuple[float, float]) -> CorpusSummary:
    task = config.task
    help = "Says the same sum each time, the most likely one."
    return CorpusSummary(
        **portrait.origin(task, texts),
        unit="numbers",
        token_count=2,
        vocabulary_size=1,
        most_frequent=(),
        first_lines=texts.first_lines(2),
        facts=(
            ("numbers", f"from {bounds[0]:g} to {bounds[1]:g}, drawn anew at each step"),
            ("to be added", "one of the first half and one of the second"),
            ("numbers in a sequence", _lengths(config)),
            ("squared error of always the middle", "1/6 of the range squared"),
        ),
        rows=config.training.batch_size,
        chunks_train=EPOCH,
        chunks_validation=VALIDATION,
        chunk_length=task.distance,
        loss_unit="squared error",
        metric="squared error",
        baselines=(Baseline("always the middle", "loss", BASELINE, help),),
    )


def _lengths(config: RunConfig) -> str:
    longest = f"{config.task.distance:,}"
    return f"2 to {longest}" if config.task.lengths == "varied" else longest
