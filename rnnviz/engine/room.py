"""Whether a network and one batch fit into memory, estimated before either is there: a process that
takes more than there is gets killed without a word.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Sizes
from rnnviz.contracts.structure import Structure

FLOAT = 4
OPTIMIZER_MEMORY = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2}

# Logits, their logarithms, and the gradients by both.
PER_OUTPUT = 4
# Of each block of a layer's preactivations the sum, the value and the gradient; of its states too.
PER_BLOCK, STATES = 3, 4

# The estimate is rough: measured networks took from half of it to one and a half times as much.
COMFORTABLE, HOPELESS = 0.8, 2.0


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes.

    network  weights, gradients, what the optimizer keeps, and the copies to look at and go back to
    batch    what a training step keeps of one batch until the backward pass
    """

    network: int
    batch: int

    @property
    def total(self) -> int:
        """Both."""
        return self.network + self.batch


def estimate(structure: Structure, config: RunConfig, sizes: Sizes, processes: int = 1) -> Need:
    """What training would take, without taking it; a batch is shared by `processes`."""
    weights = FLOAT * structure.parameter_count
    kept = OPTIMIZER_MEMORY[config.training.optimizer]
    batch = _batch(structure, config, sizes) // processes
    return Need(2 * weights * (2 + kept), batch)


def require(need: Need, there: int, free: int) -> str:
    """A warning when memory may be short, else empty; UserError when it cannot suffice.

    there, free  bytes of memory in all and unused; 0 where that is unknown
    """
    if there and (need.network > there or need.total > HOPELESS * there):
        raise UserError(f"{_sentence(need)}, but there are {_gigabytes(there)}: {_advice(need)}.")
    if free and need.total > COMFORTABLE * free:
        return f"{_sentence(need)}, and {_gigabytes(free)} are free: {_advice(need)}."
    return ""


def memory(device: str) -> tuple[int, int]:
    """Bytes of the device's memory in all and unused; zeros where the system does not say."""
    if device == "cuda":
        free, there = torch.cuda.mem_get_info()
        return there, free
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0, 0
    return there, _available()


def _available() -> int:
    """What the system could give without swapping, 0 where it does not say (only Linux does)."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            found = [line.split() for line in lines if line.startswith("MemAvailable:")]
        return int(found[0][1]) * 1024
    except (OSError, ValueError, IndexError):
        return 0


def _batch(structure: Structure, config: RunConfig, sizes: Sizes) -> int:
    rows, steps = config.training.batch_size, config.training.sequence_length
    if sizes.source:
        steps = config.task.max_length + 2
    each = PER_OUTPUT * sizes.outputs
    if config.model.input == "one_hot":
        each += sizes.inputs + sizes.source
    for part in structure.parts:
        each += part.layers * part.hidden_size * (PER_BLOCK * len(part.cell.blocks) + STATES)
    if structure.has_attention:
        # The question to every source position is kept for every target position.
        each += 2 * steps * config.model.hidden_size
    return FLOAT * rows * steps * each


def _sentence(need: Need) -> str:
    return (
        f"Training would take about {_gigabytes(need.total)} of memory "
        f"({_gigabytes(need.network)} for the network, {_gigabytes(need.batch)} for one batch)"
    )


def _advice(need: Need) -> str:
    if need.batch > need.network:
        return "lower the batch size or the sequence length"
    return "lower the hidden size or the size of the vocabulary"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
