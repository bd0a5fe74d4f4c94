"""Generate ``traffic.csv``: cars on two lanes of an invented bridge, every quarter of an hour.

Rush hours on working days, quiet nights and week-ends; now and then one lane is closed and the
other takes its cars. Run the module to write the file beside it, or with ``--check`` to compare.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

TARGET = Path(__file__).with_suffix(".csv")
DAYS, PER_DAY = 42, 96
CLOSED = {8: (7, 10), 19: (15, 19), 33: (6, 9), 39: (16, 20), 40: (10, 13)}  # day: from, to (hour)


def flow(day: int, hour: float) -> float:
    """Cars in a quarter of an hour on both lanes together."""
    morning, evening = math.exp(-((hour - 8) ** 2) / 2), math.exp(-((hour - 17.5) ** 2) / 4)
    noon = math.exp(-((hour - 13) ** 2) / 18)
    if day % 7 >= 5:
        return 20 + 130 * noon
    return 25 + 210 * morning + 190 * evening + 60 * noon


def generate(seed: int = 0) -> str:
    """The whole table."""
    source = random.Random(seed)
    lines = ["time;north;south;anomaly"]
    for k in range(DAYS * PER_DAY):
        day, hour = k // PER_DAY, (k % PER_DAY) * 24 / PER_DAY
        north = flow(day, hour) * (0.55 if hour < 12 else 0.45)
        south = flow(day, hour) - north
        begin, end = CLOSED.get(day, (0, 0))
        closed = begin <= hour < end
        if closed:
            north, south = 0.1 * north, south + 0.6 * north
        counts = [round(c + math.sqrt(c) * (source.random() * 3.46 - 1.73)) for c in (north, south)]
        hours, minutes = int(hour), round(hour % 1 * 60)
        time = f"{1 + day % 28:02d}.{2 + day // 28:02d}.2031 {hours:02d}:{minutes:02d}"
        lines.append(f"{time};{max(counts[0], 0)};{max(counts[1], 0)};{int(closed)}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
