"""The one array type that leaves the engine: named, with named axes, its own read-only copy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AXES = (
    "time",
    "source_time",
    "unit",
    "layer",
    "direction",
    "item",
    "vocab",
    "slot",
    "row",
    "column",
    "step",
)


@dataclass(frozen=True, slots=True, eq=False)
class NamedArray:
    """Values with a name and named axes.

    name    address, e.g. `recurrent/0/f` (part / layer / quantity), `attention`, `loss`
    dims    one axis name of `AXES` per dimension of `values`
    values  float32 (integers stay integers), C-contiguous, read-only, owned by this object
    """

    name: str
    dims: tuple[str, ...]
    values: NDArray[np.generic]

    def __post_init__(self) -> None:
        kind = np.asarray(self.values).dtype.kind
        values = np.array(self.values, dtype=np.float32 if kind == "f" else None, order="C")
        self._keep(values)

    @classmethod
    def adopting(cls, name: str, dims: tuple[str, ...], values: NDArray[np.generic]) -> NamedArray:
        """Without a copy where there is none to be made: the caller hands over the only reference
        to memory of its own.
        """
        too_fine = values.dtype.kind == "f" and values.dtype != np.float32
        if too_fine or not values.flags.c_contiguous:
            return cls(name, dims, values)
        made = object.__new__(cls)
        object.__setattr__(made, "name", name)
        object.__setattr__(made, "dims", dims)
        made._keep(values)
        return made

    def _keep(self, values: NDArray[np.generic]) -> None:
        if values.ndim != len(self.dims):
            raise ValueError(f"{self.name}: {values.ndim} dimensions, but axes {self.dims}")
        unknown = [dim for dim in self.dims if dim not in AXES]
        if unknown:
            raise ValueError(f"{self.name}: unknown axis {unknown[0]!r}")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling through the constructor keeps the read-only guarantee on the other side.
        return NamedArray, (self.name, self.dims, np.asarray(self.values))

    def size(self, dim: str) -> int:
        """Length of the axis called `dim`."""
        return int(self.values.shape[self.dims.index(dim)])


def address(part: str, layer: int, quantity: str) -> str:
    """The name of a recorded quantity: `address("encoder", 0, "f") == "encoder/0/f"`."""
    return f"{part}/{layer}/{quantity}"
