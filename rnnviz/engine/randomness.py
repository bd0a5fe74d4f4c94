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
        _seed(seed)
        yield


def _seed(seed: int) -> None:
    # `torch.manual_seed` also writes down, with the whole call stack, what an accelerator is to do
    # once it is used: every step, where none ever is.
    used = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    if used or torch.backends.mps.is_available():
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)
