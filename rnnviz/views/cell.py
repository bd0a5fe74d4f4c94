"""Cell: the recurrence as textbooks draw it, with the selected unit's numbers on its wires."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np

from rnnviz.contracts.picture import Axis, Boxes, ColourScale, Mark, Panel, Picture, Segments, Texts
from rnnviz.contracts.structure import Block, CellInfo, Wire
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.caption import absent, place, subtitle
from rnnviz.tracks.focus import focus, looking
from rnnviz.tracks.numbers import MINUS, Moment, number
from rnnviz.tracks.scales import quantity_of, scale_of

# Cells are described in the unit square; drawn wider, the wires have room for their numbers.
STRETCH = 1.6
HEIGHTS = {"gate": 0.09, "operator": 0.08, "port": 0.0}
WIDTHS = {"gate": 0.13, "operator": 0.08, "port": 0.0}
WORD = 0.19
OFF = 0.036
ROOMY = 0.4
# In a window narrower than this the numbers are smaller, shorter and further off the wires.
NARROW = 440
CROWDED_OFF = 0.052

Point = tuple[float, float]
Anchor = Literal["centre", "left", "right"]


class Cell(View):
    """Gates are filled with their value's colour; a wire carries the number written beside it."""

    name = "cell"
    title = "Cell"
    sentence = "The cell as a drawing, with the live values of one unit at one time."
    needs = frozenset({"states", "gates"})
    depends = frozenset({"snapshot", "selection", "hover"})
    menu_order = 45

    def missing(self, scene: Scene) -> str:
        """Waits for the first look inside."""
        at = focus(scene)
        if at is None:
            invitation = (
                "Start training or open a run: its cell will be drawn here with live numbers."
            )
            return absent(scene, "state", invitation)
        if not at.part.cell.diagram:
            title = at.part.cell.title
            return f"The cell {title} has no drawing; the inspector has its formulas."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Wires under blocks under numbers."""
        snapshot, at = looking(scene)
        moment, cell = Moment(snapshot, at), _stretched(at.part.cell)
        crowded = 0 < min(scene.width, 1.7 * scene.height) < NARROW
        numbers = _numbers(moment, cell, crowded)
        marks: list[Mark] = [_body(), *_wires(cell), *_blocks(moment, cell), numbers]
        beside = 0.04 if crowded else 0.0  # the ports' letters keep their size
        x = Axis(low=-0.17 - beside, high=STRETCH + 0.11 + beside, visible=False)
        y = Axis(low=-0.04, high=0.98, visible=False)
        panel = Panel("cell", x, y, tuple(marks), selects=at.selects, equal=True, height=2.0)
        text = subtitle(scene, place(snapshot, at, unit=True, time=True))
        return Picture(f"{self.title}: {cell.title}", ((panel,),), text)


def _stretched(cell: CellInfo) -> CellInfo:
    blocks = tuple(replace(block, x=STRETCH * block.x) for block in cell.diagram)
    wires = tuple(
        replace(wire, through=tuple((STRETCH * x, y) for x, y in wire.through))
        for wire in cell.wires
    )
    return replace(cell, diagram=blocks, wires=wires)


def _size(block: Block) -> Point:
    """Width and height; a block with a word in it is as wide as the word."""
    wide = block.kind != "port" and len(block.label) > 1
    return WORD if wide else WIDTHS[block.kind], HEIGHTS[block.kind]


def _body() -> Boxes:
    return Boxes(
        np.array([STRETCH / 2]), np.array([0.51]),
        np.array([STRETCH - 0.22]), np.array([0.88]),
        fill="window", outline="faint", rounded=False,
    )  # fmt: skip


def _blocks(moment: Moment, cell: CellInfo) -> list[Mark]:
    marks: list[Mark] = []
    for block in cell.diagram:
        if block.kind == "port":
            marks.append(_port(block))
            continue
        marks.append(_box(moment, cell, block))
    return marks


def _box(moment: Moment, cell: CellInfo, block: Block) -> Boxes:
    width, height = _size(block)
    value = moment.value(block.quantity) if block.quantity else None
    scale = _scale(cell, block.quantity) if value is not None else None
    selects = {**moment.at.selects, "unit": moment.at.unit}
    if block.quantity:
        selects["quantity"] = block.quantity
    return Boxes(
        np.array([block.x]), np.array([block.y]), np.array([width]), np.array([height]),
        label=block.quantity,
        values=None if value is None else np.array([value]),
        scale=scale,
        outline=f"gate:{block.quantity}" if _has_colour(cell, block.quantity) else "muted",
        texts=(block.label,),
        selects=(selects,),
    )  # fmt: skip


def _scale(cell: CellInfo, name: str) -> ColourScale:
    return scale_of(cell, name, np.zeros(1))


def _has_colour(cell: CellInfo, name: str) -> bool:
    found = quantity_of(cell, name)
    return found is not None and found.kind in ("gate", "candidate")


# ---- wires


def _wires(cell: CellInfo) -> list[Mark]:
    """One mark for all pieces of a colour: a mark is what painting costs."""
    blocks = {block.id: block for block in cell.diagram}
    pieces: dict[tuple[str, bool], list[tuple[Point, Point]]] = {}
    for wire in cell.wires:
        colour = f"gate:{wire.quantity}" if _has_colour(cell, wire.quantity) else "muted"
        *bends, last = pairwise(_path(wire, blocks))
        pieces.setdefault((colour, False), []).extend(bends)
        pieces.setdefault((colour, True), []).append(last)
    return [_segments(found, colour, arrows) for (colour, arrows), found in pieces.items() if found]


def _path(wire: Wire, blocks: dict[str, Block]) -> list[Point]:
    """Corners from block to block; the last piece ends at the target's edge."""
    source, target = blocks[wire.source], blocks[wire.target]
    points = [(source.x, source.y), *wire.through, (target.x, target.y)]
    points[-1] = _edge(points[-2], target)
    points[0] = _edge(points[1], source)
    return points


