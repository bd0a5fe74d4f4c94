"""Generate ``stream.txt``: letters at random with the word "udacity" among them now and then.

Half as often as the word comes a near miss: the word with one of its letters wrong. Lines have
72 letters and never break a word. ``generate(seed)`` gives other streams of the same kind.
Run the module to write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

TARGET = Path(__file__).with_suffix(".txt")
WORD = "udacity"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LINES, WIDTH = 800, 72
SLOTS = 4  # of a line; each holds the word at most once


def pick(source: random.Random, letters: str) -> str:
    return letters[int(source.random() * len(letters))]


def slot(source: random.Random) -> str:
    """A quarter of a line: the word, a near miss or neither, with letters around it."""
    width = WIDTH // SLOTS
    letters = [pick(source, ALPHABET) for _ in range(width)]
    kind = source.random()
    place = int(source.random() * (width - len(WORD) + 1))
    wrong = int(source.random() * len(WORD))
    if kind < 0.6:
        other = pick(source, ALPHABET.replace(WORD[wrong], ""))
        letters[place : place + len(WORD)] = WORD
        if kind >= 0.4:
            letters[place + wrong] = other
    return "".join(letters)


def generate(seed: int = 0) -> str:
    """All lines."""
    source = random.Random(seed)
    lines = ["".join(slot(source) for _ in range(SLOTS)) for _ in range(LINES)]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
