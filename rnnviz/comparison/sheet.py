"""One page of a comparison: curves on top, a view side by side, the difference, the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rnnviz.comparison.configurations import configurations
from rnnviz.comparison.curves import curves
from rnnviz.comparison.difference import difference
from rnnviz.comparison.side_by_side import side_by_side
from rnnviz.contracts.comparison import Compared, Sheet
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.view import View

What = Literal["all", "curves", "view", "difference", "table"]
WHAT: tuple[What, ...] = ("all", "curves", "view", "difference", "table")


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands on the page.

    curves, options  choices of the curves and of the view
    everything       the table lists the options that are equal too
    width            of the page in pixels
    apart            with `all`, whether the difference of two runs stands there too
    """

    what: What = "all"
    curves: Mapping[str, str | bool] = field(default_factory=dict)
    options: Mapping[str, str | bool] = field(default_factory=dict)
    everything: bool = False
    width: int = 1200
    apart: bool = True


def sheet(compared: Compared, view: View, wish: Wish) -> Sheet:
    """The page; with `all` a difference stands on it only where something can be subtracted."""
    rows: list[tuple[Picture, ...]] = []
    if wish.what in ("all", "curves"):
        rows.append((curves(compared, wish.curves),))
    if wish.what in ("all", "view"):
        rows.append(side_by_side(view, compared, wish.options, wish.width))
    if wish.what == "difference" or (wish.what == "all" and wish.apart and len(compared) == 2):
        apart = difference(view, compared, wish.options, wish.width)
        rows += [(apart,)] if wish.what == "difference" or not apart.message else []
    if wish.what in ("all", "table"):
        rows.append((configurations(compared, wish.everything),))
    return Sheet(" · ".join(side.name for side in compared), tuple(rows))
