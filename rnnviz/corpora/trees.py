"""Reads bracketed trees such as `(positive (neutral a) (positive fine day))`, one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.reader import Line, Texts

MOST_TREES = 200_000
MOST_LEAVES = 100
_PIECE = re.compile(r"\(|\)|[^\s()]+")


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree in post-order: every node comes after its children, the root last.

    words     of the leaves, "" at inner nodes
    children  positions (left, right), (-1, -1) at leaves
    labels    "" where a node has none
    """

    words: tuple[str, ...]
    children: tuple[tuple[int, int], ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)

    @property
    def sentence(self) -> tuple[str, ...]:
        """The leaves from left to right."""
        return tuple(word for word in self.words if word)

    def phrases(self) -> tuple[str, ...]:
        """What stands under each node."""
        found: list[str] = []
        for word, (left, right) in zip(self.words, self.children, strict=True):
            found.append(word or f"{found[left]} {found[right]}")
        return tuple(found)

    def brackets(self) -> str:
        """As it is written."""
        found: list[str] = []
        for word, label, (left, right) in zip(self.words, self.labels, self.children, strict=True):
            inside = word or f"{found[left]} {found[right]}"
            found.append(f"({label} {inside})" if label or not word else word)
        return found[-1]


def read_trees(texts: Texts, progress: Progress = silent) -> Iterator[Tree]:
    """Every tree; UserError names file and line where brackets do not fit. Trees with more than
    `MOST_LEAVES` words are left out.
    """
    open_brackets, pieces, first = 0, list[str](), Line(texts.path, 1, "")
    count = 0
    for line in texts.lines(progress):
        for piece in _PIECE.findall(line.text):
            first = first if pieces else line
            pieces.append(piece)
            open_brackets += {"(": 1, ")": -1}.get(piece, 0)
            if open_brackets < 0 or (open_brackets == 0 and piece not in "()"):
                raise UserError(
                    f"{line.path}, line {line.number:,}: {piece!r} stands outside of all brackets; "
                    "write one tree a line, like (good (not) (bad))."
                )
            if open_brackets == 0:
                tree = parsed(pieces, first)
                pieces = []
                count += 1
                if len(tree.sentence) <= MOST_LEAVES and count <= MOST_TREES:
                    yield tree
    if pieces:
        raise UserError(
            f"{first.path}, line {first.number:,}: a tree begins here and never ends; "
            "close its brackets."
        )


def parsed(pieces: Sequence[str], line: Line) -> Tree:
    """One tree from its brackets, labels and words; UserError where it has no word."""
    stack: list[list[_Part]] = [[]]
    for piece in pieces:
        if piece == "(":
            stack.append([])
        elif piece == ")":
            inside = stack.pop()
            stack[-1].append(_joined(inside, line))
        else:
            stack[-1].append(_Part(word=piece))
    return _flat(stack[0][0])


@dataclass(frozen=True, slots=True)
class _Part:
    """A word, or a node with two parts."""

    label: str = ""
    word: str = ""
    sides: tuple[_Part, ...] = ()


def _joined(inside: list[_Part], line: Line) -> _Part:
    """What a pair of brackets holds: a label and parts; one word alone is a leaf without a label.
    More than two parts are joined from the left, a single one only gets the label.
    """
    label, parts = "", inside
    if len(inside) > 1 and inside[0].word and not inside[0].label:
        label, parts = inside[0].word, inside[1:]
    if not parts:
        raise UserError(f"{line.path}, line {line.number:,}: brackets without a word in them.")
    while len(parts) > 2:
        parts = [_Part(sides=(parts[0], parts[1])), *parts[2:]]
    if len(parts) == 1:
        return _Part(label or parts[0].label, parts[0].word, parts[0].sides)
    return _Part(label, sides=tuple(parts))


def _flat(root: _Part) -> Tree:
    """In post-order, without recursion: trees may be as deep as they are long."""
    words, children, labels = list[str](), list[tuple[int, int]](), list[str]()
    waiting: list[tuple[_Part, bool]] = [(root, False)]
    done: list[int] = []
    while waiting:
        part, ready = waiting.pop()
        if part.sides and not ready:
            waiting += [(part, True), (part.sides[1], False), (part.sides[0], False)]
            continue
        right, left = (done.pop(), done.pop()) if part.sides else (-1, -1)
        done.append(len(words))
        words.append(part.word)
        children.append((left, right))
        labels.append(part.label)
    return Tree(tuple(words), tuple(children), tuple(labels))


def chain(words: Sequence[str]) -> Tree:
    """Words without a tree, joined from the left: what a recurrent network does."""
    part = _Part(word=words[0])
    for word in words[1:]:
        part = _Part(sides=(part, _Part(word=word)))
    return _flat(part)
