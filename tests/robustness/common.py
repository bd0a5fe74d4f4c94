"""A tiny run, and processes that are forked where nothing but this one thread runs."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import NEEDS
from rnnviz.engine import course
from rnnviz.engine.origin import Origin
from rnnviz.engine.runner import Runner

TINY = {
    "training.threads": 1,
    "training.device": "cpu",
    "training.batch_size": 2,
    "training.sequence_length": 6,
    "training.validate_every": 50,
    "training.checkpoint_every": 0.1,
    "model.hidden_size": 6,
    "model.layers": 1,
    "model.dropout": 0.0,
    "look.sample_every": 40,
    "look.sample_length": 4,
    "look.record_megabytes": 1,
    "look.checkpoints": 3,
    "look.budget_percent": 50.0,
    "look.snapshots_per_second": 60.0,
}


def tiny(folder: Path, **more: Any) -> RunConfig:
    """A configuration that writes as often as it can; its corpus lies in `folder`."""
    torch.set_num_threads(1)
    corpus = folder / "corpus.txt"
    if not corpus.exists():
        corpus.write_text("the cat sat on the mat, and so did a dog.\n" * 40, encoding="utf-8")
    dotted = {name.replace("__", "."): value for name, value in more.items()}
    return RunConfig().replaced({"task.corpus": str(corpus), **TINY, **dotted})


def train(config: RunConfig, out: Path, origin: Origin | None = None) -> list[events.Event]:
    """The whole run in this process, with as many snapshots as there is time for."""
    course.SECONDS_BETWEEN_RECORDED_SNAPSHOTS = 0.02
    course.SECONDS_BETWEEN_FULL_SNAPSHOTS = 0.05
    runner = Runner(config, out, origin=origin)
    runner.start()
    runner.send(events.Look(frozenset(NEEDS)))
    runner.send(events.Train())
    said: list[events.Event] = []
    while not runner.join(0.005):
        new = runner.poll()
        if any(isinstance(e, events.Changed) and e.state in ("finished", "failed") for e in new):
            runner.send(events.Stop())
        said += new
    return said + runner.poll()


@contextmanager
def changed(module: Any, **constants: Any) -> Iterator[None]:
    """Constants of a module are others within it."""
    kept = {name: getattr(module, name) for name in constants}
    vars(module).update(constants)
    try:
        yield
    finally:
        vars(module).update(kept)


def forked(act: Callable[[], object]) -> int:
    """The process in which `act` runs; ends with 1 where it raises."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        act()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """Wait for a child; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
