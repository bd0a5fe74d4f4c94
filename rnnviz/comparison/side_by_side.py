"""One view of every run, beside one another: same step, same position, same scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rnnviz.comparison.harmony import harmonised
from rnnviz.contracts.comparison import Compared, Side
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.view import View
from rnnviz.tracks.focus import focus


def side_by_side(
    view: View,
    compared: Compared,
    options: Mapping[str, str | bool] | None = None,
    width: int = 900,
) -> tuple[Picture, ...]:
    """A picture per run, titled and coloured as the run; a run that cannot fill the view says why.

    width  pixels of all of them together
    """
    share = max(width // max(len(compared), 1), 100)
    selected = common_selection(compared)
    changes = {"options": options or {}, "width": share, "selection": selected}
    return harmonised([_drawn(view, side, changes) for side in compared])


def common_selection(compared: Compared) -> Selection:
    """What the runs point at, with the first run's choice where nothing is chosen: left alone,
    each would show its own most varying unit.
    """
    selection = compared[0].scene.selection
    sights = [focus(side.scene) for side in compared]
    found = [at for at in sights if at is not None]
    if not found:
        return selection
    first = found[0]
    unit = first.unit if selection.unit is None else selection.unit
    where = "source_time" if first.part.axis == "source_time" else "time"
    chosen: dict[str, Any] = {"unit": min([unit, *(at.part.hidden_size - 1 for at in found)])}
    if getattr(selection, where) is None:
        chosen[where] = first.time
    return selection.updated(**chosen)


def _drawn(view: View, side: Side, changes: dict[str, Any]) -> Picture:
    seen = replace(side.scene, **changes)
    return replace(view.picture(seen), title=f"{side.name}: {view.title}", colour=side.colour)
