"""Small networks and batches for tests; every cell that can be found is covered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Batch, Model, Plan, Sizes
from rnnviz.recurrence.layers import RecurrentLayers

torch.set_num_threads(1)  # tensors this small only lose by being shared out

SIZES = Sizes(inputs=11, outputs=11, source=9, context=4, picture=(3, 8, 8))


def _configurations() -> list[ModelConfig]:
    found = []
    for name in discovery.names("cells"):
        kinds = ("tanh", "relu", "sigmoid") if name == "simple_rnn" else ("tanh",)
        found += [ModelConfig(cell=name, nonlinearity=kind) for kind in kinds]  # type: ignore[arg-type]
    for short in ("half removed", "removed"):
        found.append(ModelConfig(cell="skip_rnn", skip=2, short_connections=short))  # type: ignore[arg-type]
    return found


CONFIGURATIONS = _configurations()
every_cell = pytest.mark.parametrize(
    "config",
    CONFIGURATIONS,
    ids=[f"{c.cell}-{c.nonlinearity}-{c.short_connections}" for c in CONFIGURATIONS],
)


def cell(config: ModelConfig) -> Cell:
    return discovery.find("cells", config.cell, Cell)(config)


def layers(config: ModelConfig, dtype: torch.dtype = torch.float64, **more: Any) -> RecurrentLayers:
    """Layers reading 3 numbers into 5 units, with random biases too."""
    sizes = {"input_size": 3, "hidden_size": 5, **more}
    return RecurrentLayers(cell(config), sizes.pop("part", "p"), **sizes).to(dtype)


def random_state(stack: RecurrentLayers, batch: int) -> State:
    return tuple(0.5 * torch.randn_like(s) for s in stack.zero_state(batch))


def network(kind: str, dtype: torch.dtype = torch.float64, **config: Any) -> Model:
    settings = {"hidden_size": 6, "init_range": 0.5, "embedding_size": 4, **config}
    model = discovery.find("models", kind, Model)(ModelConfig(kind=kind, **settings), SIZES)
    return model.to(dtype)


def batch(
    lengths: list[int], source_lengths: list[int] | None = None, continues: bool = False
) -> Batch:
    """Random tokens; rows shorter than the longest are padded with random tokens too."""
    rows, steps = len(lengths), max(lengths)
    tokens = torch.randint(SIZES.inputs, (rows, steps + 1))
    ragged = torch.tensor(lengths) if min(lengths) < steps else None
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    if source_lengths is None:
        return Batch(inputs, targets, ragged, continues=continues)
    source = torch.randint(SIZES.source, (rows, max(source_lengths)))
    return Batch(inputs, targets, ragged, source, torch.tensor(source_lengths))


def shape_of(kind: str) -> str:
    """The first shape of batches that this model takes."""
    return str(discovery.declared("models", kind)["shapes"][0])


def example(kind: str, lengths: list[int], sources: list[int] | None = None) -> Batch:
    """A batch as this model takes it. `sources`: lengths of the source sequences, if it has any."""
    return EXAMPLES[shape_of(kind)](lengths, sources or [3] * len(lengths))


def _pairs(lengths: list[int], sources: list[int]) -> Batch:
    return batch(lengths, sources)


def _aligned(lengths: list[int], sources: list[int]) -> Batch:
    return batch(lengths)


def _conditioned(lengths: list[int], sources: list[int]) -> Batch:
    return replace(batch(lengths), context=torch.randint(SIZES.context, (len(lengths),)))


def _trees(lengths: list[int], sources: list[int]) -> Batch:
    """Chains of words joined from the left, as far as the odd numbers of nodes go."""
    made = batch(lengths)
    children = torch.full((*made.inputs.shape, 2), -1)
    for row, length in enumerate(lengths):
        top = 0
        for k in range(2, length, 2):
            children[row, k] = torch.tensor([top, k - 1])
            top = k
    return replace(made, children=children)


def _questions(lengths: list[int], sources: list[int]) -> Batch:
    """As many hops as the longest length, facts of two words, the answer asked at every hop."""
    made, rows = batch([max(lengths)] * len(lengths)), len(lengths)
    facts = torch.randint(1, SIZES.inputs, (rows, max(sources), 2))
    return replace(made, context=torch.randint(1, SIZES.inputs, (rows, 3)), facts=facts)


def _pictures(lengths: list[int], sources: list[int]) -> Batch:
    return replace(batch(lengths), picture=torch.rand(len(lengths), *SIZES.picture))


EXAMPLES: dict[str, Callable[[list[int], list[int]], Batch]] = {
    "aligned": _aligned,
    "pairs": _pairs,
    "conditioned": _conditioned,
    "trees": _trees,
    "questions": _questions,
    "pictures": _pictures,
}
"""How a batch of each shape is made; a new shape is added here."""


def plan(kind: str, time: int, source_time: int = 0) -> Plan:
    """The plan of `example(kind, [time], [source_time])`."""
    return Plan.of(example(kind, [time], [source_time or 3]))


def gradients(loss: Tensor, of: torch.nn.Module) -> list[Tensor]:
    return list(torch.autograd.grad(loss, list(of.parameters()), materialize_grads=True))


def largest_difference(ours: Any, theirs: Any) -> float:
    """Over two equally nested structures of tensors; relative where numbers are larger than 1."""
    if isinstance(ours, Tensor):
        assert ours.shape == theirs.shape
        if not ours.numel():
            return 0.0
        return float(((ours - theirs).abs() / theirs.abs().clamp(min=1)).detach().max())
    return max(largest_difference(a, b) for a, b in zip(ours, theirs, strict=True))


class Nudge:
    """A tap that adds to one unit of one quantity at one moment: for finite differences."""

    def __init__(self, part: str, layer: int, time: int, quantity: str, nudge: Tensor) -> None:
        self._where, self._quantity, self._nudge = (part, layer, time), quantity, nudge

    def at(self, part: str, layer: int, time: int) -> Callable[[str, Tensor], Tensor]:
        here = (part, layer, time) == self._where

        def name(quantity: str, value: Tensor) -> Tensor:
            return value + self._nudge if here and quantity == self._quantity else value

        return name
