"""Short names of parameters for tables: PyTorch's own are long where modules lie in modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def shortened(names: Iterable[str]) -> dict[str, str]:
    """Short forms of those names that have one which no other name shares.

    `encoder.forward_layers.kernel.weight_ih_l0` is `encoder.forward weight_ih_l0`.
    """
    short = {name: _short(name) for name in names}
    shared = Counter(short.values())
    return {name: text for name, text in short.items() if text != name and shared[text] == 1}


def _short(name: str) -> str:
    return name.replace(".kernel.", " ").replace("_layers", "")
