"""Generate ``markup.txt``: pages of notes in an invented mark-up, well-formed throughout.

The corpus is made so that single units of a recurrent network find something to keep track of:
whether a quotation is open, which brackets are open and how deeply, whether the text is inside
an address, how far the present block is indented, and how far the line has come on its way to
column 68, where paragraphs are broken.

* ``begin kind "Title"`` ... ``end kind`` enclose a block, whose contents stand two spaces
  further in; blocks are nested up to four deep.
* ``[[links]]``, ``{{key=value}}``, ``"quotations"``, ``(asides (nested))`` and
  ``<ref>http://...</ref>`` stand in paragraphs, ``- `` opens an item of a list.
* Lines with ``=`` hold formulas whose round, square and curly brackets go up to five deep.

``check(text)`` verifies brackets, quotations, tags, indentation and line width.
Run the module to write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

TARGET = Path(__file__).with_suffix(".txt")
SIZE = 250_000  # bytes, at least
WIDTH = 68
LONGEST_ADDRESS = 46
DEEPEST_BRACKETS = 5
DEEPEST_BLOCKS = 4
PAIRS = {")": "(", "]": "[", "}": "{"}

T = TypeVar("T")


def words(text: str, mark: str | None = None) -> list[str]:
    return text.split(mark)


NOUNS = words("""
acorn anchor apron archive attic badger bakery barge barn barrel basket beacon bell bench blanket
boat bottle bridge brook broom bucket button cabin candle canoe carpet cart castle cellar chapel
chart chest chimney clock cloud coast comet compass copper corner cottage cradle crane cupboard
curtain desk diary ditch donkey drawer drum engine falcon farm feather fence ferry fiddle field
flag flute forest fountain garden garret gate glacier glove goose granary hammer harbour hedge
heron hill hinge island jacket jar journal kettle kitchen kite ladder lamp lantern ledger lemon
letter lever lighthouse loom magnet mantle map marble market marsh meadow mill mirror mitten moor
needle oar orchard otter oven paddle parcel path pebble pencil pepper pigeon pillow pipe plank
plough pocket pond poplar puddle quarry quilt raft railway ribbon ridge river robin roof rope
saddle sail scale scarf shed shelf ship shovel signal sledge spoon stable staircase statue stone
stove stream table tailor tent thimble tower tram tunnel valley violin waggon wall watch well
wheel whistle willow window winter workshop yard
""")
ADJECTIVES = words("""
amber ancient blue bold borrowed brass bright brittle broad broken calm careful cheerful clean
clever cold crooked damp dark deep distant dry dusty early empty faded faint famous fresh gentle
golden green grey heavy hidden hollow honest humble idle large late lively local lonely long loud
low narrow neat new northern old open pale patient plain polished proud quick quiet rare red ripe
round rusty shallow sharp silent silver simple slow small smooth soft southern square steep sunny
tall thin tidy tiny warm weathered western white wide wild windy wooden yellow young
""")
PEOPLE = words("""
baker boatman bishop blacksmith carpenter clerk cobbler cook driver farmer fisherman gardener
girl guard hunter innkeeper judge keeper librarian mason mayor merchant miller neighbour painter
pilot postman potter printer sailor shepherd stranger student teacher weaver widow
""")
VERBS = words("""
borrowed bought brought built carried chose cleaned copied counted covered crossed
described discovered drew dropped exchanged filled finished followed forgot found guarded hid
inspected kept lifted lost measured mended moved noticed opened ordered packed painted passed
planned praised pulled pushed remembered repaired sketched sold studied sought touched traded
visited wanted watched weighed wrapped
""")
MEETINGS = words("""
admired answered asked followed found greeted helped invited met praised remembered saw visited
warned watched
""")
PLACES = words("above behind beneath beside beyond inside near opposite outside under")
TIMES = words(
    "again|at last|before noon|by chance|carefully|every evening|for a while|in the rain|"
    "in spring|later on that day|once more|quietly|slowly|soon|the next morning|twice|"
    "without a word",
    "|",
)
KINDS = words("chapter section list table note letter record survey")
MEASURES = words("age count depth height length number page price weight width year")
KEYS = [*MEASURES, "author", "colour", "owner", "shape", "source", "state"]
HOSTS = words("http://example.org http://www.example.org https://notes.example.org")
HOSTS += words("http://example.com https://maps.example.com http://archive.example.net")
NAMES = words("a b c d h k m n p q r s t u v w x y z")


class Writer:
    """Writes pages with choices drawn from ``random.Random(seed).random()`` alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random
        self.lines: list[str] = []

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    # Words and sentences; ``room`` is how many brackets may still be opened inside one another
    def thing(self) -> str:
        adjective = f"{self.pick(ADJECTIVES)} " if self.chance(0.4) else ""
        return adjective + self.pick(NOUNS)

    def phrase(self, room: int) -> str:
        if room >= 2 and self.chance(0.14):
            return f"the [[{self.thing()}]]"
        if room >= 1 and self.chance(0.04):
            return f"the {self.thing()} [{self.between(1, 60)}]"
        word = self.thing()
        if self.chance(0.2):
            return ("an " if word[0] in "aeiou" else "a ") + word
        return f"the {word}"

    def clause(self, room: int, quoting: bool) -> str:
        """A sentence without its full stop."""
        parts = [f"the {self.pick(PEOPLE)}"]
        if self.chance(0.2):
            parts += [self.pick(MEETINGS), f"the {self.pick(PEOPLE)}"]
        else:
            parts += [self.pick(VERBS), self.phrase(room)]
        if room >= 1 and self.chance(0.16):
            parts.append(f"({self.clause(room - 1, quoting)})")
        if self.chance(0.45):
            parts += [self.pick(PLACES), self.phrase(room)]
        if quoting and self.chance(0.16):
            parts += [self.pick(("and said", "and wrote", "and cried")), self.quotation(room)]
        elif self.chance(0.35):
            parts.append(self.pick(TIMES))
        if room >= 2 and self.chance(0.05):
            parts.append(self.entry(self.pick(KEYS)))
        return " ".join(parts)

    def quotation(self, room: int) -> str:
        inner = "; ".join(self.clause(room, False) for _ in range(self.between(1, 2)))
        return f'"{inner}"'

    def entry(self, key: str) -> str:
        if key in MEASURES:
            return f"{{{{{key}={self.between(2, 1990)}}}}}"
        words = {"author": PEOPLE, "owner": PEOPLE, "source": NOUNS}.get(key, ADJECTIVES)
        return f"{{{{{key}={self.pick(words)}}}}}"

    def address(self) -> str:
        path = "/".join(self.pick(NOUNS) for _ in range(self.between(1, 2)))
        page = f"?{self.pick(MEASURES)}={self.between(1, 999)}" if self.chance(0.3) else ""
        address = f"{self.pick(HOSTS)}/{path}{page or self.pick(('', '.html', '/'))}"
        return address if len(address) <= LONGEST_ADDRESS else self.address()

    def sentence(self) -> str:
        text = self.clause(DEEPEST_BRACKETS, True)
        if self.chance(0.15):
            text += f", and {self.clause(DEEPEST_BRACKETS, True)}"
        elif self.chance(0.1):
            return f"{self.quotation(DEEPEST_BRACKETS).replace('the', 'The', 1)}, {text}."
        text = text[0].upper() + text[1:] + "."
        return f"{text} <ref>{self.address()}</ref>" if self.chance(0.13) else text

    def formula(self, room: int) -> str:
        """Nested brackets with names, numbers and signs, at most ``room`` deep."""
        terms = []
        for _ in range(self.between(2, 3)):
            if room and self.chance(0.5):
                right = self.pick(")]}")
                terms.append(f"{PAIRS[right]}{self.formula(room - 1)}{right}")
            else:
                terms.append(self.pick(NAMES) if self.chance(0.7) else str(self.between(2, 99)))
        return self.pick((" + ", " - ", " * ", ", ")).join(terms)

    # Lines and blocks
    def put(self, depth: int, text: str, hanging: str = "") -> None:
        """Write text, broken at the last space before the width; further lines hang in."""
        indent = "  " * depth
        line = ""
        for word in text.split(" "):
            if line and len(indent) + len(line) + 1 + len(word) > WIDTH:
                self.lines.append(indent + line)
                line = hanging + word
            else:
                line = f"{line} {word}" if line else word
        self.lines.append(indent + line)

    def contents(self, depth: int) -> None:
        kind = self._random()
        if kind < 0.5:
            self.put(depth, " ".join(self.sentence() for _ in range(self.between(2, 6))))
        elif kind < 0.66:
            for _ in range(self.between(2, 5)):
                self.put(depth, f"- {self.sentence()}", "  ")
        elif kind < 0.8:
            for _ in range(self.between(1, 3)):
                self.formula_line(depth)
        elif kind < 0.9 or depth == DEEPEST_BLOCKS:
            for key in sorted({self.pick(KEYS) for _ in range(self.between(2, 4))}):
                self.put(depth, self.entry(key))
        else:
            self.block(depth)
            return
        self.lines.append("")

    def formula_line(self, depth: int) -> None:
        text = f"{self.pick(NAMES)} = {self.formula(DEEPEST_BRACKETS)}"
        while len(text) > WIDTH - 2 * depth:
            text = f"{self.pick(NAMES)} = {self.formula(DEEPEST_BRACKETS)}"
        self.put(depth, text)

    def block(self, depth: int) -> None:
        kind = self.pick(KINDS)
        title = f"{self.pick(ADJECTIVES)} {self.pick(NOUNS)}"
        self.lines.append(f'{"  " * depth}begin {kind} "The {title}"')
        for _ in range(self.between(2, 4)):
            self.contents(depth + 1)
        if depth + 1 < DEEPEST_BLOCKS and self.chance(0.6):
            self.block(depth + 1)
        while not self.lines[-1]:
            self.lines.pop()
        self.lines += [f"{'  ' * depth}end {kind}", ""]


