"""Training: loss, perplexity, gradient norms and learning rate over all steps."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from rnnviz.contracts import fitting
from rnnviz.contracts.history import COLUMNS, History
from rnnviz.contracts.picture import Axis, Line, Mark, Panel, Picture, Points, Rule
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import log_axis, numbered_last, round_up, value_axis
from rnnviz.tracks.curves import SMOOTHING, Floats, ends, running_mean

LABEL_HEIGHT = 0.5
"""What a line's name takes of a panel of height 1, in a small window."""


class Training(View):
    """Curves over steps. Every step is in the picture, so each zoom shows the true extremes."""

    name = "training"
    title = "Training"
    sentence = "Loss, perplexity, gradient norm and learning rate at every step."
    depends = frozenset({"history", "corpus"})
    options = (
        Option("unit", "Loss in", "nats", ("nats", "bits"), "1 nat is 1.44 bits."),
        Option(
            "smoothing", "Smoothing", "little", tuple(SMOOTHING), "Running mean of 20 or 200 steps."
        ),
        Option("log", "Log axis", False, help="Loss and perplexity on a logarithmic scale."),
        Option(
            "perplexity", "Perplexity", True, help="eᴸ: among how many equal choices it wavers."
        ),
        Option("norm", "Gradient norm", True, help="Before and after clipping."),
        Option("rate", "Learning rate", True, help="In force at each step."),
    )
    group = "Run"
    menu_order = 20

    def missing(self, scene: Scene) -> str:
        """Waits for the first step."""
        if scene.history is None or not len(scene.history):
            return "Press Train: loss, gradient norm and learning rate will be drawn here."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Loss on top, the others under it over the same steps."""
        history = scene.history
        assert history is not None
        curves = _Curves(self, scene, history)
        panels = [curves.loss()]
        panels += [curves.perplexity()] if curves.nats and scene.option(self, "perplexity") else []
        panels += [curves.norm()] if scene.option(self, "norm") else []
        panels += [curves.rate()] if scene.option(self, "rate") else []
        rows = tuple((panel,) for panel in numbered_last(panels))
        numbers = {name: history.column(name) for name in COLUMNS}
        corpus = scene.corpus
        counted = fitting.asked(corpus.task, corpus.unit) if corpus else "tokens"
        text = _subtitle(history, curves.unit, counted)
        return Picture(self.title, rows, text, stacked=True, numbers=numbers)


class _Curves:
    """The panels of one drawing, over one step axis."""

    def __init__(self, view: Training, scene: Scene, history: History) -> None:
        self._scene, self._history = scene, history
        self._smooth = SMOOTHING.get(scene.choice(view, "smoothing"), 1)
        self._log = bool(scene.option(view, "log"))
        self._given = scene.corpus.loss_unit if scene.corpus else "nats"
        self._bits = self.nats and scene.choice(view, "unit") == "bits"
        self._steps = history.column("step")

    @property
    def nats(self) -> bool:
        """True where the loss is a cross-entropy, so that it can be in bits and as perplexity."""
        return self._given == "nats"

    @property
    def unit(self) -> str:
        """Of the loss as it is drawn."""
        return "bits" if self._bits else self._given

    def loss(self) -> Panel:
        share = 1 / math.log(2) if self._bits else 1.0
        train, valid = self._history.column("loss"), self._history.column("validation_loss")
        if self._bits:
            train, valid = train * share, valid * share
        simple = self._simple(lambda nats: nats * share)
        marks = [*self._noisy(train, "training"), *self._sparse(valid, "validation")]
        everything = [train, valid, np.array([value for value, _ in simple])]
        marks += self._rules(simple, everything, 4.5)
        note = f"{self.unit} per token" if self.nats else self.unit
        return self._panel("loss", marks, everything, "loss", note, 4.5)

    def perplexity(self) -> Panel:
        train = _perplexity(self._history.column("loss"))
        valid = _perplexity(self._history.column("validation_loss"))
        marks = [*self._noisy(train, "training"), *self._sparse(valid, "validation")]
        counted = [line for line in self._simple(math.exp) if not line[1].startswith("guessing")]
        everything = [train, valid, np.array([value for value, _ in counted])]
        marks += self._rules(counted, everything, 2.0)
        return self._panel("perplexity", marks, everything, "perplexity", "", 2.0)

    def _rules(
        self, lines: list[tuple[float, str]], shown: list[Floats], height: float
    ) -> list[Mark]:
        """A line each; where two are too close for both names, the upper one's is left out."""
        top = _largest(ends([self._scaled(values) for values in shown]))
        apart, last, found = LABEL_HEIGHT / height * max(top, 1e-9), -math.inf, list[Mark]()
        for value, text in sorted(lines):
            place = self._position(value)
            text, last = (text, place) if place - last >= apart else ("", last)
            found.append(Rule("y", place, text, "muted", "dotted"))
        return found

    def _simple(self, shown: Callable[[float], float]) -> list[tuple[float, str]]:
        """What guessing and simple methods reach, from their losses as the picture shows them."""
        found = [(math.log(size), f"guessing among {size:,}") for size in self._outputs()]
        corpus = self._scene.corpus
        known = [b for b in corpus.baselines if b.of == "loss"] if corpus else []
        found += [(b.value, b.name) for b in known if math.isfinite(b.value) and b.value < 50]
        apart = {
            round(loss, 2): (loss, name) for loss, name in found
        }  # equal lines would overprint
        return [(shown(loss), f"{name} {shown(loss):.2f}") for loss, name in apart.values()]

    def _outputs(self) -> list[int]:
        """How many outputs a blind guess chooses from, if that is known and means something."""
        snapshot, corpus = self._scene.snapshot, self._scene.corpus
        size = len(snapshot.vocabulary) if snapshot else corpus.vocabulary_size if corpus else 0
        return [size] if self.nats and size > 1 else []

    def norm(self) -> Panel:
        before = _log10(self._history.column("norm"))
        after = _log10(self._history.column("norm_clipped"))
        marks: list[Mark] = [
            self._line(before, "before", "series:1", 1.0),
            self._line(after, "after", "series:0", 1.2),
        ]
        everything = [before, after]
        clip = float(self._history.column("clip")[-1])
        if np.isfinite(clip) and clip > 0:
            marks.append(Rule("y", math.log10(clip), _clip_text(self._history, clip)))
            everything.append(np.array([math.log10(clip)]))
        y = log_axis(ends(everything), "gradient norm", least=(-1, 1))
        return Panel(
            "norm",
            self._x(),
            y,
            tuple(marks),
            "gradient norm",
            "and clipped",
            legend=True,
            height=2.0,
        )

    def rate(self) -> Panel:
        values = self._history.column("learning_rate")
        y = value_axis(0.0, round_up(_largest(ends([values]))), "learning rate")
        line = self._line(values, "learning rate", "series:2", 1.4)
        return Panel("rate", self._x(), y, (line,), "learning rate", height=1.2)

    def _panel(
        self,
        name: str,
        marks: list[Mark],
        shown: list[Floats],
        label: str,
        unit: str,
        height: float,
    ) -> Panel:
        if self._log:
            known = ends([_log10(values) for values in shown])
            y = log_axis(known, label, unit, least=(0, 0.5))
        else:
            y = value_axis(0.0, round_up(_largest(ends(shown))), label, unit)
        title, note = label, unit
        return Panel(name, self._x(), y, tuple(marks), title, note, legend=True, height=height)

    def _x(self) -> Axis:
        first, last = float(self._steps[0]), float(self._steps[-1])
        return Axis("step", dim="step", low=first, high=max(last, first + 1))

    def _noisy(self, values: Floats, label: str) -> list[Mark]:
        """The values of every step, pale, and their running mean on top."""
        if self._smooth <= 1 or len(values) < 3:
            return [self._line(self._scaled(values), label, "series:0", 1.2)]
        mean = running_mean(values, self._smooth)
        return [
            self._line(self._scaled(values), "each step", "muted", 0.6),
            self._line(self._scaled(mean), f"mean of {self._smooth}", "series:0", 1.8),
        ]

    def _sparse(self, values: Floats, label: str) -> list[Mark]:
        if not np.isfinite(values).any():
            return []
        known = np.isfinite(values)
        # A dot at each, or the first validation of a run could not be seen.
        dots = Points(self._steps[known], self._scaled(values)[known], "", "series:1", 4.0)
        line = Line(dots.x, dots.y, label, "series:1", 1.8)
        return [line, dots]

    def _line(self, values: Floats, label: str, colour: str, width: float) -> Line:
        return Line(self._steps, values, label, colour, width)

    def _scaled(self, values: Floats) -> Floats:
        return _log10(values) if self._log else values

    def _position(self, value: float) -> float:
        return math.log10(value) if self._log else value


