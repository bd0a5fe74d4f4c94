"""The rows of a picture on paper: tracks aligned under one another, plots side by side."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure, SubFigure

from rnnviz.contracts.picture import AnyPanel, Panel, Picture
from rnnviz.export import frames, words
from rnnviz.export.ink import BASE, Ink, printable


class Rows:
    """The grid of one figure: a column of panels and, in a stack, one of legends and bars."""

    def __init__(
        self,
        figure: Figure | SubFigure,
        picture: Picture,
        ink: Ink,
        rows: list[float],
        width: float,
    ) -> None:
        self._figure, self._picture, self._ink, self._rows = figure, picture, ink, rows
        self._width = width
        self._tracks: list[Any] = []
        self._side = self._side_inches() if picture.stacked else 0.0
        self._grid = figure.add_gridspec(
            len(rows), 2, height_ratios=rows, width_ratios=[self._width, max(self._side, 0.01)]
        )

    def draw(self) -> None:
        """All rows."""
        for index, row in enumerate(self._picture.rows):
            panel = row[0]
            if self._picture.stacked and len(row) == 1 and isinstance(panel, Panel):
                self._track(index, panel)
            else:
                self._row(index, row)
        self._figure.align_ylabels(self._tracks)

    def _side_inches(self) -> float:
        tracks = [row[0] for row in self._picture.rows if len(row) == 1]
        panels = [panel for panel in tracks if isinstance(panel, Panel)]
        longest = max((len(name) for p in panels if p.legend for name in _names(p)), default=0)
        bars = any(panel.colour_bar for panel in panels)
        return max(longest * BASE * 0.5 / 72 + 0.35 if longest else 0.0, 0.45 if bars else 0.0)

    def _track(self, index: int, panel: Panel) -> None:
        axes = self._figure.add_subplot(self._grid[index, 0])
        self._tracks.append(axes)
        frames.draw_panel(axes, panel, self._ink, (self._width - 1.8, self._rows[index]))
        frames.axis_names(axes, panel, self._ink, y=False)
        self._left(axes, panel)
        if not (panel.legend or panel.colour_bar):
            return
        side = self._figure.add_subplot(self._grid[index, 1])
        side.set_axis_off()
        if panel.colour_bar is not None:
            bar = side.inset_axes((0.0, 0.0, min(0.09 / self._side, 1.0), 1.0))
            frames.colour_bar(self._figure, bar, panel.colour_bar, self._ink, named=False)
        else:
            frames.legend(side, axes, self._ink, loc="center left", bbox_to_anchor=(0.0, 0.5))

    def _left(self, axes: Any, panel: Panel) -> None:
        """Title and note of a track, at its left."""
        ink = self._ink
        if not panel.title:
            return
        title = printable(panel.title)
        style: dict[str, Any] = {"rotation": 0, "ha": "right", "fontsize": BASE, "labelpad": 6}
        axes.set_ylabel(title, color=ink("text"), va="bottom" if panel.note else "center", **style)
        if panel.note:
            axes.annotate(
                printable(panel.note), (1.0, 0.0), xycoords=axes.yaxis.label, ha="right", va="top",
                color=ink("muted"), fontsize=BASE * 0.8, parse_math=False,
            )  # fmt: skip

    def _row(self, index: int, row: tuple[AnyPanel, ...]) -> None:
        where = self._grid[index, :]
        widths = [panel.width for panel in row]
        inner = where.subgridspec(1, len(row), width_ratios=widths)
        for column, panel in enumerate(row):
            axes = self._figure.add_subplot(inner[0, column])
            inches = self._width * panel.width / sum(widths)
            if isinstance(panel, Panel):
                self._plot(axes, panel, (inches - 0.8, self._rows[index]))
            else:
                words.draw(axes, panel, self._ink, inches, self._rows[index])

    def _plot(self, axes: Any, panel: Panel, inches: tuple[float, float]) -> None:
        frames.draw_panel(axes, panel, self._ink, inches)
        frames.axis_names(axes, panel, self._ink)
        style: dict[str, Any] = {"fontsize": BASE, "pad": 5, "parse_math": False}
        if panel.title:
            title = _fitting(printable(panel.title), panel.note, inches[0])
            axes.set_title(title, loc="left", color=self._ink("text"), **style)
        if panel.note:
            style["fontsize"] = BASE * 0.85
            axes.set_title(printable(panel.note), loc="right", color=self._ink("muted"), **style)
        if panel.colour_bar is not None:
            height = 0.6 if panel.equal else 0.9
            mappable = frames.mappable(panel.colour_bar, self._ink)
            bar = self._figure.colorbar(mappable, ax=axes, shrink=height, aspect=22, pad=0.015)
            frames.dress_bar(bar, panel.colour_bar, self._ink)
        if panel.legend:
            beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
            frames.legend(axes, axes, self._ink, **(beside if inches[0] > 5 else {"loc": "best"}))


def _fitting(title: str, note: str, inches: float) -> str:
    """The title without its end where it would run into the note on the right."""
    room = int((inches + 0.6) * 72 / (BASE * 0.53) - 0.85 * len(note))
    return title if len(title) <= room else title[: max(room - 1, 4)] + "…"


def _names(panel: Panel) -> list[str]:
    return [getattr(mark, "label", "") for mark in panel.marks if getattr(mark, "legend", True)]
