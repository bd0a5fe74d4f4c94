"""The token track: what the network reads, and under it what it predicts, right or wrong."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.picture import Axis, Heatmap, Mark, Panel, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.tracks.axes import time_axis
from rnnviz.tracks.caption import tokens_of, true_name
from rnnviz.tracks.focus import series
from rnnviz.tracks.scales import PROBABILITY

LETTER_PIXELS = 7.5
"""A monospaced letter needs about this much; longer tokens need a multiple of it."""


BESIDE_PIXELS = 280
"""What names, numbers and colour bars of a score take from its width."""


def token_track(scene: Scene, snapshot: Snapshot, axis: str = "time") -> Panel | None:
    """Tokens read along `axis` and, along `time`, the most probable next ones; None without tokens.

    Where a column is too narrow for its letters, a strip shows how probable the truth was instead.
    """
    read = tokens_of(snapshot, axis)
    if not read:
        return None
    if not fits(scene, read):
        return _dense(snapshot, axis, len(read))
    predicted = snapshot.tokens.output[: len(read)] if axis == "time" else ()
    marks: list[Mark] = [_row(read, 0.0, axis, "read")]
    marks += [_predicted(snapshot, predicted)] if predicted else []
    return Panel(
        f"tokens/{axis}",
        time_axis(snapshot, axis, len(read)),
        Axis(low=-0.5, high=len(marks) - 0.5, inverted=True, visible=False),
        tuple(marks),
        title="source" if axis == "source_time" else "read",
        note="predicted" if predicted else "",
        pixels=24 * len(marks),
    )


def column_pixels(scene: Scene, length: int) -> float:
    """Width of one column on screen, beside labels and colour bar."""
    low, high = scene.window or (0.0, float(length))
    return max(scene.width - BESIDE_PIXELS, 100) / max(min(high - low, length), 1.0)


def fits(scene: Scene, tokens: tuple[str, ...]) -> bool:
    """Whether the tokens can be read at this width."""
    longest = max((len(token) for token in tokens), default=1)
    return column_pixels(scene, len(tokens)) >= LETTER_PIXELS * min(longest, 6)


def verdicts(snapshot: Snapshot, count: int) -> tuple[str, ...]:
    """`good` where the prediction is the true token, `bad` where not, `muted` where none is known
    or asked for, or where numbers are foretold, which are never hit exactly.
    """
    targets = snapshot.tokens.target
    if snapshot.vocabulary and not {*targets} & {*snapshot.vocabulary}:
        targets = ()
    known = {time: target for time, target in enumerate(targets) if target}
    return tuple(
        "muted" if time not in known else "good" if token == known[time] else "bad"
        for time, token in enumerate(snapshot.tokens.output[:count])
    )


def shorten(token: str, longest: int = 9) -> str:
    """The token, cut where it is long."""
    return token if len(token) <= longest else token[: longest - 1] + "…"


def _row(tokens: tuple[str, ...], y: float, axis: str, label: str) -> Texts:
    places = np.arange(len(tokens), dtype=float)
    selects = tuple({axis: time} for time in range(len(tokens)))
    texts = tuple(shorten(token) for token in tokens)
    return Texts(places, np.full(len(tokens), y), texts, label, monospace=True, selects=selects)


def _predicted(snapshot: Snapshot, tokens: tuple[str, ...]) -> Texts:
    places = np.arange(len(tokens), dtype=float)
    return Texts(
        places,
        np.ones(len(tokens)),
        tuple(shorten(token) for token in tokens),
        "predicted",
        colours=verdicts(snapshot, len(tokens)),
        monospace=True,
        selects=tuple({"time": time} for time in range(len(tokens))),
    )


def _dense(snapshot: Snapshot, axis: str, length: int) -> Panel | None:
    true = series(snapshot, "target/probability") if axis == "time" else None
    if true is None:
        return None
    image = Heatmap(
        true[None, :length], PROBABILITY, label=f"probability of the {true_name(snapshot)} token"
    )
    return Panel(
        f"tokens/{axis}",
        time_axis(snapshot, axis, length),
        Axis(low=-0.5, high=0.5, visible=False),
        (image,),
        title="P(true)",
        note=f"of the {true_name(snapshot)} token",
        pixels=24,
        colour_bar=PROBABILITY,
    )
