"""Answers that depend on the unrolled graph alone, kept from look to look: it stays the same object
for as long as the probe keeps its form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar, TypeVarTuple

from rnnviz.contracts.graph import Graph

T = TypeVar("T")
Rest = TypeVarTuple("Rest")

# A score, a graph and an inspector of two axes ask for less; sequences of other lengths push out.
MOST = 32


class _Itself:
    """A graph told from others by being another object: to compare all nodes would cost more than
    what is kept.
    """

    __slots__ = ("graph",)

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __hash__(self) -> int:
        return id(self.graph)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.graph is self.graph


def kept(function: Callable[[Graph, *Rest], T]) -> Callable[[Graph, *Rest], T]:
    """Called again for the same graph it gives the same object, which nobody may change."""

    @lru_cache(maxsize=MOST)
    def found(itself: _Itself, rest: tuple[*Rest]) -> T:
        return function(itself.graph, *rest)

    def answer(graph: Graph, *rest: *Rest) -> T:
        return found(_Itself(graph), rest)

    answer.__doc__ = function.__doc__
    return answer
