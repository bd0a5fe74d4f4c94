"""Backpropagation through time, term by term: which loss teaches the recurrent matrix through which
moment, how Jacobians fade or grow on the way, and what borders between chunks cut off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.contracts.picture import Axis, ColourScale, Heatmap, Line, Mark, Panel, Picture, Rule
from rnnviz.contracts.view import Option, Scene, View
from rnnviz.tracks.axes import log_axis, numbered_last, round_up, time_axis, value_axis
from rnnviz.tracks.borders import chunk_of, staircase, with_borders
from rnnviz.tracks.caption import absent, place, plural, subtitle
from rnnviz.tracks.focus import Focus, Values, chosen_time, focus, looking, series, table
from rnnviz.tracks.jacobian import distance_panel
from rnnviz.tracks.scales import log10, rung
from rnnviz.tracks.tokens import token_track

TERM = ColourScale("magnitude", -6.0, 2.0, "log₁₀ ‖term‖")
CHUNKS = ("as trained", "2", "5", "10", "20", "none")


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Of the layer in focus: lengths and shares (T, K), NaN where k comes after t."""

    at: Focus
    lengths: Values
    shares: Values

    @property
    def asked(self) -> list[int]:
        """Positions with a loss that teaches anything."""
        return np.flatnonzero(np.isfinite(self.lengths).any(axis=1)).tolist()

    def kept(self, chunk: int) -> float:
        """Part of the gradient, along itself, that chunks of this length leave."""
        of = np.arange(max(self.shares.shape)) // chunk
        same = of[: len(self.shares), None] == of[None, : self.shares.shape[1]]
        return float(np.nansum(np.where(same, self.shares, 0.0)))


class Bptt(View):
    """The terms as an image over t and k, those of one loss as a curve; Jacobians over distance and
    what chunks of any length would leave.
    """

    name = "bptt"
    title = "Backpropagation through time"
    sentence = (
        "Every term ∂L_t/∂h_t · ∂h_t/∂h_k · ∂h_k/∂W_hh of the recurrent matrix's gradient, and how "
        "it fades with t − k."
    )
    needs = frozenset({"states", "backpropagation"})
    depends = frozenset({"snapshot", "selection", "window", "corpus"})
    options = (
        Option("show", "Show", "length", ("length", "share"),
               "How long each term is, or what part of the whole gradient it contributes."),
        Option("chunk", "Chunks", "as trained", CHUNKS, "Cut the probe into chunks of so many."),
    )  # fmt: skip
    group = "Gradients"
    menu_order = 51

    def missing(self, scene: Scene) -> str:
        """Waits for a look that took the gradient apart."""
        if _terms(scene) is not None:
            return ""
        invitation = "Start training or open a run: every term of its gradient will stand here."
        return absent(scene, "term of the gradient", invitation)

    def draw(self, scene: Scene) -> Picture:
        """Tracks over k, and under them the curves over distance and chunk length."""
        terms = _terms(scene)
        assert terms is not None
        snapshot, at = looking(scene)
        chunk = self._chunk(scene, terms)
        tracks = token_track(scene, snapshot, at.part.axis), self._image(terms, scene, chunk)
        row = _of_one_loss(terms, scene, chunk)
        shown = [track for track in (*tracks, row) if track is not None]
        curves = distance_panel(snapshot, at), _left(terms, scene, chunk)
        below = tuple(panel for panel in curves if panel is not None)
        rows: list[tuple[Panel, ...]] = [(track,) for track in numbered_last(shown)]
        rows += [below] if below else []
        texts = place(snapshot, at), _agreement(terms, scene)
        return Picture(self.title, tuple(rows), subtitle(scene, *texts), stacked=True)

    def _image(self, terms: _Terms, scene: Scene, chunk: int) -> Panel:
        """One row per loss, one column per moment through which it teaches."""
        share = scene.choice(self, "show") == "share"
        values = terms.shares if share else log10(terms.lengths)
        values = np.where(np.isfinite(terms.lengths), values, np.nan)
        reach = rung(values, least=1e-3)
        scale = ColourScale("signed", -reach, reach, "part of the gradient") if share else TERM
        steps = staircase(values.shape[1], chunk)
        marks: list[Mark] = [Heatmap(values, scale, label=scale.label, blank=True)]
        marks += [steps] if steps is not None else []
        return Panel(
            "terms", _moments(terms, scene), _losses(terms), tuple(marks), title="terms",
            note="loss t ↓, moment k →", selects=terms.at.selects, height=4.0,
            colour_bar=scale,
        )  # fmt: skip

    def _chunk(self, scene: Scene, terms: _Terms) -> int:
        """Length of the chunks that are drawn, 0 without."""
        choice = scene.choice(self, "chunk")
        if terms.at.part.axis != "time" or terms.at.part.reverse or choice == "none":
            return 0
        return chunk_of(scene) if choice == "as trained" else int(choice)


