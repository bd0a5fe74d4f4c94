"""Every recipe, with recording, against a plain loop over its own network and batches."""

from __future__ import annotations

from benchmarks._machine import machine
from benchmarks._recipes import every_recipe


def measure() -> dict[str, object]:
    """`ratios`: our steps a second divided by those of a dozen lines of plain PyTorch. Takes half a
    minute for each recipe.
    """
    found = every_recipe()
    slowest = min(found, key=lambda name: found[name])
    bar = {"bar": "each of ratios >= 0.90"}
    return {"ratios": found, "slowest": slowest, "slowest_ratio": found[slowest]} | bar | machine()
