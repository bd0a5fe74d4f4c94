"""Generate ``temperature.csv``: the temperature of an invented cold store, every half hour.

A daily and a weekly rhythm, slow weather and noise; doors left open, a failing compressor and a
stuck sensor are marked in the column ``anomaly``, a few readings are missing. Run the module to
write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

TARGET = Path(__file__).with_suffix(".csv")
START = datetime(2031, 3, 3)
DAYS, PER_DAY = 75, 48
EVENTS = {  # day: (kind, hours)
    9: ("door", 3), 17: ("door", 4), 26: ("compressor", 9), 38: ("stuck", 16),
    47: ("door", 3), 62: ("door", 4), 65: ("compressor", 8), 68: ("stuck", 18), 71: ("door", 3),
    73: ("door", 4),
}  # fmt: skip
MISSING = 0.004


def noise(source: random.Random) -> float:
    """About normal: the sum of twelve uniform numbers."""
    return sum(source.random() for _ in range(12)) - 6.0


def disturbed(kind: str, into: float, hours: float, value: float, before: float) -> float:
    """A reading `into` hours after something of `kind` began."""
    if kind == "stuck":
        return before
    if kind == "door":
        return value + 3.2 * (1 - math.exp(-into))
    return value + 0.55 * into


def generate(seed: int = 0) -> str:
    """The whole table."""
    source = random.Random(seed)
    lines, weather, before = ["time,temperature,anomaly"], 0.0, 4.0
    for k in range(DAYS * PER_DAY):
        day, hour = divmod(k / 2.0, 24.0)
        weather = 0.995 * weather + 0.05 * noise(source)
        busy = 1.0 if int(day) % 7 < 5 else 0.4
        value = 4.0 + 0.8 * math.sin((hour - 9) * math.pi / 12) + weather
        value += busy * 0.5 * math.exp(-(((hour - 14) / 2.5) ** 2)) + 0.06 * noise(source)
        kind, hours = EVENTS.get(int(day), ("", 0))
        wrong = bool(kind) and 6 <= hour < 6 + hours
        value = disturbed(kind, hour - 6, hours, value, before) if wrong else value
        before = value
        shown = "" if source.random() < MISSING else f"{value:.2f}"
        time = START + timedelta(minutes=30 * k)
        lines.append(f"{time:%Y-%m-%d %H:%M},{shown},{int(wrong)}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