def _terms(scene: Scene) -> _Terms | None:
    at = focus(scene)
    if at is None or scene.snapshot is None:
        return None
    where = at.address("W_hh")
    lengths = table(scene.snapshot, f"backpropagation/term/{where}")
    shares = table(scene.snapshot, f"backpropagation/share/{where}")
    if lengths is None or shares is None or lengths.shape != shares.shape:
        return None
    return _Terms(at, np.where(lengths > 0, lengths, np.nan), shares)


def _moments(terms: _Terms, scene: Scene) -> Axis:
    assert scene.snapshot is not None
    return time_axis(scene.snapshot, terms.at.part.axis, terms.lengths.shape[1])


def _losses(terms: _Terms) -> Axis:
    """Rows from the first loss to the last, so that one answer at the end fills the panel too."""
    asked = terms.asked or [0]
    return Axis("loss at t", low=asked[0] - 0.5, high=asked[-1] + 0.5, inverted=True)


def _of_one_loss(terms: _Terms, scene: Scene, chunk: int) -> Panel | None:
    """The sum of the lectures: through which moments the loss at one t teaches."""
    if not terms.asked:
        return None
    wanted = chosen_time(scene, "time")
    aim = terms.asked[-1] if wanted is None else wanted
    t = min(terms.asked, key=lambda each: abs(each - aim))
    lengths = terms.lengths[t]
    y = np.where(np.isfinite(lengths), log10(lengths), np.nan)
    k = np.arange(len(y), dtype=float)
    marks: list[Mark] = []
    if chunk and (cut := k < chunk * (t // chunk)).any():
        marks.append(Line(k, np.where(cut, y, np.nan), "cut off", "warning", 1.4, "dashed"))
        y = np.where(cut, np.nan, y)
    marks.insert(0, Line(k, y, "kept" if marks else "terms", "accent", 1.8))
    panel = Panel(
        "one_loss", _moments(terms, scene), log_axis(log10(lengths), "", least=(-4, 0)),
        tuple(marks), title=f"t = {t}", note="log scale", legend=len(marks) > 1, height=1.4,
    )  # fmt: skip
    return with_borders([panel], chunk)[0]


def _left(terms: _Terms, scene: Scene, chunk: int) -> Panel | None:
    """What is left of the whole gradient by the length of the chunks that none passes."""
    found = _chunks(terms, scene)
    if not len(found):
        return None
    lengths, left = found.T
    along = np.array([terms.kept(int(length)) for length in lengths])
    marks: list[Mark] = [
        Line(lengths, along, "along the gradient", "series:0", 1.8),
        Line(lengths, left, "length", "series:1", 1.4, "dashed"),
        Rule("y", 1.0, style="dotted", colour="muted"),
    ]
    marks += [Rule("x", float(chunk))] if 0 < chunk < lengths[-1] else []
    low, high = min(0.0, float(along.min())), round_up(max(1.2, float(left.max())))
    return Panel(
        "left", Axis("chunk length", low=1.0, high=max(float(lengths[-1]), 2.0)),
        value_axis(low, high, "part of the whole"), tuple(marks), title="cut into chunks",
        note=_kept_note(terms, chunk, lengths[-1]), legend=True, height=2.6,
    )  # fmt: skip


def _chunks(terms: _Terms, scene: Scene) -> Values:
    """Rows of chunk length and length of what is left; none where it was not computed."""
    assert scene.snapshot is not None
    found = table(scene.snapshot, f"backpropagation/truncated/{terms.at.address('W_hh')}")
    if found is None or found.shape[1] != 2 or not np.isfinite(found).all():
        return np.empty((0, 2))
    sensible = (found[:, 0] >= 1) & (found[:, 0] <= len(terms.lengths)) & (found[:, 1] >= 0)
    return found[sensible]


def _kept_note(terms: _Terms, chunk: int, whole: float) -> str:
    if not 0 < chunk < whole:
        return "no border in this probe"
    return f"chunks of {chunk}: {100 * terms.kept(chunk):.0f} % kept"


def _agreement(terms: _Terms, scene: Scene) -> str:
    """`1,275 terms; their sum is autograd's gradient within 4e-07 of its length`."""
    assert scene.snapshot is not None
    found = series(scene.snapshot, f"backpropagation/sum/{terms.at.address('W_hh')}")
    count = plural(int(np.isfinite(terms.lengths).sum()), "term")
    if found is None or len(found) != 2 or not np.isfinite(found).all() or found[0] <= 0:
        return count
    return f"{count}; their sum is autograd's ∂L/∂W_hh within {found[1] / found[0]:.0e}"
