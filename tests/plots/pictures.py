"""Small pictures for the tests of the painter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnviz.contracts.picture import Axis, ColourScale, Heatmap, Mark, Panel, Picture

SIGNED = ColourScale("signed", -1.0, 1.0, "h")
TOKENS = tuple("to be or not")


def time_axis(length: int = 12, **changes: object) -> Axis:
    settings: dict[str, object] = {"label": "time", "dim": "time", "low": -0.5}
    settings |= {"high": length - 0.5} | changes
    return Axis(**settings)  # type: ignore[arg-type]


def unit_axis(units: int, **changes: object) -> Axis:
    settings: dict[str, object] = {"label": "unit", "dim": "unit", "low": -0.5}
    settings |= {"high": units - 0.5} | changes
    return Axis(**settings)  # type: ignore[arg-type]


def values(units: int = 6, length: int = 12, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (units, length)).astype(np.float32)


def heat_panel(array: np.ndarray, name: str = "h", **changes: object) -> Panel:
    units, length = array.shape
    axes = {"x": time_axis(length), "y": unit_axis(units)}
    settings = {**axes, "title": name, **changes}
    return Panel(name, marks=(Heatmap(array, SIGNED),), **settings)  # type: ignore[arg-type]


def heat_picture(array: np.ndarray | None = None, **changes: object) -> Picture:
    return Picture("States", ((heat_panel(values() if array is None else array, **changes),),))


def plain_picture(*marks: Mark, x: Axis | None = None, y: Axis | None = None) -> Picture:
    axis = Axis("x", low=0.0, high=10.0)
    panel = Panel("plot", x or axis, y or Axis("y", low=-1.0, high=1.0), marks, title="plot")
    return Picture("Plot", ((panel,),))


def score(length: int = 12, tracks: int = 3, units: int = 6) -> Picture:
    axis = time_axis(length, texts=(TOKENS * (length // len(TOKENS) + 1))[:length])
    panels = [
        (heat_panel(values(units, length, index), f"h{index}", x=axis, selects={"layer": index}),)
        for index in range(tracks)
    ]
    return Picture("Score", tuple(panels), "step 1", stacked=True)


def moved(picture: Picture) -> Picture:
    """The same picture with other values in its heat maps."""

    def panel(old: Panel) -> Panel:
        marks = (
            replace(m, values=m.values / 2) if isinstance(m, Heatmap) else m for m in old.marks
        )
        return replace(old, marks=tuple(marks))

    rows = tuple(tuple(panel(each) for each in row) for row in picture.rows)  # type: ignore[arg-type]
    return replace(picture, rows=rows)
