"""Loss by token: at which positions of the probe the network was surprised."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Bars, Panel, Picture
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.axes import value_axis
from rnnviz.tracks.focus import series


class LossByToken(View):
    """One bar per position."""

    name = "loss_by_token"
    title = "Loss by token"
    sentence = "How surprised the network was at each position of the probe."
    needs = frozenset({"next"})
    group = "Quality"

    def missing(self, scene: Scene) -> str:
        """Waits for losses."""
        if scene.snapshot is None or series(scene.snapshot, "loss") is None:
            return "Start training or open a run: its losses will stand here."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Bars over time."""
        assert scene.snapshot is not None
        losses = series(scene.snapshot, "loss")
        assert losses is not None
        heights = np.nan_to_num(losses, posinf=0, neginf=0)
        bars = Bars(np.arange(len(heights), dtype=float), heights, "loss", width=0.7)
        x = Axis(low=-0.5, high=len(heights) - 0.5, dim="time")
        y = value_axis(0.0, max(float(heights.max(initial=0)), 1e-9), "nats")
        return Picture(self.title, ((Panel("bars", x, y, (bars,)),),))
