"""The heat track: one quantity of one layer, units by time, in the one colour scale of its kind."""

from __future__ import annotations

from rnnviz.contracts.arrays import address
from rnnviz.contracts.picture import Heatmap, Panel
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.tracks.axes import time_axis, unit_axis
from rnnviz.tracks.focus import named, selects, table
from rnnviz.tracks.order import order_note, unit_order
from rnnviz.tracks.scales import quantity_of, scale_of


def heat_track(
    snapshot: Snapshot,
    part: Part,
    layer: int,
    quantity: str,
    sort: str = "index",
    *,
    height: float = 1.0,
    title: str = "",
    units: bool = False,
) -> Panel | None:
    """Units from top to bottom in the order `sort`, time to the right; None if not recorded.

    `units` writes unit numbers at the left.
    """
    values = table(snapshot, address(part.name, layer, quantity))
    if values is None:
        return None
    order = unit_order(snapshot, part, layer, values.shape[1], sort)
    scale = scale_of(part.cell, quantity, values)
    image = Heatmap(values[:, order].T, scale, label=f"{quantity} {named(snapshot, part, layer)}")
    return Panel(
        f"heat/{part.name}/{layer}/{quantity}",
        time_axis(snapshot, part.axis, len(values)),
        unit_axis(order, visible=units),
        (image,),
        title=title or f"{quantity}  {named(snapshot, part, layer)}",
        note=order_note(len(order), sort),
        selects=selects(part, layer, quantity),
        height=height,
        colour_bar=scale,
    )


def heading(part: Part, quantity: str) -> str:
    """`f  forget gate`: a quantity's letter and name."""
    found = quantity_of(part.cell, quantity)
    return quantity if found is None else f"{quantity}  {found.title}"
