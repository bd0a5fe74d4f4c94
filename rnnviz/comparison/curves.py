"""Curves of all runs over one axis: the same step, the same number of tokens, or the same time."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from rnnviz.contracts.comparison import Compared, Side, common
from rnnviz.contracts.history import COLUMNS
from rnnviz.contracts.picture import Axis, Line, Mark, Panel, Picture, Points
from rnnviz.contracts.view import Option
from rnnviz.tracks.axes import log_axis, numbered_last, value_axis
from rnnviz.tracks.curves import SMOOTHING, Floats, running_mean

TITLE = "Curves"
ALONG = ("step", "tokens", "seconds")
OPTIONS = (
    Option("along", "Over", "step", ALONG, "What the runs are aligned by."),
    Option("smoothing", "Smoothing", "little", tuple(SMOOTHING), "Mean of 20 or 200 steps."),
    Option("unit", "Loss in", "nats", ("nats", "bits"), "1 nat is 1.44 bits."),
    Option("log", "Log axis", False, help="Losses on a logarithmic scale."),
)


def curves(compared: Compared, options: Mapping[str, str | bool] | None = None) -> Picture:
    """Training loss, validation loss and the task's metric of every run, in the run's colour."""
    drawn = [side for side in compared if side.scene.history]
    if not drawn:
        return Picture(TITLE, message="None of these runs has made a step yet: train them first.")
    page = _Page(drawn, {**_defaults(), **(options or {})})
    panels = [page.training(), page.validation(), page.metric()]
    shown = [panel for panel in panels if panel is not None]
    rows = tuple((panel,) for panel in numbered_last(shown))
    return Picture(TITLE, rows, _subtitle(compared), stacked=True, numbers=_numbers(drawn))


def _defaults() -> dict[str, str | bool]:
    return {option.name: option.default for option in OPTIONS}


class _Page:
    """The panels of one drawing, over one axis."""

    def __init__(self, sides: list[Side], options: Mapping[str, str | bool]) -> None:
        self._sides = sides
        self._along = str(options["along"])
        self._smooth = SMOOTHING.get(str(options["smoothing"]), 1)
        self._log = bool(options["log"])
        self._given = common(side.loss_unit for side in sides)
        self._bits = options["unit"] == "bits" and self._given == "nats"
        self._metric = common((side.metric for side in sides), "metric")
        ends = [self._places(side) for side in sides]
        self._low = min(float(places[0]) for places in ends)
        self._high = max(float(places[-1]) for places in ends)

    def training(self) -> Panel:
        """Mean losses; the values of single steps would hide three of four runs."""
        means = [self._scaled(running_mean(self._loss(s, "loss"), self._smooth))
                 for s in self._sides]  # fmt: skip
        marks = [self._line(s, mean) for s, mean in zip(self._sides, means, strict=True)]
        note = f"mean of {self._smooth} steps" if self._smooth > 1 else "each step"
        return self._panel("training loss", note, tuple(marks), self._loss_axis(means))

    def validation(self) -> Panel | None:
        """The losses on what was kept aside, a dot at each validation."""
        found = [self._scaled(self._loss(side, "validation_loss")) for side in self._sides]
        return self._sparse("validation loss", found, self._loss_axis(found), self._unit)

    def metric(self) -> Panel | None:
        """The task's own figure, where it has one."""
        found = [self._column(side, "metric") for side in self._sides]
        y = _tight(np.concatenate(found), self._metric, "")
        return self._sparse(self._metric, found, y, "on what was kept aside")

    def _sparse(self, title: str, found: list[Floats], y: Axis, note: str) -> Panel | None:
        if not any(np.isfinite(values).any() for values in found):
            return None
        marks: list[Mark] = []
        for side, values in zip(self._sides, found, strict=True):
            known = np.isfinite(values)
            dots = self._places(side)[known], values[known]
            marks += [self._line(side, values), Points(*dots, "", side.colour, 4.0)]
        return self._panel(title, note, tuple(marks), y)

    def _panel(self, title: str, note: str, marks: tuple[Mark, ...], y: Axis) -> Panel:
        return Panel(title, self._x(), y, marks, title, note, legend=True, height=3.0)

    @property
    def _unit(self) -> str:
        if self._given != "nats":
            return self._given
        return f"{'bits' if self._bits else 'nats'} per token"

    def _loss_axis(self, values: list[Floats]) -> Axis:
        everything = np.concatenate(values)
        if self._log:
            return log_axis(everything, "loss", self._unit, least=(0.0, 0.5))
        return _tight(everything, "loss", self._unit)

    def _x(self) -> Axis:
        dim = "step" if self._along == "step" else ""
        high = max(self._high, self._low + 1)
        return Axis(self._along, dim=dim, low=self._low, high=high)

    def _line(self, side: Side, values: Floats) -> Line:
        known = np.isfinite(values)
        return Line(self._places(side)[known], values[known], side.name, side.colour, 1.6)

    def _places(self, side: Side) -> Floats:
        return self._column(side, self._along)

    def _loss(self, side: Side, column: str) -> Floats:
        return self._column(side, column) * (1 / math.log(2) if self._bits else 1.0)

    def _column(self, side: Side, name: str) -> Floats:
        assert side.scene.history is not None
        return side.scene.history.column(name)

    def _scaled(self, values: Floats) -> Floats:
        return np.log10(np.where(values > 0, values, np.nan)) if self._log else values


def _tight(values: Floats, label: str, unit: str) -> Axis:
    """A scale just around the values: small differences between runs are what is looked for."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = 0.04 * (high - low) or 0.5
    return value_axis(max(low - room, 0.0) if low >= 0 else low - room, high + room, label, unit)


def _subtitle(compared: Compared) -> str:
    """How far each run is, and a warning where losses do not compare."""
    lasts = [(side.name, side.scene.history and side.scene.history.last()) for side in compared]
    texts = [f"{name}: {last.step:,} steps" if last else f"{name}: no step" for name, last in lasts]
    if len({side.task for side in compared}) > 1:
        texts.append("different tasks: these losses do not compare")
    elif not common(side.loss_unit for side in compared):
        texts.append("losses in different units: they do not compare")
    elif len({_data(side) for side in compared}) > 1:
        texts.append("different data: compare these losses with care")
    return " · ".join(texts)


def _data(side: Side) -> tuple[object, ...]:
    if side.config is None:
        return (side.name,)  # nobody but its script knows
    task, corpus = side.config.task, side.scene.corpus
    size = corpus.vocabulary_size if corpus else 0
    return task.corpus, task.tokens, task.lowercase, task.validation_fraction, size


def _numbers(sides: list[Side]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for side in sides:
        assert side.scene.history is not None
        for name in COLUMNS:
            found[f"{side.name}/{name}"] = side.scene.history.column(name)
    return found
