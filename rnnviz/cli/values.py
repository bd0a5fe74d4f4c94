"""What the values of options may be; each raises ArgumentTypeError with what is wrong."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """A whole number above 0."""
    value = int(text) if text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return value


def step(text: str) -> int:
    """A step of training."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a step: a whole number from 0")
    return int(text)


def fps(text: str) -> float:
    """Frames a second."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.2 <= value <= 50:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.2 to 50")
    return value


def frames(text: str) -> int:
    """How many frames at most."""
    value = int(text) if text.isdecimal() else 0
    if not 2 <= value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 2 to 10000")
    return value


def seed(text: str) -> int:
    """A seed that PyTorch takes."""
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2^63 - 1")
    return int(text)


def dpi(text: str) -> int:
    """Pixels per inch."""
    value = int(text) if text.isdigit() else 0
    if not 30 <= value <= 1200:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 30 to 1200")
    return value


def size(text: str) -> tuple[float, float | None]:
    """Width and height in inches, from `12x6`; from `3.3` the width of paper as long as needed."""
    try:
        width, *rest = (float(part) for part in text.lower().split("x"))
        height = rest[0] if rest else None
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 12x6 or 3.3") from None
    if len(rest) > 1 or not all(0.5 <= side <= 100 for side in (width, *rest)):
        raise argparse.ArgumentTypeError(f"{text!r}: each side must be 0.5 to 100 inches")
    return width, height
