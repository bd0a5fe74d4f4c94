"""A cell of PyTorch in a loop over time against its layer: that they are equal, and how much the
loop costs.
"""

from __future__ import annotations

from benchmarks._cells import KINDS, difference
from benchmarks._machine import machine
from benchmarks._process import in_fresh_processes

PROCESSES = 3


def measure() -> dict[str, object]:
    """`times_as_long_…`: seconds of the loop divided by those of the layer, forwards and backwards,
    50 rows of 50 steps, 128 units. `difference_…`: the largest of any output, state or gradient,
    in double precision.
    """
    differences = {f"difference_{kind}": f"{difference(kind):.0e}" for kind in KINDS}
    return differences | in_fresh_processes("benchmarks._cells", PROCESSES) | machine()
