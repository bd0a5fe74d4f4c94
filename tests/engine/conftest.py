from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from rnnviz.contracts.config import RunConfig
from rnnviz.engine.session import Session, build

# Windows has no limit on the size of files.
collect_ignore = ["test_full_disk.py"] if os.name == "nt" else []

LINES = (
    "the cat sat on the mat and looked at the moon",
    "a dog ran over the hill to see the sea",
    "who was it that opened the old green door",
    "rain fell on the town for three long days",
)
SMALL = {
    "training.threads": 1,
    "training.device": "cpu",
    "training.batch_size": 4,
    "training.sequence_length": 12,
    "training.steps": 30,
    "model.hidden_size": 10,
    "look.sample_every": 10,
    "look.sample_length": 8,
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    lines = [LINES[i * i % 7 % 4] + " " + str(i) for i in range(80)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def small(corpus: Path) -> Callable[..., RunConfig]:
    """A tiny configuration; keyword arguments change dotted fields (`__` for the dot)."""

    def make(**changes: Any) -> RunConfig:
        dotted = {name.replace("__", "."): value for name, value in changes.items()}
        return RunConfig().replaced({"task.corpus": str(corpus), **SMALL, **dotted})

    return make


@pytest.fixture
def session(small: Callable[..., RunConfig]) -> Callable[..., Session]:
    def make(**changes: Any) -> Session:
        return build(small(**changes))

    return make


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
