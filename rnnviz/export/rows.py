"""The rows of a picture on paper: tracks aligned under one another, plots side by side."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure, SubFigure

from rnnviz.contracts.picture import Panel, Table
from rnnviz.export import frames, head, tables, words
from rnnviz.export.ink import BASE, Ink, printable
from rnnviz.export.strips import Strip, plot_width


class Rows:
    """The grid of one figure: a column of panels and, in a stack, one of legends and bars."""

    def __init__(
        self, figure: Figure | SubFigure, strips: list[Strip], ink: Ink, width: float
    ) -> None:
        self._figure, self._strips, self._ink, self._width = figure, strips, ink, width
        self._narrow = width < head.NARROW
        self._tracks: list[Any] = []
        self._side = self._side_inches()
        self._grid = figure.add_gridspec(
            len(strips), 2,
            height_ratios=[strip.inches for strip in strips],
            width_ratios=[width, max(self._side, 0.01)],
        )  # fmt: skip

    def draw(self) -> None:
        """All rows."""
        for index, strip in enumerate(self._strips):
            if strip.track:
                self._track(index, strip)
            else:
                self._row(index, strip)
        self._figure.align_ylabels(self._tracks)

    def _side_inches(self) -> float:
        panels = [panel for strip in self._strips if strip.track for panel in strip.panels]
        tracks = [panel for panel in panels if isinstance(panel, Panel)]
        names = [] if self._narrow else [n for panel in tracks for n in head.legend_names(panel)]
        longest = max(map(len, names), default=0)
        bars = any(panel.colour_bar for panel in tracks)
        return max(longest * BASE * 0.5 / 72 + 0.35 if longest else 0.0, 0.45 if bars else 0.0)

    def _track(self, index: int, strip: Strip) -> None:
        panel = strip.panels[0]
        assert isinstance(panel, Panel)
        axes = self._figure.add_subplot(self._grid[index, 0])
        self._tracks.append(axes)
        inches = plot_width(panel, self._width, track=True) if self._narrow else self._width - 1.8
        frames.draw_panel(axes, panel, self._ink, (inches, strip.inches))
        frames.axis_names(axes, panel, self._ink, y=False)
        if self._narrow:
            head.write(axes, panel, self._ink, inches)
        else:
            self._left(axes, panel)
        if panel.colour_bar is not None or (panel.legend and not self._narrow):
            self._beside(index, panel, axes)

    def _beside(self, index: int, panel: Panel, axes: Any) -> None:
        """The colour bar or the legend of a track."""
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

    def _row(self, index: int, strip: Strip) -> None:
        shares = strip.shares
        inner = self._grid[index, :].subgridspec(1, len(shares), width_ratios=shares)
        for column, panel in enumerate(strip.panels):
            axes = self._figure.add_subplot(inner[0, column])
            inches = self._width * panel.width / sum(shares)
            if isinstance(panel, Panel):
                self._plot(axes, panel, (inches, strip.inches))
            elif isinstance(panel, Table):
                tables.draw(axes, panel, self._ink, inches, strip.inches)
            else:
                words.draw(axes, panel, self._ink, inches, strip.inches)

    def _plot(self, axes: Any, panel: Panel, inches: tuple[float, float]) -> None:
        wide = plot_width(panel, inches[0], track=False) if self._narrow else inches[0] - 0.8
        frames.draw_panel(axes, panel, self._ink, (wide, inches[1]))
        frames.axis_names(axes, panel, self._ink, inches=wide)
        if panel.colour_bar is not None:
            bar = axes.inset_axes(_bar_place(panel, (wide, inches[1])))
            frames.colour_bar(self._figure, bar, panel.colour_bar, self._ink)
        if self._narrow:
            head.write(axes, panel, self._ink, wide)
            return
        self._above(axes, panel, wide)
        if panel.legend:
            beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
            frames.legend(axes, axes, self._ink, **(beside if wide > 5 else {"loc": "best"}))

    def _above(self, axes: Any, panel: Panel, inches: float) -> None:
        """Title and note of a plot, on one line."""
        style: dict[str, Any] = {"fontsize": BASE, "pad": 5, "parse_math": False}
        if panel.title:
            title = _fitting(printable(panel.title), panel.note, inches)
            axes.set_title(title, loc="left", color=self._ink("text"), **style)
        if panel.note:
            style["fontsize"] = BASE * 0.85
            axes.set_title(printable(panel.note), loc="right", color=self._ink("muted"), **style)


def _bar_place(panel: Panel, inches: tuple[float, float]) -> tuple[float, float, float, float]:
    """Beside the axes themselves: where a unit is equally long on both they may leave room free."""
    wide = max(frames.equal_inches(panel, *inches)[0] if panel.equal else inches[0], 0.3)
    return 1.0 + 0.08 / wide, 0.1, 0.09 / wide, 0.8


def _fitting(title: str, note: str, inches: float) -> str:
    """The title without its end where it would run into the note on the right."""
    room = int((inches + 0.6) * 72 / (BASE * 0.53) - 0.85 * len(note))
    return title if len(title) <= room else title[: max(room - 1, 4)] + "…"
