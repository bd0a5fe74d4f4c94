"""A task: a corpus turned into batches, a loss, a probe and samples. One leaf of `tasks/` each."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Output, Sizes
from rnnviz.contracts.share import Share
from rnnviz.contracts.snapshot import CorpusSummary, Tokens

SHAPES = {
    "aligned": "a target at some or all positions of one sequence",
    "pairs": "a source sequence and a target sequence of another length",
    "conditioned": "a sequence written from a category or a vector",
    "pictures": "a sequence written from a picture",
    "trees": "a target at some or all nodes of a tree",
    "questions": "an answer to a question about some facts",
}
"""What a batch can consist of. A model can do a task when it is made for its shape."""

Progress = Callable[[str, float], None]
"""Called as progress("reading", fraction); raises `Cancelled` when the user has had enough."""


def silent(what: str, fraction: float) -> None:
    """A `Progress` that does nothing."""


@contextmanager
def evaluating(model: Model) -> Iterator[torch.device]:
    """Evaluation mode without gradients, the mode put back afterwards. Gives the model's device."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield next(model.parameters()).device
    finally:
        model.train(was_training)


def draw(logits: Tensor, temperature: float, generator: torch.Generator) -> int:
    """One token id drawn from softmax(logits / temperature), logits (V,); UserError on NaN."""
    scaled = logits.detach().to("cpu", torch.float64) / temperature
    if not scaled.isfinite().all():
        raise UserError(
            "The network's output is not a number: rewind the training or lower its learning rate."
        )
    return int(torch.multinomial(scaled.softmax(0), 1, generator=generator))


@dataclass(frozen=True, slots=True)
class Probe:
    """One short sequence (B = 1) to look at, with its tokens as text. `output` of the tokens is
    filled by the observer.
    """

    text: str
    batch: Batch
    tokens: Tokens


