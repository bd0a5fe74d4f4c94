"""What the libraries underneath have to be told before they do anything: how NumPy's products use
threads and what the C library does with memory that is given back.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# From malloc.h of the GNU C library.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEPT = {_TRIM_THRESHOLD: 2**30, _TOP_PAD: 2**26, _MMAP_THRESHOLD: 2**25}


def settle() -> None:
    """Once, before NumPy is imported and any thread is begun."""
    # NumPy's OpenBLAS keeps a helper thread spinning for milliseconds after each small product, on
    # the core that training or the window needs. It reads this once, when NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _keep_memory()


def _keep_memory() -> None:
    """Every step of training takes and gives back the same memory. The C library hands that of a
    thread back to the system where it happens to end in a block of its own, and each page of it is
    then fetched anew, step after step, for as long as the process lives.
    """
    if sys.platform != "linux":
        return
    # Other C libraries have no such call.
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for option, value in _KEPT.items():
            library.mallopt(option, value)
