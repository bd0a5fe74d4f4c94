"""Puts a picture into a file whose suffix says how; either the whole file appears or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rnnviz.contracts.comparison import Sheet
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Picture
from rnnviz.export import numbers
from rnnviz.export.whole import whole_file
from rnnviz.style.palette import THEMES

DRAWN = ("svg", "pdf", "png")
SUFFIXES = (*DRAWN, "csv", "npz")


def write_picture(
    picture: Picture | Sheet,
    path: Path | str,
    theme: str = "light",
    width: float = 9.0,
    height: float | None = None,
    dpi: int = 150,
) -> Path:
    """Write a picture, or a sheet of them, to `path` as its suffix says: svg, pdf, png (drawn),
    csv, npz (numbers).

    width, height  inches; without a height the content decides. dpi matters for png only.
    Equal pictures give equal bytes. UserError when the suffix is unknown or it cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower().removeprefix(".")
    if suffix not in SUFFIXES:
        known = ", ".join(f".{name}" for name in SUFFIXES)
        raise UserError(f"Cannot write {target.name}: its name must end in one of {known}.")
    if theme not in THEMES:
        raise UserError(f"There is no theme {theme!r}; choose one of {', '.join(THEMES)}.")
    whole_file(target, _writer(picture, suffix, theme, width, height, dpi))
    return target


def _writer(
    picture: Picture | Sheet, suffix: str, theme: str, width: float, height: float | None, dpi: int
) -> Callable[[Path], None]:
    if suffix == "csv":
        return lambda path: numbers.write_csv(picture, path)
    if suffix == "npz":
        return lambda path: numbers.write_npz(picture, path)
    # matplotlib takes a while to import; numbers do not need it.
    from rnnviz.export import figure, sheet

    if isinstance(picture, Sheet):
        return lambda path: sheet.save(picture, path, suffix, theme, width, height, dpi)
    return lambda path: figure.save(picture, path, suffix, theme, width, height, dpi)