class Task(ABC):
    """Base of all tasks. An instance holds one opened corpus, or only its vocabulary after
    `restore`.

    Batches are a pure function of the step, so a run continues anywhere without replaying.

    default_corpus  `sample:TASK/…`
    default_model   the network it is usually done with
    shape           of `SHAPES`
    formats         in words, what it reads: `a table with one pair a line`
    suffixes        of the files that it reads, such as `.tsv`; "" for a folder
    foretells       True when targets are inputs that come later: no network may look ahead
    shows           names of the views that show best what is learned, the best one first
    asks            what it is asked for, in plural, where that is not the unit of the corpus
    ignores         dotted names of the fields of a configuration that it has no use for

    These are literals: `contracts.fitting` reads them without importing the leaf.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    formats: ClassVar[str]
    default_corpus: ClassVar[str]
    default_model: ClassVar[str]
    shape: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    foretells: ClassVar[bool] = False
    shows: ClassVar[tuple[str, ...]] = ()
    asks: ClassVar[str] = ""
    ignores: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: RunConfig, summary: CorpusSummary) -> None:
        self._config, self._summary = config, summary

    @classmethod
    @abstractmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Task:
        """Read `config.task.corpus`; UserError when it cannot be trained on."""

    @classmethod
    @abstractmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Task:
        """The task without its corpus, from `state`: enough for probes and samples."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Vocabulary and what else `restore` needs, as JSON types."""

    @property
    def summary(self) -> CorpusSummary:
        """What the corpus is, how it is cut into rows and chunks, what simple methods reach."""
        return self._summary

    @property
    @abstractmethod
    def sizes(self) -> Sizes:
        """Vocabulary sizes for the model."""

    @property
    @abstractmethod
    def vocabulary(self) -> tuple[str, ...]:
        """Text of every output token by id, as shown in views (space as `␣`, newline as `↵`)."""

    @property
    def batches_per_epoch(self) -> int:
        """Training batches of one pass over the corpus."""
        return self.summary.chunks_train

    @abstractmethod
    def train_batch(self, step: int) -> Batch:
        """The batch of optimizer step `step` (from 0), on the CPU."""

    @abstractmethod
    def validation_batches(self) -> Iterator[Batch]:
        """The held-out part, in order."""

    def train_share(self, step: int, share: Share) -> Batch:
        """The rows of `train_batch(step)` that belong to one of several processes. A task whose
        corpus may be larger than memory reads only these.
        """
        return share.of(self.train_batch(step))

    def validation_share(self, share: Share) -> Iterator[Batch]:
        """As `validation_batches`, with the rows of one of several processes."""
        return map(share.of, self.validation_batches())

    def loss(self, output: Output, batch: Batch) -> Tensor:
        """Mean over the positions where something is asked; what training minimises."""
        targets = _within(batch)
        return cross_entropy(
            output.logits.flatten(0, 1), targets.flatten(), ignore_index=NOTHING_ASKED
        )

    def losses(self, output: Output, batch: Batch) -> Tensor:
        """(B, T) the loss at each position, 0 where nothing is asked; `loss` is their mean."""
        logits = output.logits.transpose(1, 2)  # (B, V, T)
        return cross_entropy(logits, _within(batch), ignore_index=NOTHING_ASKED, reduction="none")

    def read(self, logits: Tensor) -> tuple[str, ...]:
        """What the network says at each position, logits (T, V): its likeliest tokens."""
        return tuple(self.vocabulary[k] for k in logits.argmax(-1).tolist())

    @property
    def threshold(self) -> float:
        """Above this probability the last class counts as said; NaN where the likeliest does."""
        return math.nan

    def evaluate(self, model: Model) -> Evaluation | None:
        """What the held-out part says of the network besides its loss, None where nothing is."""
        return None

    def running(self, text: str) -> Tensor | None:
        """(T,) ids of a text of any length, where the task reads one text that runs on; None where
        it reads examples.
        """
        return None

    def named(self, batch: Batch) -> Tokens:
        """What the first row of a batch reads, as text; numbers where the task has no names."""
        known = self.vocabulary if len(self.vocabulary) == self.sizes.inputs else ()
        source = () if batch.source is None else _named(batch.source[0], ())
        return Tokens(_named(batch.inputs[0], known), (), (), source)

    @property
    @abstractmethod
    def default_probe(self) -> str:
        """A text from the held-out part to look at when the user gave none."""

    @abstractmethod
    def probe(self, text: str, model: Model | None = None) -> Probe:
        """`text` as one sequence; with a source sequence the model writes the target. UserError
        when it is empty.
        """

    def remark(self, text: str) -> str:
        """One sentence on what of a probe or prompt cannot be read, empty where all can."""
        return ""

    @abstractmethod
    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """Text the network writes after `prompt`; equal arguments and weights give equal text."""


class MeasuredTask(Task):
    """Base of tasks whose targets are numbers (B, T, K), NaN where nothing is asked."""

    def loss(self, output: Output, batch: Batch) -> Tensor:
        """Mean squared error over the positions where something is asked."""
        return self.losses(output, batch).sum() / batch.asked.sum().clamp(min=1)

    def losses(self, output: Output, batch: Batch) -> Tensor:
        """(B, T) squared errors, the mean over the K numbers."""
        errors = (output.logits - batch.targets.nan_to_num()).square().mean(-1)
        return errors.masked_fill(~batch.asked, 0.0)


def _named(row: Tensor, vocabulary: Sequence[str]) -> tuple[str, ...]:
    """Names of ids (T,), or of values (T, I) their numbers."""
    if row.is_floating_point():
        return tuple(",".join(f"{v:.4g}" for v in step) for step in row.flatten(1).tolist())
    return tuple(vocabulary[i] if i < len(vocabulary) else str(i) for i in row.tolist())


def _within(batch: Batch) -> Tensor:
    """(B, T) target ids, `NOTHING_ASKED` after each row's end too."""
    if batch.lengths is None:
        return batch.targets
    positions = torch.arange(batch.targets.shape[1], device=batch.targets.device)
    return batch.targets.masked_fill(positions >= batch.lengths[:, None], NOTHING_ASKED)
