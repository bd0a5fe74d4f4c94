"""A model: one wiring of cells, embeddings and readout. One leaf of `models/` each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Literal, Protocol

import torch
from torch import Tensor, nn

from rnnviz.contracts.cell import Name
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.structure import Structure

Kind = Literal["tokens", "values"]

NOTHING_ASKED = -100
"""The target id at positions where nothing is to be predicted (PyTorch's own convention)."""

CELL = 4
"""Pixels along each side of one cell of the grid in which networks see a picture."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a model is built for.

    inputs, outputs  sizes of the vocabularies, or numbers per time step where they are `values`
    source           size of the source's vocabulary, 0 where there is no source sequence
    context          number of categories, or length of the context vector, 0 without one
    picture          channels, height and width of a picture to be described, zeros without one
    answers_once     True where one answer is asked of each sequence, at its end
    """

    inputs: int
    outputs: int
    source: int = 0
    padding: int = -1
    begin: int = -1
    end: int = -1
    input_kind: Kind = "tokens"
    output_kind: Kind = "tokens"
    context: int = 0
    context_kind: Kind = "tokens"
    picture: tuple[int, int, int] = (0, 0, 0)
    answers_once: bool = False


def grid_of(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of cells of a picture of so many pixels; what is left over is not seen."""
    return height // CELL, width // CELL


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, on the model's device.

    inputs            (B, T) token ids, or (B, T, I) values
    targets           (B, T) token ids, `NOTHING_ASKED` where nothing is to be predicted; or
                      (B, T, K) values, NaN where nothing is
    lengths           (B,) valid positions of each row, None when all are T
    source            (B, S) token ids, None without a source sequence
    source_lengths    (B,)
    context           (B,) a category each, (B, K) a vector each, or with facts (B, Q) the token ids
                      of a question each; None without
    picture           (B, C, H, W) in [0, 1], None without
    children          (B, T, 2) for trees: positions of a node's children, which come before it, -1
                      at leaves; `inputs` holds a leaf's word
    facts             (B, S, W) for questions: token ids of S sentences
    continues         True when it continues the previous batch of the same rows: the state is
                      carried
    """

    inputs: Tensor
    targets: Tensor
    lengths: Tensor | None = None
    source: Tensor | None = None
    source_lengths: Tensor | None = None
    continues: bool = False
    context: Tensor | None = None
    picture: Tensor | None = None
    children: Tensor | None = None
    facts: Tensor | None = None

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the picture's cells, zeros without a picture."""
        return (0, 0) if self.picture is None else grid_of(*self.picture.shape[2:])

    @property
    def asked(self) -> Tensor:
        """(B, T) True where something is to be predicted."""
        if self.targets.is_floating_point():
            asked = ~self.targets.isnan().any(-1)
        else:
            asked = self.targets != NOTHING_ASKED
        if self.lengths is not None:
            positions = torch.arange(asked.shape[1], device=asked.device)
            asked = asked & (positions < self.lengths[:, None])
        return asked

    def to(self, device: torch.device) -> Batch:
        """The same batch where the model is."""
        if device == self.inputs.device:
            return self
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        moved: dict[str, Any] = {
            name: value.to(device, non_blocking=device.type != "cpu")
            for name, value in values.items()
            if isinstance(value, Tensor)
        }
        return replace(self, **moved)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the unrolled graph of one sequence depends on besides the model.

    asked        positions where something is to be predicted
    source_time  positions of the source: words, facts or cells of a picture's grid
    children     of each position of a tree, () at leaves
    context      True where a context vector is given
    """

    time: int
    source_time: int = 0
    asked: tuple[int, ...] = ()
    children: tuple[tuple[int, ...], ...] = ()
    context: bool = False

    @classmethod
    def of(cls, batch: Batch) -> Plan:
        """The plan of the batch's first row."""
        children: tuple[tuple[int, ...], ...] = ()
        if batch.children is not None:
            rows = batch.children[0].tolist()
            children = tuple(tuple(child for child in row if child >= 0) for row in rows)
        source = batch.facts if batch.facts is not None else batch.source
        down, across = batch.grid
        return cls(
            batch.inputs.shape[1],
            down * across if source is None else source.shape[1],
            tuple(batch.asked[0].nonzero().flatten().tolist()),
            children,
            batch.context is not None,
        )

    @classmethod
    def full(cls, time: int, source_time: int = 0) -> Plan:
        """Something is asked at every position."""
        return cls(time, source_time, tuple(range(time)))


@dataclass(frozen=True, slots=True)
class Output:
    """What a model returns.

    logits     (B, T, V); the predicted numbers themselves where outputs are `values`
    state      opaque; give it back with the next batch that `continues`
    attention  (B, T, S) or None
    """

    logits: Tensor
    state: Any = None
    attention: Tensor | None = None


class Tap(Protocol):
    """Hands out the naming function for one part, layer and time. `IDENTITY` in `recurrence.tap`
    does nothing.
    """

    def at(self, part: str, layer: int, time: int) -> Name:
        """The `tap` that a cell gets for this step. `time` is the position in the sequence as
        read left to right.
        """
        ...


class Model(nn.Module, ABC):
    """Base of all models.

    name, title  as in `Structure`
    shapes       what it can be given: of `contracts.task.SHAPES`
    looks_ahead  True when an output may depend on later inputs
    ignores      fields of the model section that it has no use for
    shows        names of the views that show best what is special about it, the best one first

    The last four are literals: `contracts.fitting` reads them without importing the leaf.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    shapes: ClassVar[tuple[str, ...]]
    looks_ahead: ClassVar[bool] = False
    ignores: ClassVar[tuple[str, ...]] = ()
    shows: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, batch: Batch, state: Any = None) -> Output:
        """The training path: fused kernels where they exist."""

    @abstractmethod
    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        """The looking path: the same parameters through the explicit steps; equal to `forward`
        in eval mode.
        """

    @property
    @abstractmethod
    def structure(self) -> Structure:
        """What it consists of."""

    @abstractmethod
    def graph(self, plan: Plan) -> Graph:
        """The unrolled graph of one sequence."""


class Autoregressive(Model):
    """A model that can run freely: what it wrote is its next input. Every model for `aligned`
    batches that does not look ahead is one.
    """

    @abstractmethod
    def start(self, batch: Batch) -> Any:
        """The state before the first output token (for a source sequence: the encoder has run)."""

    @abstractmethod
    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        """One step of free running: tokens (B,) or values (B, I) -> logits (B, V) and the state
        after them.
        """


class TeacherForced(Autoregressive):
    """A model that reads its own last output. While it is taught the target stands in its place; in
    evaluation mode, looked into or running freely, it reads what it said itself.

    forced_share  of the steps at which the target stands in while training; the trainer sets it
    """

    forced_share: float = 1.0

    @abstractmethod
    def forced(self, batch: Batch, state: Any = None) -> Output:
        """Every output given the targets before it (Goodfellow et al. 10.2.1)."""
