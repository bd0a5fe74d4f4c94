"""An analysis: one quantity computed from a snapshot's arrays. NumPy in, NumPy out; one leaf of
`analysis/` each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.structure import Structure


class Analysis(ABC):
    """Base of all analyses.

    name   module's name; its results are addressed `NAME/…`
    needs  groups of `contracts.snapshot.NEEDS` it reads; it is skipped where one is missing
    """

    name: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[frozenset[str]]

    @abstractmethod
    def compute(
        self, arrays: Mapping[str, NamedArray], structure: Structure
    ) -> tuple[NamedArray, ...]:
        """The results; an empty tuple where the arrays do not hold what it needs."""
