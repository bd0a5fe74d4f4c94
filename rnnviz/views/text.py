"""Coloured text: each token of the probe in the colour of one unit's value as it was read."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Panel, Picture, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.caption import absent, place, subtitle, tokens_of
from rnnviz.tracks.focus import Focus, Values, focus, looking, table
from rnnviz.tracks.scales import scale_of
from rnnviz.tracks.tokens import shorten

LETTER = 9.5
"""Pixels of one letter in its cell."""

LEAST_ROWS = 3
"""Room for the colour bar beside a short text."""


class ColouredText(View):
    """Karpathy's figure: where in the text one unit, or one of its gates, is on."""

    name = "text"
    title = "Coloured text"
    sentence = "The probe as text, coloured by the selected unit's state or gate."
    needs = frozenset({"states", "gates"})
    depends = frozenset({"snapshot", "selection"})
    menu_order = 65

    def missing(self, scene: Scene) -> str:
        """Waits for the first look inside."""
        if focus(scene) is None:
            invitation = (
                "Start training or open a run: the probe will be coloured by one unit here."
            )
            return absent(scene, "state", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Rows of tokens as wide as the view."""
        snapshot, at = looking(scene)
        quantity, values = _column(scene, snapshot, at)
        tokens = tokens_of(snapshot, at.part.axis)[: len(values)]
        panel = _panel(scene, at, quantity, values[: len(tokens)], tokens)
        text = subtitle(scene, f"{quantity} of {place(snapshot, at, unit=True)}")
        return Picture(self.title, ((panel,),), text)


def _column(scene: Scene, snapshot: Snapshot, at: Focus) -> tuple[str, Values]:
    """The selected quantity of the selected unit over time; h where it was not recorded."""
    for quantity in (scene.selection.quantity, "h"):
        values = table(snapshot, at.address(quantity)) if quantity else None
        if values is not None and at.unit < values.shape[1]:
            return quantity, values[:, at.unit]
    return "h", np.zeros(0)


def _panel(
    scene: Scene, at: Focus, quantity: str, values: Values, tokens: tuple[str, ...]
) -> Panel:
    cells = tuple(shorten(token, 12) for token in tokens)
    wide = max((len(cell) for cell in cells), default=1)
    pixels = LETTER * wide + (4 if wide > 1 else 3)
    columns = max(1, int((scene.width - 90) / pixels))
    index = np.arange(len(cells))
    x, y = (index % columns).astype(float), (index // columns).astype(float)
    rows = int(y[-1]) + 1 if len(y) else 1
    scale = scale_of(at.part.cell, quantity, values)
    texts = Texts(
        x, y, cells, f"{quantity} unit {at.unit}", monospace=True, values=values, scale=scale,
        cell=0.98, selects=tuple({at.part.axis: int(time)} for time in index),
    )  # fmt: skip
    return Panel(
        "text",
        Axis(low=-0.5, high=min(columns, max(len(cells), 12)) - 0.5, visible=False),
        Axis(low=-0.5, high=max(rows, LEAST_ROWS) - 0.5, inverted=True, visible=False),
        (texts,),
        selects={**at.selects, "unit": at.unit},
        pixels=12 + 26 * max(rows, LEAST_ROWS),
        colour_bar=scale,
    )
