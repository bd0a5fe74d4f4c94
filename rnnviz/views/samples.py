"""Samples: what the network writes as training goes on, from the same prompts and seeds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rnnviz.contracts import fitting
from rnnviz.contracts.picture import Picture, Span, TextLine, TextPanel
from rnnviz.contracts.snapshot import Sample
from rnnviz.contracts.view import Option, Scene, View

SHOWN = 60
LINES = 3  # of each sample: heading, text, blank
BLANK = TextLine((), "code")


class Samples(View):
    """Texts with the step they were written at; the prompt is set apart from what was added."""

    name = "samples"
    title = "Samples"
    sentence = "Texts the network wrote at different steps, from the same prompts and seeds."
    depends = frozenset({"samples", "selection", "step"})
    options = (
        Option("order", "Order", "newest first", ("newest first", "history"), "Which end is up."),
        Option("prompt", "One prompt", False, help="Only the newest sample's prompt."),
    )
    group = "Run"
    menu_order = 70

    def missing(self, scene: Scene) -> str:
        """Waits for the first sample."""
        if not scene.samples:
            return "The network's own texts will stand here, written every few hundred steps."
        return ""

    def draw(self, scene: Scene) -> Picture:
        """At most `SHOWN` samples; what is left out is said."""
        samples = list(scene.samples)
        if scene.option(self, "prompt"):
            samples = [sample for sample in samples if sample.prompt == samples[-1].prompt]
        now = _written_by(samples, scene.selection.step)
        shown = _around(samples, now)
        at = shown.index(samples[now]) if now is not None else None
        if scene.choice(self, "order") == "newest first":
            shown, at = shown[::-1], None if at is None else len(shown) - 1 - at
        about = scene.goal, scene.corpus is None or fitting.by_chance(scene.corpus.task)
        lines = tuple(line for sample in shown for line in (*_lines(sample, *about), BLANK))
        panel = TextPanel("samples", lines, at=None if at is None else at * LINES)
        return Picture(self.title, ((panel,),), _subtitle(samples, shown))


def _written_by(samples: Sequence[Sample], step: int | None) -> int | None:
    """Index of the newest sample at the step looked at; None where no step is chosen."""
    if step is None:
        return None
    return max(0, bisect_right([sample.step for sample in samples], step) - 1)


def _around(samples: list[Sample], now: int | None) -> list[Sample]:
    """At most `SHOWN` samples: the newest, or those around the one looked at."""
    end = len(samples) if now is None else min(len(samples), now + 1 + SHOWN // 2)
    return samples[max(0, end - SHOWN) : end]


def _subtitle(samples: Sequence[Sample], shown: Sequence[Sample]) -> str:
    first, last = min(s.step for s in shown), max(s.step for s in shown)
    count = f"{len(shown)} of {len(samples)} samples" if len(shown) < len(samples) else ""
    steps = f"step {first:,}" if first == last else f"steps {first:,} to {last:,}"
    return " · ".join(text for text in (steps, count) if text)


def _lines(sample: Sample, goal: int, by_chance: bool) -> tuple[TextLine, ...]:
    about = [f"{100 * sample.step / goal:.3g} %"] if 0 < sample.step <= goal else []
    if by_chance:
        about += [f"temperature {sample.temperature:g}", f"seed {sample.seed}"]
    if sample.prompt:
        about.append(f"prompt “{_one_line(sample.prompt)}”")
    details = f"  {' · '.join(about)}"
    heading = TextLine(
        (Span(f"step {sample.step:,}", "strong"), Span(details, "muted")),
        "heading",
        {"step": sample.step},
    )
    begun = sample.prompt if sample.prompt and sample.text.startswith(sample.prompt) else ""
    spans = (Span(begun, "muted"), Span(sample.text[len(begun) :], "code"))
    return heading, TextLine(tuple(span for span in spans if span.text), "code")


def _one_line(text: str, longest: int = 40) -> str:
    flat = text.replace("\n", "↵")
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
