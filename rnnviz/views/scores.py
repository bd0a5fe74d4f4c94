"""Scores: what the held-out part says of the network, beside what simple methods reach on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.picture import AnyPanel, Axis, Line, Mark, Panel, Picture, Points, Rule, Table
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import round_up, value_axis
from rnnviz.tracks.caption import plural
from rnnviz.tracks.tokens import shorten

MOST_CURVES, ACROSS, MOST_EXAMPLES, LONGEST = 6, 3, 40, 60


class Scores(View):
    """A table of figures with their baselines, each figure over training, held-out examples."""

    name = "scores"
    title = "Scores"
    sentence = "Figures of the held-out part beside simple methods, over training, with examples."
    depends = frozenset({"evaluations", "selection"})
    options = (
        Option(
            "examples", "Examples", "all", ("all", "wrong", "right", "none"), "Which ones to list."
        ),
        Option("curves", "Over training", True, help="Each figure at every validation so far."),
    )
    group = "Quality"
    menu_order = 77

    def missing(self, scene: Scene) -> str:
        """Waits for the first evaluation."""
        found = scene.evaluation
        if found is None or not (found.figures or found.examples):
            return (
                "At each validation the network is examined on what it was not trained on: its "
                "figures will stand here beside those of simple methods."
            )
        return ""

    def draw(self, scene: Scene) -> Picture:
        """Table, curves, examples."""
        evaluation = scene.evaluation
        assert evaluation is not None
        rows: list[tuple[AnyPanel, ...]] = []
        if evaluation.figures:
            rows.append((_figures(evaluation.figures),))
        if scene.option(self, "curves"):
            rows += _curves(_until(scene.evaluations, evaluation.step), evaluation.figures)
        examples = _chosen(evaluation.examples, scene.choice(self, "examples"))
        if examples or not rows:
            rows.append((_examples(examples),))
        return Picture(self.title, tuple(rows), _subtitle(evaluation))


def _until(evaluations: Sequence[Evaluation], step: int) -> list[Evaluation]:
    return [evaluation for evaluation in evaluations if evaluation.step <= step]


def named(figure: Figure) -> str:
    """Name and unit of a figure."""
    return f"{figure.name} ({figure.unit})" if figure.unit else figure.name


def verdict(figure: Figure) -> str:
    """Whether the network does better than the simple method, "" where none is known."""
    if not np.isfinite((figure.value, figure.baseline)).all():
        return ""
    ahead = figure.value - figure.baseline
    ahead = ahead if figure.better == "higher" else -ahead
    return "better" if ahead > 0 else "equal" if ahead == 0 else "worse"


def _figures(figures: Sequence[Figure]) -> Table:
    rows = tuple(
        (
            named(figure),
            float(figure.value),
            float(figure.baseline),
            figure.baseline_name,
            verdict(figure),
        )
        for figure in figures
    )
    columns = ("figure", "network", "simple method", "which", "the network is")
    return Table("figures", columns, rows, title="on the held-out part", pixels=58 + 22 * len(rows))


def _curves(
    evaluations: Sequence[Evaluation], figures: Sequence[Figure]
) -> list[tuple[AnyPanel, ...]]:
    shown = enumerate(figures[:MOST_CURVES])
    panels = [_curve(evaluations, figure, f"curve/{k}") for k, figure in shown]
    across = 2 if len(panels) == 4 else ACROSS
    return [tuple(panels[k : k + across]) for k in range(0, len(panels), across)]


def _curve(evaluations: Sequence[Evaluation], figure: Figure, panel: str) -> Panel:
    """One figure at each validation, the simple method as a line across."""
    steps = np.array([float(evaluation.step) for evaluation in evaluations])
    values = np.array([_value(evaluation, figure.name) for evaluation in evaluations])
    known = np.isfinite(values)
    marks: list[Mark] = [
        Line(steps, values, figure.name, "series:0", 1.6),
        Points(steps[known], values[known], "", "series:0", 4.0),
    ]
    if np.isfinite(figure.baseline):
        label = shorten(figure.baseline_name or "simple method", 24)
        marks.append(Rule("y", float(figure.baseline), label, "muted"))
    everything = np.append(values[known], figure.baseline)
    x = Axis("step", dim="step", low=0.0, high=max(float(steps[-1]), 1.0))
    return Panel(panel, x, _axis(everything), tuple(marks), title=named(figure), pixels=150)


def _axis(values: np.ndarray) -> Axis:
    """From zero (or the lowest value below it) to a round number above all; shares go up to 1."""
    finite = values[np.isfinite(values)]
    high = float(finite.max(initial=0.0))
    low = float(finite.min(initial=0.0))
    top = 1.0 if 0.5 < high <= 1.0 else round_up(high)
    return value_axis(-round_up(-low) if low < 0 else 0.0, top)


def _value(evaluation: Evaluation, name: str) -> float:
    """The figure called `name`, NaN where it is missing or not finite."""
    found = [float(f.value) for f in evaluation.figures if f.name == name]
    return found[0] if found and np.isfinite(found[0]) else float("nan")


def _chosen(examples: Sequence[Example], which: str) -> list[Example]:
    """Wrong ones first: they teach more."""
    if which == "none":
        return []
    kept = [e for e in examples if which == "all" or e.right == (which == "right")]
    return sorted(kept, key=lambda example: example.right)[:MOST_EXAMPLES]


def _examples(examples: Sequence[Example]) -> Table:
    rows = tuple(
        (
            "right" if example.right else "wrong",
            *(shorten(text, LONGEST) for text in (example.given, example.true, example.said)),
        )
        for example in examples
    )
    return Table(
        "examples", ("", "given", "true", "network"), rows, title="held-out examples", height=2.0,
        pixels=58 + 22 * max(len(rows), 1),
    )  # fmt: skip


def _subtitle(evaluation: Evaluation) -> str:
    examples = evaluation.examples
    right = sum(example.right for example in examples)
    texts = [f"step {evaluation.step:,}", "held-out part"]
    if examples:
        texts.append(f"{right} of {plural(len(examples), 'listed example')} right")
    return " · ".join(texts)