def _edge(outside: Point, block: Block) -> Point:
    """Where the line from `outside` to the block's centre meets its box."""
    width, height = _size(block)
    dx, dy = outside[0] - block.x, outside[1] - block.y
    reach = max(abs(dx) / max(width / 2, 1e-9), abs(dy) / max(height / 2, 1e-9))
    return (block.x + dx / reach, block.y + dy / reach) if reach > 1 else (block.x, block.y)


def _segments(pieces: list[tuple[Point, Point]], colour: str, arrows: bool) -> Segments:
    ends = np.array(pieces)  # (piece, end, xy)
    (x0, y0), (x1, y1) = ends[:, 0].T, ends[:, 1].T
    return Segments(x0, y0, x1, y1, "", np.full(len(ends), 1.5), colour=colour, arrows=arrows)


def _numbers(moment: Moment, cell: CellInfo, crowded: bool) -> Texts:
    """The value of each wire that carries one, beside its longest piece."""
    blocks = {block.id: block for block in cell.diagram}
    x, y, texts = [], [], []
    for wire in cell.wires:
        value = moment.value(wire.quantity) if wire.quantity else None
        if value is None:
            continue
        name = "" if wire.quantity.removesuffix("-") in cell.states else wire.quantity
        where = _beside(_path(wire, blocks), bool(name), CROWDED_OFF if crowded else OFF)
        x.append(where[0])
        y.append(where[1])
        texts.append(f"{name} {_short(value) if crowded else number(value)}".strip())
    return Texts(
        np.array(x), np.array(y), tuple(texts), "values", "accent",
        size=0.8 if crowded else 0.95, bold=True, anchor="left",
        most=1.7 * (CROWDED_OFF if crowded else OFF),
    )  # fmt: skip


def _short(value: float) -> str:
    if not np.isfinite(value):
        return number(value)
    return (f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}").replace("-", MINUS)


def _beside(points: list[Point], named: bool, off: float) -> Point:
    pieces = pairwise(points)
    (x0, y0), (x1, y1) = max(pieces, key=lambda p: abs(p[0][0] - p[1][0]) + abs(p[0][1] - p[1][1]))
    level = abs(x1 - x0) > abs(y1 - y0)
    if not level:
        # A little before the middle, where no other wire branches off.
        return x0 + 0.014, y0 + 0.38 * (y1 - y0)
    # Over a short piece a named number begins before it, or it would run into the block behind.
    before = named and abs(x1 - x0) < ROOMY
    above = off + OFF if before and off > OFF else off
    return min(x0, x1) + (-0.05 if before else 0.05), y0 + above


def _port(block: Block) -> Texts:
    """The port's symbol outside the cell: left, right or below."""
    below = block.y < 0.1
    x = block.x if below else block.x + (-0.02 if block.x < STRETCH / 2 else 0.02)
    y = block.y - OFF if below else block.y
    side: Anchor = "centre" if below else "right" if block.x < STRETCH / 2 else "left"
    text = (f"${block.label}$",)
    return Texts(np.array([x]), np.array([y]), text, math=True, size=1.2, anchor=side)
