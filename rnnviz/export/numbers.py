"""The exact numbers behind a picture: arrays by name, or a CSV that a spreadsheet opens safely."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.comparison import Sheet
from rnnviz.contracts.picture import Axis, Mark, Panel, Picture, Rule, Table, TextPanel

Array = NDArray[np.generic]
Cell = str | int | float

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def numbers_of(picture: Picture | Sheet) -> dict[str, Array]:
    """Arrays by name: `PANEL/MARK/FIELD`, `PANEL/COLUMN` of tables, and `picture.numbers`; those
    of a sheet have the title of their picture in front.
    """
    if isinstance(picture, Sheet):
        return {
            f"{part.title.replace('/', '.')}/{name}": values
            for part in picture.pictures
            for name, values in numbers_of(part).items()
        }
    found: dict[str, Array] = {}
    for row in picture.rows:
        for panel in row:
            if isinstance(panel, Panel):
                found.update(_panel_numbers(panel))
            elif isinstance(panel, Table):
                found.update(_table_numbers(panel))
            else:
                found[f"{panel.id}/text"] = np.array(_lines(panel), dtype=np.str_)
    found.update({name: np.asarray(values) for name, values in picture.numbers.items()})
    return found


def write_npz(picture: Picture | Sheet, path: Path) -> None:
    """All of `numbers_of` as one NPZ without dates; slashes in names stay."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in numbers_of(picture).items():
            data = BytesIO()
            np.lib.format.write_array(data, np.asarray(values), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _FIRST_DAY), data.getvalue())


def write_csv(picture: Picture | Sheet, path: Path) -> None:
    """One block per mark, headed by panel, mark and axes. Floats read back exactly."""
    parts = picture.pictures if isinstance(picture, Sheet) else (picture,)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for number, part in enumerate(parts):
            rows.writerows([[]] if number else [])
            for block in _blocks(part):
                rows.writerows([safe(cell) for cell in row] for row in block)


def safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if not isinstance(cell, str):
        return repr(float(cell)) if isinstance(cell, float) else cell
    return "'" + cell if cell.startswith(_DANGEROUS) else cell


# ---- arrays


def mark_name(index: int, mark: Mark) -> str:
    """Stable and unique within a panel, e.g. `2-validation`."""
    return f"{index}-{mark.label or type(mark).__name__.lower()}".replace("/", ".")


def _panel_numbers(panel: Panel) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for axis_name, axis in (("x", panel.x), ("y", panel.y)):
        if axis.ids:
            found[f"{panel.id}/{axis_name}_ids"] = np.array(axis.ids)
        if axis.texts:
            found[f"{panel.id}/{axis_name}_texts"] = np.array(axis.texts)
    for index, mark in enumerate(panel.marks):
        for name, values in _mark_fields(mark).items():
            found[f"{panel.id}/{mark_name(index, mark)}/{name}"] = values
    return found


def _mark_fields(mark: Mark) -> dict[str, Array]:
    if isinstance(mark, Rule):
        return {mark.axis: np.array(mark.position)}
    found: dict[str, Array] = {}
    for field in fields(mark):
        value = getattr(mark, field.name)
        if isinstance(value, np.ndarray):
            found[field.name] = value
        elif field.name in ("texts", "ids") and value:
            found[field.name] = np.array(value)
    return found


def _table_numbers(table: Table) -> dict[str, Array]:
    return {
        f"{table.id}/{name}": np.array([row[index] for row in table.rows])
        for index, name in enumerate(table.columns)
    }


def _lines(panel: TextPanel) -> list[str]:
    return ["".join(span.text for span in line.spans) for line in panel.lines]


# ---- blocks of a CSV file

Block = Iterable[Iterable[Cell]]


def _blocks(picture: Picture) -> Iterator[Block]:
    yield [("title", picture.title), ("subtitle", picture.subtitle)]
    for row in picture.rows:
        for panel in row:
            if isinstance(panel, Panel):
                yield from _panel_blocks(panel)
            elif isinstance(panel, Table):
                yield [(), ("table", panel.title or panel.id), panel.columns, *panel.rows]
            else:
                text = [(line,) for line in _lines(panel)]
                yield [(), ("text", panel.title or panel.id), *text]
    if picture.numbers:
        yield [(), ("numbers", "behind the picture")]
        yield from _named(picture)


def _panel_blocks(panel: Panel) -> Iterator[Block]:
    heads: list[tuple[Cell, ...]] = [(), ("panel", panel.id), ("panel title", panel.title)]
    for name, axis in (("x", panel.x), ("y", panel.y)):
        if axis.label or axis.unit:
            log = "log10" if axis.log else ""
            heads.append((f"{name} axis", axis.label, axis.unit, log))
    yield heads
    for index, mark in enumerate(panel.marks):
        arrays = _mark_fields(mark)
        if not arrays:
            continue
        yield [("mark", mark_name(index, mark), type(mark).__name__)]
        if "values" in arrays and arrays["values"].ndim == 2:
            yield _image(panel, arrays["values"])
        else:
            yield _columns(arrays)


def _image(panel: Panel, values: Array) -> Block:
    """Rows of an image with what stands beside them: tokens on top, unit numbers at the left."""
    top = [_place(panel.x, column) for column in range(values.shape[1])]
    yield ["", *top]
    for index, row in enumerate(values):
        yield [_place(panel.y, index), *_cells(row)]


def _place(axis: Axis, index: int) -> Cell:
    if axis.ids and index < len(axis.ids):
        return axis.ids[index]
    return axis.texts[index] if index < len(axis.texts) else index


def _columns(arrays: dict[str, Array]) -> Block:
    yield list(arrays)
    columns = [list(_cells(np.atleast_1d(values).ravel())) for values in arrays.values()]
    for index in range(max(len(column) for column in columns)):
        yield [column[index] if index < len(column) else "" for column in columns]


def _cells(values: Array) -> list[Cell]:
    return list(values.tolist())


def _named(picture: Picture) -> Iterator[Block]:
    flat = {name: np.asarray(v) for name, v in picture.numbers.items() if np.ndim(v) < 2}
    if flat:
        yield _columns(flat)
    for name, values in picture.numbers.items():
        if np.ndim(values) >= 2:
            yield [("array", name)]
            wide = np.asarray(values).reshape(len(values), -1)
            yield [_cells(row) for row in wide]
