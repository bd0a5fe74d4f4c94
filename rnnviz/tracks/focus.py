"""What a scene points at, with an answer where nothing is chosen, and safe look-ups by address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Scene

Values = NDArray[np.float64]

# Numbers; copies of larger arrays are not kept.
_SMALL = 2**14


@dataclass(frozen=True, slots=True)
class Focus:
    """The selection with every blank filled in. `time` counts on the axis of `part`."""

    part: Part
    layer: int
    unit: int
    time: int
    length: int

    def address(self, quantity: str) -> str:
        """Where the snapshot keeps `quantity` of the layer in focus."""
        return address(self.part.name, self.layer, quantity)

    @property
    def selects(self) -> dict[str, int | str]:
        """What a click on a panel of this layer selects besides time and unit."""
        return {"part": self.part.name, "layer": self.layer}


def focus(scene: Scene) -> Focus | None:
    """The part, layer, unit and time to show; None when the snapshot holds no states at all.

    Unchosen: the first part, its last layer, the unit that varies most, the middle of the sequence.
    """
    if scene.snapshot is None:
        return None
    part = _part(scene.snapshot, scene.selection.part)
    if part is None:
        return None
    layer = _layer(scene.snapshot, part, scene.selection.layer)
    states = table(scene.snapshot, address(part.name, layer, "h"))
    if states is None:
        return None
    length, units = states.shape
    unit = _within(scene.selection.unit, units, most_varying(states))
    time = _within(chosen_time(scene, part.axis), length, length // 2)
    return Focus(part, layer, unit, time, length)


def looking(scene: Scene) -> tuple[Snapshot, Focus]:
    """Snapshot and focus of a scene that has both; else ValueError: `missing` comes first."""
    at = focus(scene)
    if scene.snapshot is None or at is None:
        raise ValueError("the scene holds no states to draw")
    return scene.snapshot, at


def chosen_time(scene: Scene, axis: str) -> int | None:
    """The selected position on `axis`, or None."""
    return scene.selection.source_time if axis == "source_time" else scene.selection.time


def most_varying(states: Values) -> int:
    """The column with the largest spread along time."""
    spread = np.nan_to_num(states).std(axis=0)
    return int(np.argmax(spread))


def find(snapshot: Snapshot, name: str) -> NamedArray | None:
    """The array or result at this address when it holds any numbers."""
    found = snapshot.get(name)
    return found if found is not None and found.values.size else None


def table(snapshot: Snapshot, name: str) -> Values | None:
    """A two-dimensional array as float64, or None."""
    found = find(snapshot, name)
    return None if found is None or found.values.ndim != 2 else as_floats(found)


def _is_table(snapshot: Snapshot, name: str) -> bool:
    found = find(snapshot, name)
    return found is not None and found.values.ndim == 2


def series(snapshot: Snapshot, name: str) -> Values | None:
    """A one-dimensional array as float64, or None."""
    found = find(snapshot, name)
    return None if found is None or found.values.ndim != 1 else as_floats(found)


def as_floats(array: NamedArray) -> Values:
    """The values as float64, infinite ones as not-a-number: neither has a place on an axis.
    Read-only.
    """
    return _small_floats(array) if array.values.size <= _SMALL else _floats(array)


@lru_cache(maxsize=512)
def _small_floats(array: NamedArray) -> Values:
    """Of a state or gate: every view in sight asks for the same ones, some several times."""
    return _floats(array)


def _floats(array: NamedArray) -> Values:
    values = np.asarray(array.values, dtype=np.float64)
    finite = np.isfinite(values)
    values = values if finite.all() else np.where(finite, values, np.nan)
    values.setflags(write=False)
    return values


def parts_with(snapshot: Snapshot, quantity: str) -> tuple[tuple[Part, int], ...]:
    """Every (part, layer) whose `quantity` was recorded, in the order of the structure."""
    return tuple(
        (part, layer)
        for part in snapshot.structure.parts
        for layer in range(part.layers)
        if _is_table(snapshot, address(part.name, layer, quantity))
    )


def named(snapshot: Snapshot, part: Part, layer: int) -> str:
    """`layer 2`, with the part's title in front when there are several parts."""
    text = f"layer {layer + 1}"
    return text if len(snapshot.structure.parts) == 1 else f"{part.title} {text}"


def selects(part: Part, layer: int, quantity: str = "") -> Mapping[str, int | str]:
    """What a click on a track of this quantity selects besides time and unit."""
    chosen: dict[str, int | str] = {"part": part.name, "layer": layer}
    return chosen | {"quantity": quantity} if quantity else chosen


def _part(snapshot: Snapshot, name: str) -> Part | None:
    recorded = [part for part, _ in parts_with(snapshot, "h")]
    chosen = [part for part in recorded if part.name == name]
    return next(iter(chosen or recorded), None)


def _layer(snapshot: Snapshot, part: Part, wanted: int | None) -> int:
    layers = [layer for other, layer in parts_with(snapshot, "h") if other.name == part.name]
    return wanted if wanted in layers and wanted is not None else layers[-1]


def _within(wanted: int | None, size: int, otherwise: int) -> int:
    return min(max(otherwise if wanted is None else wanted, 0), size - 1)