def check(text: str) -> list[str]:
    """What is wrong with the text; an empty list if it is well-formed."""
    faults: list[str] = []
    blocks: list[str] = []
    stack: list[str] = []
    in_item = False
    opening = {left: right for right, left in PAIRS.items()}
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if len(line) > WIDTH or line != line.rstrip():
            faults.append(f"{number}: too wide, or spaces at its end")
        if words[:1] == ["end"] and (not blocks or blocks.pop() != words[1]):
            faults.append(f"{number}: ends a block which is not open")
        indent = len(line) - len(line.lstrip())
        in_item = words[:1] == ["-"] or (in_item and bool(words) and words[0] != "end")
        hanging = 2 if in_item and words[0] != "-" else 0
        if words and indent != 2 * len(blocks) + hanging:
            faults.append(f"{number}: wrong indentation")
        if words[:1] == ["begin"]:
            blocks.append(words[1])
        for token in re.findall(r'</?ref>|[][(){}"]', line):
            closes = stack[-1:] == [PAIRS.get(token, token.replace("/", ""))]
            if token in PAIRS or token == "</ref>" or (token == '"' and '"' in stack):
                if not closes:
                    faults.append(f"{number}: {token} closes nothing")
                else:
                    stack.pop()
            else:
                stack.append(token)
            if sum(mark in opening for mark in stack) > DEEPEST_BRACKETS:
                faults.append(f"{number}: brackets too deep")
        if not words and stack:
            faults.append(f"{number}: {stack} still open at the end of a paragraph")
            stack.clear()
    return faults + [f"block {kind} is not ended" for kind in blocks]


def generate(seed: int = 0) -> str:
    """Blocks of notes until there are ``SIZE`` bytes of them."""
    writer = Writer(seed)
    size = 0
    while size < SIZE:
        start = len(writer.lines)
        writer.block(0)
        size += sum(len(line) + 1 for line in writer.lines[start:])
    text = "\n".join(writer.lines[:-1]) + "\n"
    faults = check(text)
    if faults:
        raise AssertionError("; ".join(faults[:5]))
    return text


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
