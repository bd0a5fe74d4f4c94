"""What a picture says about itself: step, live or recorded, sequence, layer, unit."""

from __future__ import annotations

from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Part
from rnnviz.contracts.view import Scene
from rnnviz.tracks.focus import Focus, named


def subtitle(scene: Scene, *more: str) -> str:
    """`step 12,400 · live · probe “To be, or…” · …`."""
    snapshot = scene.snapshot
    if snapshot is None:
        return " · ".join(text for text in more if text)
    first = (f"step {snapshot.step:,}", "live" if snapshot.live else "recorded", probe(snapshot))
    return " · ".join(text for text in (*first, *more) if text)


GROUPS = {
    "state": "states",
    "gate": "gates",
    "gradient": "gradients",
    "prediction": "next",
    "term of the gradient": "backpropagation",
}
"""The group of `contracts.snapshot.NEEDS` that holds each of these."""


def absent(scene: Scene, what: str, invitation: str) -> str:
    """Why `what` cannot be drawn: nothing was looked at yet, or this look brought none."""
    snapshot = scene.snapshot
    if snapshot is None:
        return invitation
    if reason := snapshot.absent.get(GROUPS.get(what, what)):
        return reason
    if snapshot.live:
        return f"This snapshot holds no {what}; the next look inside will bring it."
    return (
        f"The record of step {snapshot.step:,} keeps no {what}: go to another step on the timeline."
    )


def true_name(snapshot: Snapshot) -> str:
    """What a target is called: `true next` where it is what is read one step later, else `true`."""
    read, targets = snapshot.tokens.input, snapshot.tokens.target
    return "true next" if len(read) > 1 and targets[: len(read) - 1] == read[1:] else "true"


def probe(snapshot: Snapshot, longest: int = 32) -> str:
    """The probe's beginning in quotation marks."""
    text = whole_probe(snapshot)
    return f"probe “{text[:longest].rstrip()}{'…' if len(text) > longest else ''}”"


def whole_probe(snapshot: Snapshot) -> str:
    """The probe as people read it: a sentence, the words of a tree, the caption of a picture."""
    tokens = snapshot.tokens.source or snapshot.tokens.input
    if snapshot.tokens.grid != (0, 0):  # of a picture the caption says more than its cells
        caption = snapshot.tokens.target or snapshot.tokens.input
        tokens = tuple(token for token in caption if token not in ("<s>", "</s>"))
    # The root's phrase is the whole sentence.
    return tokens[-1] if snapshot.graph.is_tree else joined(tokens)


def joined(tokens: tuple[str, ...]) -> str:
    """Tokens as running text: words with blanks between them, characters without."""
    words = any(len(token) > 1 and not token.startswith("<") for token in tokens)
    return " ".join(tokens) if words else "".join(tokens).replace("␣", " ")


def place(snapshot: Snapshot, at: Focus, unit: bool = False, time: bool = False) -> str:
    """`layer 2 · unit 87 · t = 11 “o”`."""
    texts = [named(snapshot, at.part, at.layer)]
    if unit:
        texts.append(f"unit {at.unit}")
    if time:
        texts.append(f"t = {at.time} “{token_at(snapshot, at.part, at.time)}”")
    return " · ".join(texts)


def token_at(snapshot: Snapshot, part: Part, time: int) -> str:
    """The token that `part` reads at `time`, "" where there is none."""
    tokens = tokens_of(snapshot, part.axis)
    return tokens[time] if 0 <= time < len(tokens) else ""


def tokens_of(snapshot: Snapshot, axis: str) -> tuple[str, ...]:
    """The tokens that stand along `axis`."""
    return snapshot.tokens.source if axis == "source_time" else snapshot.tokens.input


def plural(count: int, word: str) -> str:
    """`1 unit`, `1,024 units`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
