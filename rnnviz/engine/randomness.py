"""PyTorch has one random generator for the whole process; runs take turns with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_TURN = threading.Lock()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside the block random numbers follow from `seed` alone, whatever other runs do."""
    with _TURN:
        torch.manual_seed(seed)
        yield
