"""A block that leaves no trace in the process: random generators and PyTorch's switches are put
back, whatever happens inside.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import torch

SEED = 0
"""Networks that draw numbers while evaluating draw the same ones in every look."""


@contextmanager
def calm(device: torch.device) -> Iterator[None]:
    """Gradients on, mixed precision off, the same random numbers each time; all put back after."""
    fast = torch.backends.mha.get_fastpath_enabled()
    python, numpy = random.getstate(), np.random.get_state()
    cuda = range(torch.cuda.device_count() if torch.cuda.is_initialized() else 0)  # type: ignore[no-untyped-call]
    try:
        with (
            torch.random.fork_rng(devices=list(cuda)),
            _mps_put_back(device),
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.autocast(device.type, enabled=False) if _mixes(device) else nullcontext(),
        ):
            # The fast path of attention hides its weights.
            torch.backends.mha.set_fastpath_enabled(False)
            _seed(bool(cuda))
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        random.setstate(python)
        np.random.set_state(numpy)


def _seed(cuda: bool) -> None:
    # torch.manual_seed would also be remembered for devices that are not in use yet.
    torch.default_generator.manual_seed(SEED)
    if cuda:
        torch.cuda.manual_seed_all(SEED)
    random.seed(SEED)
    np.random.seed(SEED)


@contextmanager
def _mps_put_back(device: torch.device) -> Iterator[None]:
    state: Any = torch.mps.get_rng_state() if device.type == "mps" else None
    try:
        yield
    finally:
        if state is not None:
            torch.mps.set_rng_state(state)


def _mixes(device: torch.device) -> bool:
    return device.type in ("cpu", "cuda")
