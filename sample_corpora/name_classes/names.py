"""Generate names in nine invented languages, one text file each, for this project.

A language is a grammar of syllables: what a syllable may begin with, its vowels, what it may end
with, how many there are, and the endings that its names like.  Letters that stand repeated in a
list are the more frequent ones.  Some rules look far back, so that a network has to remember, and
neighbouring letters do not tell: in Ulmic all vowels of a name are of one kind, while Vantic, made
of the same sounds, always mixes them; in Sarvan the end repeats the beginning.  Some names are at
home in a neighbouring language too, as with real names; the sizes are very unequal on purpose.

Run the module to write the files beside it, or with ``--check`` to compare them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
BORROWED = 0.04  # share of the names that come from the language before


@dataclass(frozen=True)
class Language:
    """``onsets``, ``vowels``, ``codas`` and ``endings`` are words; ``_`` stands for nothing."""

    name: str
    size: int
    onsets: str
    vowels: str
    codas: str
    endings: str
    syllables: tuple[int, int] = (1, 2)
    rule: str = ""


LANGUAGES = (
    Language(
        "Velish", 2400,
        "b d g k k l m n p r s t v v z br dr gr kr pr sl st tr vl sh ch",
        "a a e i o o u ya",
        "_ _ _ n r l v k m s rt nd",
        "ov ov ev in in enko sky ik ichev uk an",
    ),
    Language(
        "Norrish", 1300,
        "b d f g h h k l m n r s t th w w br bl fr gr st sw wh sk",
        "a e e i o oo ea ai ow",
        "_ n n r l d ck ll rd lm st ng",
        "ton ton son ley ford ham wick er well by",
    ),
    Language(
        "Ovelian", 700,
        "b c d f g l l m n p r s t v z ch gi br tr",
        "a a e e i i o o u ie",
        "_ _ _ n r l s",
        "ini ini etti elli ano ari ello one osa ucci",
    ),
    Language(
        "Kemari", 420,
        "k k s s t t n h m m y r w g z d b sh ch ts",
        "a a i i u o o e",
        "_ _ _ _ _ n",
        "_ _ _ moto ta da yama ki no mi",
        (2, 3),
    ),
    Language(
        "Ulmic", 520,
        "h j k l m n p r s t v kk ll tt",
        "a a o u|e ä ö y",
        "_ _ n s l r k",
        "_ _ nen la lä ri",
        (2, 3), "harmony",
    ),
    Language(
        "Vantic", 380,
        "h j k l m n p r s t v kk ll tt",
        "a a o u|e ä ö y",
        "_ _ n s l r k",
        "_ _ nen la lä ri",
        (2, 3), "mixture",
    ),
    Language(
        "Tashir", 160,
        "b d f gh h j kh k l m n q r s sh t y z",
        "a a i u aa",
        "_ b d f l m n r s t h",
        "_ _ i an oun ari eddin",
    ),
    Language(
        "Pelloi", 100,
        "d g k l m n p r s t th ph ps x",
        "a e i o ou ei",
        "_ _ s n r l x",
        "os os is akis idis opoulos as",
    ),
    Language(
        "Sarvan", 70,
        "l m n t s v r h w p",
        "a e i o u",
        "_",
        "_",
        (2, 3), "echo",
    ),
)  # fmt: skip


class Speaker:
    """Makes up names; choices are drawn from ``random.Random(seed).random()`` alone."""

    def __init__(self, language: Language, seed: int) -> None:
        self.language, self._random = language, random.Random(seed).random

    def name(self) -> str:
        """One name with a capital letter."""
        language = self.language
        few, most = language.syllables
        count = few + int(self._random() * (most - few + 1))
        kinds = language.vowels.split("|")
        first = int(self._random() * len(kinds))
        step = 1 if language.rule == "mixture" else 0
        turns = [kinds[(first + k * step) % len(kinds)].split() for k in range(count)]
        syllables = [self._syllable(vowels) for vowels in turns]
        if language.rule == "echo":
            syllables.append(syllables[0])
        endings = language.endings.split()
        if language.rule == "harmony":
            back = first == 0
            endings = [e for e in endings if not set(e) & set("äöy" if back else "aou")]
        return self._joined(syllables, self._pick(endings)).capitalize()

    def share(self) -> float:
        """A number in [0, 1)."""
        return self._random()

    def _syllable(self, vowels: Sequence[str]) -> str:
        parts = self._pick(self.language.onsets.split()), self._pick(vowels)
        return "".join(parts) + self._pick(self.language.codas.split()).replace("_", "")

    def _joined(self, syllables: list[str], ending: str) -> str:
        """A vowel before an ending that begins with one is dropped."""
        stem, ending = "".join(syllables), ending.replace("_", "")
        if ending and ending[0] in "aeiouäöy":
            stem = stem.rstrip("aeiouäöy")
        return stem + ending

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._random() * len(options))]


def generate(seed: int = 0) -> dict[str, str]:
    """The text of each file by its name; within a file no name comes twice."""
    files: dict[str, str] = {}
    before: list[str] = []
    for number, language in enumerate(LANGUAGES):
        speaker = Speaker(language, seed * len(LANGUAGES) + number)
        found: dict[str, None] = {}
        while len(found) < language.size:
            borrows = bool(before) and speaker.share() < BORROWED
            name = before[int(speaker.share() * len(before))] if borrows else speaker.name()
            if 3 <= len(name) <= 14:
                found[name] = None
        before = list(found)
        files[f"{language.name}.txt"] = "".join(f"{name}\n" for name in sorted(found))
    return files


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with ``--check`` tell whether they are as generated."""
    arguments = sys.argv[1:] if arguments is None else arguments
    differ = 0
    for name, text in generate().items():
        path = FOLDER / name
        if "--check" not in arguments:
            path.write_bytes(text.encode())
        elif not path.is_file() or path.read_bytes() != text.encode():
            print(f"{path} differs", file=sys.stderr)
            differ = 1
    return differ


if __name__ == "__main__":
    sys.exit(main())
