"""Generate ``shapes/``: 600 pictures of one or two coloured shapes, and ``captions.tsv`` that says
what each shows.

A caption follows from its picture: one shape is told with its size and place, two with how they
lie to each other, the upper or left one first. ``generate(seed)`` gives others of the same kind.
Run the module to write the folder beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import random
import struct
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

TARGET = Path(__file__).with_suffix("")
PICTURES, SIDE = 600, 32
COLOURS = {
    "red": (214, 48, 49),
    "green": (38, 148, 73),
    "blue": (44, 94, 201),
    "yellow": (240, 190, 20),
    "purple": (136, 62, 176),
}
GROUND = (236, 233, 226)
SIZES = {"small": 3, "large": 6}
PLACES = {
    "on the left": (7, 16),
    "on the right": (24, 16),
    "at the top": (16, 7),
    "at the bottom": (16, 24),
    "in the middle": (16, 16),
}
Inside = Callable[[float, float], bool]
SHAPES: dict[str, Inside] = {
    "circle": lambda x, y: x * x + y * y <= 1.1,
    "square": lambda x, y: max(abs(x), abs(y)) <= 0.95,
    "triangle": lambda x, y: abs(y) <= 1 and 2 * abs(x) <= y + 1,
}
T = TypeVar("T")
Rows = list[list[int]]


def pick(source: random.Random, choices: Sequence[T]) -> T:
    return choices[int(source.random() * len(choices))]


def jitter(source: random.Random, most: int) -> int:
    return int(source.random() * (2 * most + 1)) - most


def paint(rows: Rows, thing: tuple[str, str], at: tuple[int, int], radius: int) -> None:
    """Fill a shape of a colour, numbered from 1, around a pixel."""
    colour, shape = thing
    number, inside = 1 + list(COLOURS).index(colour), SHAPES[shape]
    for y in range(SIDE):
        for x in range(SIDE):
            if inside((x - at[0]) / radius, (y - at[1]) / radius):
                rows[y][x] = number


def one(source: random.Random, rows: Rows) -> str:
    colour, shape = pick(source, list(COLOURS)), pick(source, list(SHAPES))
    size, place = pick(source, list(SIZES)), pick(source, list(PLACES))
    x, y = PLACES[place]
    at = x + jitter(source, 1), y + jitter(source, 1)
    paint(rows, (colour, shape), at, SIZES[size])
    return f"a {size} {colour} {shape} {place}"


def two(source: random.Random, rows: Rows) -> str:
    """Two shapes that differ in colour and may differ in kind."""
    first, shape = pick(source, list(COLOURS)), pick(source, list(SHAPES))
    second = pick(source, [colour for colour in COLOURS if colour != first])
    other = pick(source, list(SHAPES))
    upright = source.random() < 0.5
    along = 8 + jitter(source, 2), 23 + jitter(source, 2)
    across = 16 + jitter(source, 6)
    places = [(across + jitter(source, 1), a) if upright else (a, across) for a in along]
    paint(rows, (first, shape), places[0], 5)
    paint(rows, (second, other), places[1], 5)
    relation = "above" if upright else "left of"
    return f"a {first} {shape} {relation} a {second} {other}"


def chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def png(rows: Rows) -> bytes:
    """A PNG file with a palette, four bits a pixel."""
    packed = [bytes(a << 4 | b for a, b in zip(row[::2], row[1::2], strict=True)) for row in rows]
    palette = b"".join(map(bytes, (GROUND, *COLOURS.values())))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 4, 3, 0, 0, 0)
    # Stored, not compressed: the bytes are then the same with every version of zlib.
    data = zlib.compress(b"".join(b"\0" + row for row in packed), 0)
    parts = (b"IHDR", head), (b"PLTE", palette), (b"IDAT", data), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def generate(seed: int = 0) -> dict[str, bytes]:
    """All files by name."""
    source = random.Random(seed)
    files, lines = {}, []
    for number in range(1, PICTURES + 1):
        rows = [[0] * SIDE for _ in range(SIDE)]
        caption = (one if source.random() < 0.3 else two)(source, rows)
        name = f"{number:03}.png"
        files[name] = png(rows)
        lines.append(f"{name}\t{caption}\n")
    return {"captions.tsv": "".join(lines).encode(), **files}


def main(arguments: Sequence[str]) -> int:
    files = generate()
    if "--check" in arguments:
        present = {path.name: path.read_bytes() for path in TARGET.glob("*") if path.is_file()}
        return int(present != files)
    TARGET.mkdir(exist_ok=True)
    for name, data in files.items():
        (TARGET / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
