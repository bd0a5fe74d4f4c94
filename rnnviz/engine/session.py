"""From a configuration to the parts of a run: device and threads, task, network, trainer."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor

from rnnviz.contracts import discovery
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Model, Sizes
from rnnviz.contracts.task import Progress, Task, silent
from rnnviz.engine import room
from rnnviz.engine.randomness import seeded
from rnnviz.engine.team import ALONE, Team
from rnnviz.engine.trainer import Trainer, TrainerState


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """The parts of one run that stand in memory."""

    config: RunConfig
    task: Task
    model: Model
    trainer: Trainer
    device: str
    threads: int
    warning: str = ""


def build(config: RunConfig, progress: Progress = silent, team: Team = ALONE) -> Session:
    """Read the corpus and make network and trainer; UserError when they cannot be had.

    The session's configuration says how many steps there are, also where it counts in epochs.
    """
    device = choose_device(config.training.device)
    team.prepare(config, device)
    threads = use_threads(config.training.threads, team.processes_here)
    task = task_class(config).open(config, progress)
    config = config.settled(task.batches_per_epoch)
    warning = require_room(config, task.sizes, device, team.share.parts)
    model = make_model(config, task.sizes).to(device)
    team.assemble(progress)
    trainer = Trainer(config, task, model, team)
    return Session(config, task, model, trainer, device, threads, warning)


def require_room(config: RunConfig, sizes: Sizes, device: str, processes: int = 1) -> str:
    """A warning where memory is short; UserError where it cannot suffice."""
    with torch.device("meta"):
        structure = make_model(config, sizes).structure
    need = room.estimate(structure, config, sizes, processes)
    return room.require(need, *room.memory(device))


def task_class(config: RunConfig) -> type[Task]:
    """The class of the configured task."""
    return discovery.find("tasks", config.task.name, Task)


def make_model(config: RunConfig, sizes: Sizes) -> Model:
    """The configured network with its seeded start."""
    kind: type[Model] = discovery.find("models", config.model.kind, Model)
    with seeded(config.training.seed):
        model: Model = kind(config.model, sizes)
    return model


def require_same_shapes(config: RunConfig, task: Task, state: TrainerState) -> None:
    """UserError when the configured network is not the one whose state that is; takes no memory."""
    with torch.device("meta"):
        wanted = make_model(config, task.sizes).state_dict()
    for name in sorted(wanted.keys() | state.model.keys()):
        mine, saved = (_shape(each.get(name)) for each in (wanted, state.model))
        if mine != saved:
            raise UserError(f"its {name} is {saved}, that of the configured network {mine}")


def _shape(tensor: Tensor | None) -> str:
    return "missing" if tensor is None else " x ".join(map(str, tensor.shape)) or "one number"


def choose_device(wish: str) -> str:
    """`auto` takes the fastest there is; UserError when a chosen device is missing."""
    there = [name for name in ("cuda", "mps", "cpu") if _available(name)]
    if wish == "auto":
        return there[0]
    if wish not in there:
        raise UserError(
            f"training.device: {wish} is not available here; choose auto or {', '.join(there)}."
        )
    return wish


def use_threads(wish: int, processes: int = 1) -> int:
    """Set PyTorch's threads, before any gradient is computed; 0 leaves one core to the window, or
    gives each of several processes its part of the cores.
    """
    cores = available_cores()
    threads = wish or max(1, cores - 1 if processes == 1 else cores // processes)
    torch.set_num_threads(threads)
    return threads


def available_cores() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _available(name: str) -> bool:
    if name == "cuda":
        return torch.cuda.is_available()
    return name == "cpu" or torch.backends.mps.is_available()
