"""Axes on paper: ranges, ticks, token labels, titles, legends and colour bars of one panel."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from rnnviz.contracts.picture import Axis, ColourScale, Panel, Segments
from rnnviz.export import marks
from rnnviz.export.ink import BASE, MONO, SANS, Ink, norm, printable

SMALL = BASE * 0.85
MOST_LETTERS, LEAST_LINE = 24, 8
"""Letters of a label beside an axis, and of a line that a sentence is broken into."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def draw_panel(axes: Any, panel: Panel, ink: Ink, inches: tuple[float, float]) -> None:
    """Ranges, marks and ticks; titles and legends are placed by the layout."""
    axes.set_facecolor(ink("panel"))
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    if panel.equal:
        axes.set_aspect("equal", adjustable="box")
        inches = equal_inches(panel, *inches)
    for order, mark in enumerate(panel.marks):
        marks.draw(axes, mark, ink, order)
    _dress(axes, axes.xaxis, panel.x, inches[0])
    _dress(axes, axes.yaxis, panel.y, inches[1])
    # Images and aspects move the limits; the panel's own word is last.
    axes.set_xlim(*_range(panel.x))
    axes.set_ylim(*_range(panel.y))
    _lines_around(axes, panel, ink)


def equal_inches(panel: Panel, width: float, height: float) -> tuple[float, float]:
    """What is left of the room where a unit is as long across as down."""
    unit = min(
        width / max(panel.x.high - panel.x.low, 1e-9),
        height / max(panel.y.high - panel.y.low, 1e-9),
    )
    return unit * (panel.x.high - panel.x.low), unit * (panel.y.high - panel.y.low)


def _range(axis: Axis) -> tuple[float, float]:
    return (axis.high, axis.low) if axis.inverted else (axis.low, axis.high)


def _dress(axes: Any, side: Any, axis: Axis, inches: float) -> None:
    side.set_minor_locator(NullLocator())
    if not axis.visible:
        side.set_major_locator(NullLocator())
    elif axis.ticks:
        _fixed(side, [place for place, _ in axis.ticks], [text for _, text in axis.ticks])
    elif axis.texts and _tokens(side, axis, inches):
        return
    elif axis.log:
        _decades(side, axis, inches)
    else:
        whole = bool(axis.dim)
        side.set_major_locator(
            MaxNLocator(max(2, int(inches / 0.55)), integer=whole, steps=[1, 2, 5, 10])
        )
        side.set_major_formatter(FuncFormatter(lambda value, _: number(axis, value)))


def number(axis: Axis, value: float) -> str:
    """A tick number: units by their own index, thousands set apart, a true minus."""
    if axis.ids:
        index = round(value)
        return str(axis.ids[index]) if 0 <= index < len(axis.ids) else ""
    if abs(value - round(value)) < 1e-9:
        return f"{round(value):,}".replace("-", "−")
    return f"{value:.6g}".replace("-", "−")


def _fixed(side: Any, places: list[float], texts: list[str]) -> None:
    side.set_major_locator(FixedLocator(places))
    side.set_ticklabels([printable(text) for text in texts], parse_math=False)


def _tokens(side: Any, axis: Axis, inches: float) -> bool:
    """Token texts as labels: sentences in lines, long words turned; False where there is no room
    for even that.
    """
    points = 72 * inches / max(axis.high - axis.low, 1e-9)
    across = side.axis_name == "x"
    texts = tuple(printable(text) for text in axis.texts)
    if any(" " in text.strip() for text in texts):
        texts = _in_lines(texts, points / (0.62 * SMALL) - 1 if across else MOST_LETTERS)
    longest = max(len(line) for text in texts for line in text.split("\n"))
    flat = longest * 0.62 * SMALL <= points if across else points >= 1.1 * SMALL
    if not flat and (not across or points < 1.1 * SMALL):
        return False
    cut = [text if len(text) <= MOST_LETTERS or flat else text[: MOST_LETTERS - 1] + "…"
           for text in texts]  # fmt: skip
    _fixed(side, list(range(len(texts))), cut)
    for label in side.get_ticklabels():
        label.set(family=[MONO, SANS], rotation=0 if flat else 90)
    return True


def _in_lines(texts: tuple[str, ...], letters: float) -> tuple[str, ...]:
    """Sentences broken into up to three lines, where a line has room for words."""
    if letters < LEAST_LINE:
        return texts
    return tuple(
        "\n".join(textwrap.wrap(text, int(letters), max_lines=3, placeholder="…")) or text
        for text in texts
    )


