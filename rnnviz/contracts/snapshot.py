"""What the observer hands over: everything the views show of one moment of training.

A live run and a recorded run reach the views as the same `Snapshot`.

Addresses in `arrays` (P = part name, l = layer from 0):
  `P/l/q`            (time|source_time, unit)  quantity q of the cell: h, c, i, f, g, o, r, z, n
  `P/l/a_x`, `P/l/a_h`  (time|source_time, row)  input and recurrent part of the preactivations,
                        biases included
  `P/l/h-`           (time|source_time, unit)  the state each step began with (also `c-`), where
                     that is not simply the row before, and zeros before the first
  `gradient/P/l/h`   (time|source_time, unit)  total derivative of the probe's summed loss by h_t
                     (also c)
  `loss`             (time,)      nats at each position of the probe
  `next/probability` (time, slot) largest probabilities of the next token, falling
  `next/token`       (time, slot) their token ids
  `target/probability` (time,)    probability given to the true token, NaN where nothing is asked
  `probability`      (time, vocab)  of every output, where there are at most 64
  `threshold`        (slot,)      one number: above it the last output counts as said, where it does
  `value/input`, `value/output`, `value/target`  (time, slot)  numbers, for tasks with numbers
  `attention`        (time, source_time)  alignment weights, rows sum to 1
  `attention/NAME`   the same of each that attends, where several do; (row, column) where its
                     shape is another than that of the last, which `attention` holds
  `memory`           (time, slot, unit)  an external memory's content after each step
  `memory/read`, `memory/write`  (time, slot)  weights of the heads; rows sum to 1
  `memory/erase`, `memory/add`  (time, unit)  what the write head takes away and puts in
  `picture`          (row, column, slot)  the picture that is described, in [0, 1]
  `context`          (time, unit)  what the decoder is given of the source (one row where it never
                     changes)
  `backpropagation/term/P/l/W_hh`  (time, time|source_time)  length of each term (t, k) of the
                     gradient of W_hh: ∂L_t/∂h_t · ∂h_t/∂h_k · ∂h_k/∂W_hh
  `backpropagation/share/P/l/W_hh`  (time, time|source_time)  what each term contributes along the
                     gradient, as parts of 1
  `backpropagation/sum/P/l/W_hh`  (slot,)  length of the gradient by the path that trains, and its
                     distance from the sum of all terms
  `backpropagation/truncated/P/l/W_hh`  (slot, column)  chunk length, and what is left of the
                     gradient's length where none passes from chunk to chunk
  `backpropagation/jacobian/P/l/h`  (time, time) or (source_time, source_time)  largest singular
                     value of ∂h_t/∂h_k for some t (also c), NaN for all others
  `parameter/NAME`   (row, column) or (row,)
  `parameter_gradient/NAME`  same shape; derivative of the probe's summed loss
In `results`: what the analyses computed from them, see `contracts.analysis`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.structure import Structure

NEEDS = (
    "states",
    "gates",
    "preactivations",
    "gradients",
    "next",
    "attention",
    "parameters",
    "eigenvalues",
    "backpropagation",
)

NOW_AND_THEN = frozenset({"eigenvalues"})
"""Costs as much as all usual groups together."""

USUAL = frozenset(NEEDS) - NOW_AND_THEN - {"backpropagation"}
"""What is looked for where nobody says what is to be seen. Backpropagation costs ten times as much:
only when a view shows it, and at the last look of a run.
"""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The probe's tokens as text, one per time; `source` only where something else is read.

    target  "" where nothing is asked
    grid    rows and columns of the picture's cells where `source` is a picture, else zeros
    """

    input: tuple[str, ...]
    target: tuple[str, ...]
    output: tuple[str, ...]
    source: tuple[str, ...] = ()
    grid: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One look inside.

    run         name of the run
    step        optimizer updates done before the look
    tokens      what the probe consists of
    structure   what the network consists of
    graph       the unrolled graph of this probe
    vocabulary  text of every output token, by id
    seconds     what the look cost
    finished_at time.monotonic() when the probe ended (for measuring its age on screen)
    tapped_difference  largest difference between fused and explicit path on this probe
    loss        mean nats over the probe
    generation  number of the request it answers; answers to older requests are dropped
    live        False when it was read from a record
    needs       groups of `NEEDS` that it was made for and still holds
    weights_step  the step of the checkpoint that the parameters were taken from where the record of
                this step kept none
    absent      by group of `NEEDS`: why it can never be there, for the view that would show it
    """

    run: str
    step: int
    tokens: Tokens
    structure: Structure
    graph: Graph
    vocabulary: tuple[str, ...]
    arrays: Mapping[str, NamedArray]
    results: Mapping[str, NamedArray] = field(default_factory=dict)
    seconds: float = 0.0
    finished_at: float = 0.0
    tapped_difference: float = 0.0
    loss: float = float("nan")
    generation: int = 0
    live: bool = True
    needs: frozenset[str] = frozenset()
    weights_step: int | None = None
    absent: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> NamedArray | None:
        """The array or result with this address, or None."""
        return self.arrays.get(name) or self.results.get(name)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that the network wrote after `step` updates."""

    step: int
    prompt: str
    text: str
    temperature: float
    seed: int


@dataclass(frozen=True, slots=True)
class TokenCount:
    """How often a token occurs in the corpus."""

    token: str
    count: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a simple method reaches on the held-out part.

    name   e.g. `bigrams`
    of     `loss` (in the task's unit) or `metric`
    """

    name: str
    of: str
    value: float
    help: str = ""


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """What a corpus is, for the user to judge before training.

    unit        what `token_count` counts: characters or words
    facts       (name, value) pairs, ready to show
    warnings    sentences, e.g. a high share of unknown words
    loss_unit   of the training loss; perplexity only makes sense for nats
    metric      what the `metric` column of the history means, "" where it is empty
    baselines   what simple methods reach on the held-out part
    batch_rows  text of the first chunks of the first batch rows, as (row, chunk)
    rows        batch rows in all; 0 where the task does not cut one text into rows
    """

    name: str
    path: str
    task: str
    size_bytes: int
    encoding: str
    unit: str
    token_count: int
    vocabulary_size: int
    most_frequent: tuple[TokenCount, ...]
    first_lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    batch_rows: tuple[tuple[str, ...], ...] = ()
    rows: int = 0
    chunks_train: int = 0
    chunks_validation: int = 0
    chunk_length: int = 0
    loss_unit: str = "nats"
    metric: str = ""
    baselines: tuple[Baseline, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As JSON types, for `run.json`."""
        data: dict[str, Any] = _SUMMARY.dump_python(self, mode="json")
        return data

    @staticmethod
    def from_data(data: Any) -> CorpusSummary:
        """The summary that `to_data` wrote; pydantic.ValidationError when it is none."""
        return _SUMMARY.validate_python(data)


_SUMMARY: TypeAdapter[CorpusSummary] = TypeAdapter(CorpusSummary)
