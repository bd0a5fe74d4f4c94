"""The cliff in the loss of a recurrent network, and what clipping does to the step at its edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.picture import (
    Axis,
    ColourScale,
    Heatmap,
    Line,
    Panel,
    Picture,
    Points,
    Rule,
)
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import log_axis, value_axis
from rnnviz.tracks.focus import Values

STEPS_THROUGH_TIME, WANTED, BEGUN = 50, 0.7, 0.5
UPDATES = 60
START = (4.8, -2.2)
WEIGHT, BIAS = (4.2, 6.2), (-2.9, -0.2)
"""What is drawn of the plane."""

FINE = 97
LOSS = ColourScale("unit", 0.0, 0.5, "loss")


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Gradient descent from `START`: where it came, the loss and the gradient's norm there.

    places  (step, 2) weight and bias
    """

    places: Values
    losses: Values
    norms: Values


class Cliff(View):
    """A network of one unit, so small that its whole loss can be drawn, and two descents on it."""

    name = "cliff"
    title = "Cliff"
    sentence = (
        "The loss of a network of one unit over 50 steps, and gradient descent on it with and "
        "without clipping."
    )
    depends = frozenset({"corpus"})
    options = (
        Option("threshold", "Clip at", "0.1", ("0.05", "0.1", "0.5"), "The limit of the norm."),
        Option("rate", "Learning rate", "0.1", ("0.05", "0.1", "0.2"), "Size of an update."),
    )
    group = "Gradients"
    menu_order = 75

    def missing(self, scene: Scene) -> str:
        """Waits for a run, whose clipping it explains."""
        if scene.network is None:
            return "Prepare a run: why gradients of recurrent networks are clipped comes here."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """The plane; under it loss and gradient over the updates."""
        threshold, rate = (float(scene.choice(self, name)) for name in ("threshold", "rate"))
        free, clipped = descend(rate, np.inf), descend(rate, threshold)
        rows = ((_plane(free, clipped),), (_losses(free, clipped), _norms(free, threshold)))
        steep = float(free.norms.max())
        told = (
            f"largest gradient {steep:.3g}: an update of {rate * steep:.2g} without clipping, "
            f"of {rate * min(steep, threshold):.2g} with it"
        )
        return Picture(self.title, rows, f"x(t) = w σ(x(t−1)) + b, (σ(x(50)) − 0.7)² · {told}")


def loss(weight: Values, bias: Values) -> tuple[Values, Values, Values]:
    """(σ(x) − 0.7)² of x after 50 steps of x ← w σ(x) + b from 0.5, and its two derivatives, which
    are carried forward with x (the example of Pascanu, Mikolov and Bengio 2013, section 2.3).
    """
    x = np.full(np.broadcast(weight, bias).shape, BEGUN)
    by_weight, by_bias = np.zeros_like(x), np.zeros_like(x)
    for _ in range(STEPS_THROUGH_TIME):
        s = _sigmoid(x)
        slope = weight * s * (1 - s)
        by_weight, by_bias, x = s + slope * by_weight, 1 + slope * by_bias, weight * s + bias
    s = _sigmoid(x)
    outer = 2 * (s - WANTED) * s * (1 - s)
    return (s - WANTED) ** 2, outer * by_weight, outer * by_bias


def descend(rate: float, threshold: float) -> Descent:
    """`UPDATES` steps of gradient descent, the norm limited to `threshold`."""
    place, places, losses, norms = np.array(START), [], [], []
    for _ in range(UPDATES):
        value, *slopes = loss(*(np.asarray(number) for number in place))
        gradient = np.array([float(slope) for slope in slopes])
        norm = float(np.linalg.norm(gradient))
        places.append(place)
        losses.append(float(value))
        norms.append(norm)
        place = place - rate * gradient * min(1.0, threshold / max(norm, 1e-300))
    return Descent(np.array(places), np.array(losses), np.array(norms))


def _sigmoid(x: Values) -> Values:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def _plane(free: Descent, clipped: Descent) -> Panel:
    across, down = np.linspace(*WEIGHT, FINE), np.linspace(*BIAS, FINE)
    values, _, _ = loss(across[None], down[:, None])
    image = Heatmap(
        values, LOSS, across[0], down[0], across[1] - across[0], down[1] - down[0], "loss"
    )
    start = Points(np.array([START[0]]), np.array([START[1]]), "start", "text", 8.0)
    return Panel(
        "plane",
        Axis("weight w", low=WEIGHT[0], high=WEIGHT[1]),
        Axis("bias b", low=BIAS[0], high=BIAS[1]),
        (image, _path(free, "without clipping", "bad"), _path(clipped, "with clipping", "good"),
         start),
        title="the loss by both parameters",
        height=2.2,
        colour_bar=LOSS,
    )  # fmt: skip


def _path(descent: Descent, label: str, colour: str) -> Line:
    weights, biases = descent.places.T
    return Line(weights, biases, label, colour, 1.8)


def _losses(free: Descent, clipped: Descent) -> Panel:
    steps = np.arange(UPDATES, dtype=float)
    lines = (
        Line(steps, free.losses, "without clipping", "bad", 1.6),
        Line(steps, clipped.losses, "with clipping", "good", 1.6),
    )
    high = 1.05 * float(max(free.losses.max(), clipped.losses.max()))
    return Panel(
        "losses", _updates(), value_axis(0.0, high, "loss"), lines, title="loss", legend=True
    )


def _norms(free: Descent, threshold: float) -> Panel:
    steps = np.arange(UPDATES, dtype=float)
    values = np.log10(np.maximum(free.norms, 1e-6))
    line = Line(steps, values, "gradient without clipping", "bad", 1.6)
    limit = Rule("y", float(np.log10(threshold)), "threshold")
    axis = log_axis(values, "‖gradient‖")
    return Panel("norms", _updates(), axis, (line, limit), title="gradient norm, without clipping")


def _updates() -> Axis:
    return Axis("update", low=-0.5, high=UPDATES - 0.5)