def _decades(side: Any, axis: Axis, inches: float) -> None:
    low, high = int(np.ceil(axis.low - 1e-9)), int(np.floor(axis.high + 1e-9))
    if high - low < 1:
        places = [float(place) for place in np.linspace(axis.low, axis.high, 3)]
        _fixed(side, places, [f"{10**place:.3g}" for place in places])
        return
    room = max(2, int(inches / 0.22))
    step = max(1, -(-(high - low) // room))
    places = [float(place) for place in range(low, high + 1, step)]
    _fixed(side, places, [f"10{str(int(place)).translate(_RAISED)}" for place in places])


def _lines_around(axes: Any, panel: Panel, ink: Ink) -> None:
    axes.tick_params(
        colors=ink("muted"),
        labelcolor=ink("muted"),
        labelsize=SMALL,
        length=2.5,
        width=0.6,
        pad=2.5,
    )
    image = any(type(mark).__name__ == "Heatmap" for mark in panel.marks) and not _bare(panel)
    for name, spine in axes.spines.items():
        shown = panel.x.visible if name in ("bottom", "top") else panel.y.visible
        open_side = name in ("top", "right") and not image
        spine.set_visible(image or (shown and not open_side and not _bare(panel)))
        spine.set(color=ink("faint" if image else "muted"), linewidth=0.6)
    if _bare(panel):
        axes.tick_params(length=0)
    elif panel.y.visible and not image:
        lying = any(getattr(mark, "horizontal", False) for mark in panel.marks)
        axes.grid(axis="x" if lying else "y", color=ink("faint"), lw=0.6, zorder=0)
        axes.set_axisbelow(True)


def _bare(panel: Panel) -> bool:
    """Drawings of boxes and words have no scale that lines would belong to."""
    return not any(
        type(mark).__name__ in ("Heatmap", "Line", "Bars", "Points") for mark in panel.marks
    ) or any(isinstance(mark, Segments) for mark in panel.marks)


def axis_names(axes: Any, panel: Panel, ink: Ink, y: bool = True, inches: float = np.inf) -> None:
    """Labels with their units beside the axes, in lines where they are longer than `inches`."""
    style = {"color": ink("muted"), "fontsize": SMALL, "labelpad": 3}
    if panel.x.visible:
        name = printable(_name(panel.x))
        letters = max(min(int(min(inches, 100) * 72 / (SMALL * 0.56)), len(name)), 8)
        axes.set_xlabel("\n".join(textwrap.wrap(name, letters)), **style)
    if panel.y.visible and y:
        axes.set_ylabel(printable(_name(panel.y)), **style)


def _name(axis: Axis) -> str:
    return f"{axis.label} ({axis.unit})" if axis.unit and axis.label else axis.label or axis.unit


def mappable(scale: ColourScale, ink: Ink) -> ScalarMappable:
    """Range and colours of a scale, for a colour bar."""
    return ScalarMappable(norm(scale), ink.map(scale))


def colour_bar(figure: Any, where: Any, scale: ColourScale, ink: Ink, named: bool = True) -> None:
    """The bar of a scale on axes of its own: its ends and its middle, its name beside them."""
    bar = figure.colorbar(mappable(scale, ink), cax=where)
    bar.outline.set(edgecolor=ink("faint"), linewidth=0.6)
    bar.solids.set_rasterized(False)
    middle = (scale.low + scale.high) / 2
    bar.set_ticks([scale.low, middle, scale.high])
    bar.set_ticklabels([f"{v:.4g}".replace("-", "−") for v in (scale.low, middle, scale.high)])
    bar.ax.minorticks_off()
    bar.ax.tick_params(colors=ink("muted"), labelsize=SMALL * 0.9, length=2, width=0.6, pad=2)
    if named and scale.label:
        bar.set_label(printable(scale.label), color=ink("muted"), fontsize=SMALL)


def legend(axes: Any, source: Any, ink: Ink, **place: Any) -> None:
    """What the lines and points of `source` are, written on `axes`."""
    handles, labels = source.get_legend_handles_labels()
    if handles:
        axes.legend(
            handles, labels, frameon=False, fontsize=SMALL, labelcolor=ink("text"),
            handlelength=1.4, handletextpad=0.6, labelspacing=0.25, borderaxespad=0.2, **place,
        )  # fmt: skip
