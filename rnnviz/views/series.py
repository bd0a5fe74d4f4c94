"""Series: the held-out end beside its prediction, and the moments that were not expected."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.evaluation import Evaluation, Figure
from rnnviz.contracts.picture import Axis, Boxes, Line, Mark, Panel, Picture, Points, Rule
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import numbered_last
from rnnviz.tracks.focus import Values


class Series(View):
    """Truth, prediction and band for each column; the error under it against its threshold."""

    name = "series"
    title = "Series"
    sentence = "Prediction against truth on the held-out end, the error band, and flagged moments."
    depends = frozenset({"evaluations", "corpus", "selection"})
    options = (
        Option("band", "Band", True, help="What counts as expected around the prediction."),
        Option("error", "Error", True, help="Prediction minus truth, with the threshold."),
    )
    group = "Quality"
    menu_order = 76

    def missing(self, scene: Scene) -> str:
        """Says which task fills it."""
        found = scene.evaluation
        if found is None or "series/true" not in found.arrays:
            return "Train on a time series: its held-out end will be drawn beside the prediction."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """One or two panels for each column."""
        found = scene.evaluation
        assert found is not None
        true, said, limit = (_table(found, name) for name in ("true", "predicted", "limit"))
        panels = []
        for k in range(true.shape[1]):
            band = float(limit[k]) if scene.option(self, "band") else 0.0
            name = _column(scene, k)
            panels.append(_values(found, true[:, k], said[:, k], band, name))
            if scene.option(self, "error"):
                panels.append(_errors(said[:, k] - true[:, k], float(limit[k]), name))
        rows = tuple((panel,) for panel in numbered_last(panels))
        text = " · ".join([f"step {found.step:,}", *map(_spelt, found.figures)])
        return Picture(self.title, rows, text, stacked=True)


def _table(found: Evaluation, name: str) -> Values:
    return np.asarray(found.arrays[f"series/{name}"].values, dtype=np.float64)


def _column(scene: Scene, k: int) -> str:
    names = dict(scene.corpus.facts).get("columns", "").split(", ") if scene.corpus else []
    return names[k] if k < len(names) else f"column {k + 1}"


def _spelt(figure: Figure) -> str:
    known = np.isfinite(figure.baseline)
    beside = f" ({figure.baseline_name} {figure.baseline:.2f})" if known else ""
    return f"{figure.name} {figure.value:.2f}{beside}"


def _values(found: Evaluation, true: Values, said: Values, band: float, name: str) -> Panel:
    x = np.arange(len(true), dtype=float)
    known = np.concatenate([true, said - band, said + band])
    low, high = float(np.nanmin(known)), float(np.nanmax(known))
    margin = 0.05 * (high - low or 1.0)
    low, high = low - margin, high + margin
    marks: list[Mark] = [*_marked(found, low, high)]
    if band:
        marks.append(Line(x, said + band, "expected within", "muted", 0.8, "dashed"))
        marks.append(Line(x, said - band, "", "muted", 0.8, "dashed", legend=False))
    marks += [Line(x, said, "predicted", "series:1", 1.4), Line(x, true, "true", "text", 1.2)]
    flagged = np.asarray(found.arrays["series/flagged"].values) > 0
    if flagged.any():
        marks.append(Points(x[flagged], true[flagged], "flagged", "bad", 6.0))
    return Panel(
        f"values/{name}", _moments(len(true)), Axis(name, low=low, high=high), tuple(marks),
        title=name, note="held out", legend=True, height=2.4,
    )  # fmt: skip


def _errors(errors: Values, limit: float, name: str) -> Panel:
    x = np.arange(len(errors), dtype=float)
    reach = 1.1 * max(float(np.nanmax(np.abs(errors), initial=0.0)), limit)
    marks: tuple[Mark, ...] = (
        Line(x, errors, "error", "series:1", 1.0),
        Rule("y", limit, "threshold"),
        Rule("y", -limit),
    )
    y = Axis("error", low=-reach, high=reach)
    return Panel(f"error/{name}", _moments(len(errors)), y, marks, title="error", height=1.0)


def _moments(length: int) -> Axis:
    return Axis("moments after the held-out part begins", low=-0.5, high=length - 0.5)


def _marked(found: Evaluation, low: float, high: float) -> list[Mark]:
    """A box behind every run of moments that the table itself marks as wrong."""
    array = found.arrays.get("series/marked")
    if array is None or not np.any(array.values):
        return []
    edges = np.diff(np.concatenate([[0], np.asarray(array.values) > 0, [0]]).astype(int))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    count = len(begins)
    return [
        Boxes(
            (begins + ends - 1) / 2.0, np.full(count, (low + high) / 2),
            (ends - begins).astype(float), np.full(count, high - low), "marked in the table",
            fill="faint", outline="faint", rounded=False,
        )
    ]  # fmt: skip
