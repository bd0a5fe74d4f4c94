"""Generate ``opinions.ptb``: opinions about inns that do not exist, as trees with a label at every
node: what a phrase says follows from its parts.

"not" turns a quality round, "hardly" makes it doubtful, "but" lets the second half win, "although"
the half that follows its comma. Run the module to write the file beside it, or with ``--check``
to compare the two.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

TARGET = Path(__file__).with_suffix(".ptb")
TREES = 1600
GOOD = (
    "clean",
    "warm",
    "bright",
    "quiet",
    "friendly",
    "splendid",
    "cheerful",
    "spotless",
    "generous",
    "charming",
)
BAD = (
    "cold",
    "damp",
    "noisy",
    "gloomy",
    "rude",
    "dirty",
    "cramped",
    "dreadful",
    "stale",
    "shabby",
)
THINGS = (
    "room",
    "landlord",
    "breakfast",
    "garden",
    "bath",
    "bed",
    "view",
    "stove",
    "stair",
    "cook",
    "porch",
    "cellar",
)
PLACES = (
    "inn",
    "lodge",
    "mill",
    "tavern",
    "station",
    "castle",
    "ferry-house",
    "farm",
)
VERBS = (
    "was",
    "seemed",
    "looked",
    "remained",
)
MORE = (
    "very",
    "really",
    "quite",
    "truly",
)
TURNED = {"good": "bad", "bad": "good", "plain": "plain"}

Part = tuple[str, str]
"""A phrase: its label and its brackets."""


def pick(source: random.Random, items: Sequence[str]) -> str:
    return items[int(source.random() * len(items))]


def leaf(label: str, word: str) -> Part:
    return label, f"({label} {word})"


def join(label: str, left: Part, right: Part) -> Part:
    return label, f"({label} {left[1]} {right[1]})"


def quality(source: random.Random) -> Part:
    """An adjective, perhaps with something before it that strengthens it or turns it round."""
    kind = "good" if source.random() < 0.5 else "bad"
    found = leaf(kind, pick(source, GOOD if kind == "good" else BAD))
    if source.random() < 0.35:
        found = join(found[0], leaf("plain", pick(source, MORE)), found)
    chance = source.random()
    if chance < 0.3:
        return join(TURNED[found[0]], leaf("plain", "not"), found)
    if chance < 0.4:
        return join("bad" if found[0] == "good" else "plain", leaf("plain", "hardly"), found)
    return found


def subject(source: random.Random) -> Part:
    """The room, or the room of the inn."""
    thing = join("plain", leaf("plain", "the"), leaf("plain", pick(source, THINGS)))
    if source.random() < 0.6:
        return thing
    place = join("plain", leaf("plain", "the"), leaf("plain", pick(source, PLACES)))
    return join("plain", thing, join("plain", leaf("plain", "of"), place))


def clause(source: random.Random) -> Part:
    said = quality(source)
    predicate = join(said[0], leaf("plain", pick(source, VERBS)), said)
    return join(said[0], subject(source), predicate)


def sentence(source: random.Random) -> Part:
    """One clause, or two of which the second wins."""
    first, chance = clause(source), source.random()
    if chance < 0.45:
        return first
    second = clause(source)
    if chance < 0.75:
        return join(second[0], first, join(second[0], leaf("plain", "but"), second))
    return join(second[0], join(first[0], leaf("plain", "although"), first), second)


def generate(seed: int = 0) -> str:
    """All trees, one a line."""
    source = random.Random(seed)
    return "\n".join(sentence(source)[1] for _ in range(TREES)) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