def _log10(values: Floats) -> Floats:
    known = np.where(values > 0, values, np.nan)
    return np.asarray(np.log10(known, out=known))


def _perplexity(losses: Floats) -> Floats:
    bounded = np.minimum(losses, 50.0)
    return np.asarray(np.exp(bounded, out=bounded))


def _largest(values: Floats) -> float:
    # The first steps of a run may tower over all others; nothing is hidden for that: they are data.
    return float(values.max()) if values.size else 1.0


def _clip_text(history: History, clip: float) -> str:
    after, threshold = history.column("norm_clipped"), history.column("clip")
    # A norm above the threshold after clipping: it limits single entries, not the whole.
    per_entry = bool(np.any(after > threshold * 1.01))
    return f"clip {clip:g} per entry" if per_entry else f"clip {clip:g}"


def _subtitle(history: History, unit: str, counted: str) -> str:
    last = history.last()
    assert last is not None
    share = 1 / math.log(2) if unit == "bits" else 1.0
    texts = [
        f"step {last.step:,}",
        *(() if math.isnan(last.epoch) else (f"epoch {last.epoch:.2f}",)),
        f"loss {last.loss * share:.3f} {unit}",
    ]
    if last.seconds > 0 and last.tokens > 0:
        texts.append(f"{last.tokens / last.seconds:,.0f} {counted}/s")
    return " · ".join(texts)
