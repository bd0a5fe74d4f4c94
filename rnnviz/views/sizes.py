"""Sizes: shape, count and bytes of every parameter, before the first step is taken."""

from __future__ import annotations

from rnnviz.contracts.picture import Picture, Table
from rnnviz.contracts.structure import Structure
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.parameter_names import shortened

COLUMNS = ("parameter", "role", "shape", "count", "share", "bytes")


class Sizes(View):
    """The parameter table with its total."""

    name = "sizes"
    title = "Sizes"
    sentence = "Shape, number of scalars and bytes of every parameter matrix, and the total."
    depends = frozenset({"corpus"})
    group = "Run"
    menu_order = 95

    def missing(self, scene: Scene) -> str:
        """Waits for a network."""
        if scene.network is None:
            return "Choose a network: the size of each of its matrices will stand here."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """One row per parameter, the total last."""
        structure = scene.network
        assert structure is not None
        total = structure.parameter_count
        size = sum(info.count * info.bytes_each for info in structure.parameters)
        text = f"{structure.title} · {total:,} parameters · {readable_bytes(size)}"
        return Picture(self.title, ((size_table(structure),),), text)


def size_table(structure: Structure) -> Table:
    """The table of all parameters."""
    total = max(structure.parameter_count, 1)
    rows: list[tuple[str | int | float, ...]] = [
        (
            info.name,
            info.role.replace("_", "→") if info.role.count("hidden") else info.role,
            " × ".join(str(size) for size in info.shape),
            info.count,
            _share(info.count / total),
            info.count * info.bytes_each,
        )
        for info in structure.parameters
    ]
    size = sum(info.count * info.bytes_each for info in structure.parameters)
    rows.append(("total", "", "", structure.parameter_count, "", size))
    selects = tuple({"parameter": info.name} for info in structure.parameters)
    short = shortened(info.name for info in structure.parameters)
    return Table("sizes", COLUMNS, tuple(rows), selects=(*selects, {}), short=short)


def _share(part: float) -> str:
    return "< 0.1 %" if part < 0.0005 else f"{100 * part:.1f} %"


def readable_bytes(size: int) -> str:
    """`0.96 MB`, in powers of 1000."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale / 10:
            return f"{size / scale:.2f} {unit}"
    return f"{size} bytes"
