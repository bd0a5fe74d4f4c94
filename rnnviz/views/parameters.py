"""Parameters: every matrix as an image, with its norm and its gradient's norm."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import AnyPanel, Axis, ColourScale, Heatmap, Panel, Picture, Table
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.arrows import key
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import Values, as_floats, find
from rnnviz.tracks.parameter_names import shortened
from rnnviz.tracks.scales import rung

ACROSS = 3
GROUPS = {"weights": "parameter", "gradients": "parameter_gradient"}


class Parameters(View):
    """The selected matrix large, all others small, and a table of norms."""

    name = "parameters"
    title = "Parameters"
    sentence = "The weight matrices as images, with their norms and their gradients' norms."
    needs = frozenset({"parameters"})
    depends = frozenset({"snapshot", "selection"})
    options = (
        Option("show", "Show", "weights", tuple(GROUPS), "The values, or their gradients."),
    )  # fmt: skip
    group = "Run"
    menu_order = 80

    def missing(self, scene: Scene) -> str:
        """Waits for a look that brought the matrices."""
        group = GROUPS[scene.choice(self, "show")]
        if scene.snapshot is not None and _matrices(scene.snapshot, group):
            return ""
        invitation = "Start training or open a run: its weight matrices will be drawn here."
        return absent(
            scene, "gradient of a weight" if "gradient" in group else "weight", invitation
        )

    def draw(self, scene: Scene) -> Picture:
        """Large picture, small ones, table."""
        snapshot = scene.snapshot
        assert snapshot is not None
        matrices = _matrices(snapshot, GROUPS[scene.choice(self, "show")])
        wanted = scene.selection.parameter
        chosen = wanted if wanted in matrices else next(iter(matrices))
        rows: list[tuple[AnyPanel, ...]] = [
            (_large(snapshot, chosen, matrices[chosen], scene.notation),)
        ]
        others = [name for name in matrices if name != chosen and matrices[name].shape[0] > 1]
        for first in range(0, len(others), ACROSS):
            names = others[first : first + ACROSS]
            rows.append(
                tuple(
                    _small(name, matrices[name], key(snapshot, name, scene.notation))
                    for name in names
                )
            )
        rows.append((_norms(snapshot),))
        texts = (scene.choice(self, "show"), _origin(snapshot), chosen)
        return Picture(self.title, tuple(rows), subtitle(scene, *texts))


def _origin(snapshot: Snapshot) -> str:
    """Said where the weights are not of this very step."""
    step = snapshot.weights_step
    return "" if step is None else f"weights of the checkpoint at step {step:,}"


def _matrices(snapshot: Snapshot, group: str) -> dict[str, Values]:
    """All recorded arrays of the group as matrices; a vector is one row."""
    found = {}
    for info in snapshot.structure.parameters:
        array = find(snapshot, f"{group}/{info.name}")
        if array is not None and array.values.ndim in (1, 2):
            found[info.name] = np.atleast_2d(as_floats(array))
    return found


def _scale(values: Values, label: str) -> ColourScale:
    reach = rung(values, least=1e-6)
    return ColourScale("signed", -reach, reach, label)


def _large(snapshot: Snapshot, name: str, values: Values, notation: str) -> Panel:
    """The chosen matrix by its letter; its name in the program stands in the subtitle."""
    return _image(name, values, key(snapshot, name, notation), 1.6, bar=True)


def _small(name: str, values: Values, title: str) -> Panel:
    return _image(name, values, title, 0.8, bar=False)


def _image(name: str, values: Values, title: str, height: float, bar: bool) -> Panel:
    rows, columns = values.shape
    scale = _scale(values, "value")
    x = Axis("column", low=-0.5, high=columns - 0.5, visible=bar)
    y = Axis("row", low=-0.5, high=rows - 0.5, inverted=True, visible=bar)
    low = {True: "", False: f"±{scale.high:g}"}
    return Panel(
        f"matrix/{name}", x, y, (Heatmap(values, scale, label=name),),
        title=title, note=f"{rows} × {columns}  {low[bar]}".strip(), selects={"parameter": name},
        height=height, colour_bar=scale if bar else None,
    )  # fmt: skip


def _norms(snapshot: Snapshot) -> Table:
    columns = ("parameter", "shape", "norm", "gradient", "ratio")
    rows = []
    for info in snapshot.structure.parameters:
        norm = _norm(snapshot, "", f"parameter/{info.name}")
        gradient = _norm(snapshot, "gradient/", f"parameter_gradient/{info.name}")
        share = gradient / norm if norm > 0 else float("nan")
        shape = " × ".join(str(size) for size in info.shape)
        rows.append((info.name, shape, norm, gradient, share))
    selects = tuple({"parameter": info.name} for info in snapshot.structure.parameters)
    return Table(
        "norms", columns, tuple(rows), title="norm of each parameter and of its gradient",
        selects=selects, pixels=64 + 21 * len(rows),
        short=shortened(info.name for info in snapshot.structure.parameters),
    )  # fmt: skip


def _norm(snapshot: Snapshot, group: str, name: str) -> float:
    """The norm as it was analysed with the snapshot, else computed here."""
    known = find(snapshot, f"parameter_norm/{group}{name.partition('/')[2]}")
    if known is not None:
        return float(known.values.ravel()[0])
    array = find(snapshot, name)
    return float("nan") if array is None else float(np.linalg.norm(as_floats(array)))
