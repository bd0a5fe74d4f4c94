"""Generate ``reviews.tsv``: sentences about films and things that do not exist, with a label.

What a sentence means depends on the order of its words: "not bad", "good but far too long",
"although it is clumsy, I love it". Words of praise and of blame occur about equally often under
both labels, so that counting them is not enough. No sentence occurs twice.
Run the module to write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

TARGET = Path(__file__).with_suffix(".tsv")
SENTENCES = 3000
T = TypeVar("T")


def words(text: str, mark: str | None = None) -> list[str]:
    return text.split(mark)


GOOD = words("""brilliant charming clever delightful gripping lovely splendid superb touching witty
wonderful elegant sturdy quick quiet handy reliable tidy generous bright smooth funny honest warm
""")
BAD = words("""awful boring clumsy dreadful dull feeble flimsy gloomy grim lifeless noisy painful
shabby
silly slow sloppy stale tedious ugly useless vague wobbly tiresome bland
""")
FILMS = words("""film story ending plot script cast music picture comedy drama sequel thriller scene
dialogue hero villain opening camera-work""")
THINGS = words("""kettle lamp chair radio suitcase bicycle toaster umbrella clock backpack torch
notebook blender heater keyboard scooter tent mattress""")
VERY = words("very really quite rather truly so terribly")
START = words("bel cor dan fen gar hol jun kel lor mar nor pel quin ros sel tam vel wen yar zim")
END = words("by den ford ham low mere nick ow ra sby ton vale wick worth")
PEOPLE = words(
    "I,we,my sister,my brother,our neighbours,the children,everyone here,most of us", ","
)
AFTER = words("in the end,after all,by far,this year,on the whole,all things considered", ",")


class Writer:
    """Draws sentences; every choice comes from `random()`, so that it is the same everywhere."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def chance(self, share: float) -> bool:
        return self._source.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self._source.random() * len(choices))]

    def name(self) -> str:
        return (self.pick(START) + self.pick(END)).capitalize()

    def subject(self) -> str:
        noun = self.pick(FILMS if self.chance(0.5) else THINGS)
        return self.pick(("the {0}", "this {0}", "the {1} {0}", "the new {0}", "their {0}")).format(
            noun, self.name()
        )

    def word(self, good: bool) -> str:
        return self.pick(GOOD if good else BAD)

    def quality(self, good: bool) -> str:
        """Words that say good or bad; about half of them by denying the opposite."""
        word, other, very = self.word(good), self.word(not good), self.pick(VERY)
        plain = (f"{word}", f"{very} {word}", f"both {word} and {self.word(good)}")
        denied = (
            f"not {other}", f"not {very} {other}", f"never {other}", f"not {other} at all",
            f"anything but {other}", f"far from {other}",
            f"neither {other} nor {self.word(not good)}",
        )  # fmt: skip
        return self.pick(denied if self.chance(0.5) else plain)

    def clause(self, good: bool) -> str:
        """A whole opinion."""
        kind, subject, quality = self._source.random(), self.subject(), self.quality(good)
        if kind < 0.45:
            return f"{subject} is {quality}"
        if kind < 0.6:
            return f"{self.pick(PEOPLE)} found {subject} {quality}"
        if kind < 0.75:
            return f"{subject} turned out to be {quality}"
        likes = (
            ("loved", "would buy", "can recommend", "enjoyed") if good
            else ("regret", "gave back", "slept through", "would avoid")
        )  # fmt: skip
        denied = (
            ("never regretted", "would never give back", "had no trouble with") if good
            else ("never enjoyed", "would never buy", "cannot recommend")
        )  # fmt: skip
        return f"{self.pick(PEOPLE)} {self.pick(denied if self.chance(0.5) else likes)} {subject}"

    def sentence(self, good: bool) -> str:
        """An opinion, often after or before one that it outweighs."""
        kind, mine = self._source.random(), self.clause(good)
        if kind < 0.4:
            text = mine + (f" {self.pick(AFTER)}" if self.chance(0.3) else "")
        elif kind < 0.65:
            text = f"{self.clause(not good)}, but {mine}"
        elif kind < 0.8:
            text = f"although {self.clause(not good)}, {mine}"
        elif kind < 0.9:
            text = f"{mine}, even though {self.clause(not good)}"
        else:
            text = f"{mine}, and {self.clause(good)}"
        return text[0].upper() + text[1:] + self.pick(".!..")


def generate(seed: int = 0) -> str:
    """The table: label, tab, sentence."""
    writer, seen, lines = Writer(seed), set[str](), ["label\tsentence"]
    while len(seen) < SENTENCES:
        good = len(seen) % 5 < 3
        sentence = writer.sentence(good)
        if sentence not in seen:
            seen.add(sentence)
            lines.append(f"{'positive' if good else 'negative'}\t{sentence}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
