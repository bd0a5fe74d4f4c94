"""What the held-out part says of a network: figures, tables and examples, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from rnnviz.contracts.arrays import NamedArray


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, with what a simple method reaches on the same data.

    better    which way is up
    baseline  NaN where there is none; `baseline_name` says what it is
    """

    name: str
    value: float
    unit: str = ""
    better: str = "higher"
    baseline: float = float("nan")
    baseline_name: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One held-out example: what was given, what was true, what the network said."""

    given: str
    true: str
    said: str
    right: bool


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Made after `step` updates.

    figures   the first is the one that curves show
    arrays    tables by name, e.g. `confusion` (row, column): how often a true class (row) was taken
              for another (column)
    labels    names of rows and columns
    """

    figures: tuple[Figure, ...]
    arrays: Mapping[str, NamedArray] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    step: int = 0

    @property
    def metric(self) -> float:
        """The first figure, NaN without any."""
        return self.figures[0].value if self.figures else float("nan")

    def to_data(self) -> dict[str, Any]:
        """As JSON types that `from_data` reads back."""
        tables = {name: _plain(array) for name, array in self.arrays.items()}
        return {
            "step": self.step,
            "figures": [asdict(figure) for figure in self.figures],
            "labels": self.labels,
            "examples": [asdict(example) for example in self.examples],
            "arrays": tables,
        }

    @staticmethod
    def from_data(data: dict[str, Any]) -> Evaluation:
        """Read what `to_data` wrote. ValueError, LookupError, TypeError or AttributeError when it
        is none.
        """
        return Evaluation(
            _FIGURES.validate_python(data["figures"]),
            {name: _table(name, table) for name, table in data["arrays"].items()},
            tuple(str(label) for label in data["labels"]),
            _EXAMPLES.validate_python(data["examples"]),
            int(data["step"]),
        )


_FIGURES: TypeAdapter[tuple[Figure, ...]] = TypeAdapter(tuple[Figure, ...])
_EXAMPLES: TypeAdapter[tuple[Example, ...]] = TypeAdapter(tuple[Example, ...])


def _plain(array: NamedArray) -> dict[str, Any]:
    return {"dims": array.dims, "values": np.asarray(array.values).tolist()}


def _table(name: str, table: dict[str, Any]) -> NamedArray:
    values: NDArray[np.float32] = np.array(table["values"], np.float32)
    return NamedArray(name, tuple(table["dims"]), values)
