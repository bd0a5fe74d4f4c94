"""Generate ``one-fact.txt`` and ``two-facts.txt``: people walk about an invented house, take things
along and put them down; questions ask where somebody or something is. The numbers behind an answer
name the lines that it follows from. Run the module to write both files beside it, or with
``--check`` to compare.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
PEOPLE = ("Ada", "Bruno", "Cleo", "Dario")
PLACES = ("attic", "cellar", "kitchen", "library", "stable", "orchard")
THINGS = ("lamp", "map", "violin")
WALKS = ("went to", "walked to", "hurried to", "moved to")
STORIES = {"one-fact": 420, "two-facts": 420}


def pick(source: random.Random, items: Sequence[str]) -> str:
    return items[int(source.random() * len(items))]


class Story:
    """Who is where, who holds what, and in which line that was told."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.lines: list[str] = []
        self.where: dict[str, tuple[str, int]] = {}
        self.held: dict[str, tuple[str, int]] = {}

    def tell(self, sentence: str) -> int:
        self.lines.append(f"{len(self.lines) + 1} {sentence}")
        return len(self.lines)

    def walk(self) -> None:
        person, place = pick(self.source, PEOPLE), pick(self.source, PLACES)
        line = self.tell(f"{person} {pick(self.source, WALKS)} the {place}.")
        self.where[person] = place, line

    def take(self) -> None:
        free = [thing for thing in THINGS if thing not in self.held]
        there = [person for person in PEOPLE if person in self.where]
        if free and there:
            thing, person = pick(self.source, free), pick(self.source, there)
            self.held[thing] = person, self.tell(f"{person} took the {thing}.")

    def ask_person(self) -> None:
        person = pick(self.source, [p for p in PEOPLE if p in self.where])
        place, line = self.where[person]
        self.tell(f"Where is {person}?\t{place}\t{line}")

    def ask_thing(self) -> None:
        things = [thing for thing in THINGS if thing in self.held]
        if things:
            thing = pick(self.source, things)
            person, taken = self.held[thing]
            place, line = self.where[person]
            self.tell(f"Where is the {thing}?\t{place}\t{taken} {line}")


def one_fact(source: random.Random) -> list[str]:
    story = Story(source)
    for _ in range(4):
        story.walk()
        story.walk()
        story.ask_person()
    return story.lines


def two_facts(source: random.Random) -> list[str]:
    story = Story(source)
    for _ in range(4):
        story.walk()
        story.take()
        if source.random() < 0.5:
            story.walk()
        story.ask_thing()
    return story.lines


def generate(name: str, seed: int = 0) -> str:
    """All stories of one kind."""
    source = random.Random(seed)
    make = one_fact if name == "one-fact" else two_facts
    return "".join("\n".join(make(source)) + "\n" for _ in range(STORIES[name]))


def main(arguments: Sequence[str]) -> int:
    texts = {HERE / f"{name}.txt": generate(name) for name in STORIES}
    if "--check" in arguments:
        same = all(p.exists() and p.read_bytes() == t.encode("utf-8") for p, t in texts.items())
        return int(not same)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
