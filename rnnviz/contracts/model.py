"""A model: one wiring of cells, embeddings and readout. One leaf of `models/` each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from torch import Tensor, nn

from rnnviz.contracts.cell import Name
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.structure import Structure


@dataclass(frozen=True, slots=True)
class Sizes:
    """Vocabulary sizes a model is built for; `source` is 0 where there is no source sequence."""

    inputs: int
    outputs: int
    source: int = 0
    padding: int = -1
    begin: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, on the model's device.

    inputs, targets   (B, T) token ids; targets are the inputs one step later
    lengths           (B,) valid positions of each row, None when all are T
    source            (B, S) token ids, None without a source sequence
    source_lengths    (B,)
    continues         True when it continues the previous batch of the same rows: the state is
                      carried
    """

    inputs: Tensor
    targets: Tensor
    lengths: Tensor | None = None
    source: Tensor | None = None
    source_lengths: Tensor | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """What a model returns.

    logits     (B, T, V)
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
    tasks        names of the tasks it can do
    """

    name: ClassVar[str]
    title: ClassVar[str]
    tasks: ClassVar[tuple[str, ...]]

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

    @abstractmethod
    def start(self, batch: Batch) -> Any:
        """The state before the first output token (for a source sequence: the encoder has run)."""

    @abstractmethod
    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        """One step of free running: tokens (B,) -> logits (B, V) and the state after them."""

    @property
    @abstractmethod
    def structure(self) -> Structure:
        """What it consists of."""

    @abstractmethod
    def graph(self, time: int, source_time: int = 0) -> Graph:
        """The unrolled graph over `time` output positions and `source_time` source positions."""
