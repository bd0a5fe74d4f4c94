"""Draws what two ways of computing the same cost, measured anew: `rnnviz bench rtrl`, `cells`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import cells, rtrl
from benchmarks._cells import KINDS
from benchmarks._rtrl import SIZES
from rnnviz.contracts.picture import Axis, Bars, Line, Panel, Picture, Rule
from rnnviz.export import write_picture

Found = Mapping[str, object]


def of_learning_forwards(found: Found) -> Picture:
    """Real-time recurrent learning over the number of units."""
    units = np.log10(SIZES)
    marks = tuple(
        Line(units, np.log10([float(str(found[f"{key}_{size}"])) for size in SIZES]), label, colour)
        for key, label, colour in (
            ("times_as_long", "time", "series:0"),
            ("times_as_much_kept", "numbers kept", "series:1"),
        )
    )
    ticks = tuple((float(place), f"{size}") for place, size in zip(units, SIZES, strict=True))
    x = Axis("hidden units", "log scale", low=units[0] - 0.05, high=units[-1] + 0.05, ticks=ticks)
    top = max(2.0, max(float(mark.y.max()) for mark in marks) + 0.1)
    powers = tuple((float(power), f"{10**power:,}×") for power in range(int(top) + 1))
    y = Axis("", "of backpropagation", low=0.0, high=top, ticks=powers)
    panel = Panel("cost", x, y, marks, "what it costs to look forwards only", legend=True)
    same = f"gradients differ by at most {found['difference']} · {found['steps']} steps"
    return Picture("Real-time recurrent learning", ((panel,),), same)


def of_a_loop_of_cells(found: Found) -> Picture:
    """PyTorch's cells in a loop over time, beside its layers."""
    names = {"rnn": "simple RNN", "lstm": "LSTM", "gru": "GRU"}
    ratios = np.array([float(str(found[f"times_as_long_{kind}"])) for kind in KINDS])
    places = np.arange(len(KINDS), dtype=float)
    ticks = tuple((float(k), names.get(kind, kind)) for k, kind in enumerate(KINDS))
    high = float(ratios.max()) + 0.3
    steps = tuple((half / 2, f"{half / 2:g}×") for half in range(int(2 * high) + 1))
    x = Axis("", low=-0.6, high=len(KINDS) - 0.4, ticks=ticks)
    y = Axis("", "time of the layer", low=0.0, high=high, ticks=steps)
    marks = Bars(places, ratios, "loop of cells", width=0.5), Rule("y", 1.0, "the layer")
    panel = Panel("loop", x, y, marks, "a loop of cells")
    same = " · ".join(f"{names.get(kind, kind)} {found[f'difference_{kind}']}" for kind in KINDS)
    return Picture("A cell in a loop and its layer", ((panel,),), f"largest difference: {same}")


def draw(name: str, picture: Picture) -> None:
    """Write it where the documentation looks for it."""
    target = Path(__file__).resolve().parent.parent / "docs/pictures/systems" / f"{name}.png"
    write_picture(picture, target, "light", 7.0, 3.5, 96)
    Image.open(target).convert("RGB").quantize(64).save(target, optimize=True)


if __name__ == "__main__":
    draw("forwards", of_learning_forwards(rtrl.measure()))
    draw("loop", of_a_loop_of_cells(cells.measure()))
