"""A recorded run as scenes, one per recorded snapshot: what a view saw at that step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.engine.playback import Playback

MOVING = frozenset({"snapshot", "history", "samples", "past", "evaluations"})
"""What a picture must depend on to change while a run goes on."""

_ORDER = "unit_order/"


@dataclass(frozen=True, slots=True)
class Range:
    """Steps from `first` to `last` (None: as far as was recorded), at most `most` of them."""

    first: int | None = None
    last: int | None = None
    most: int = 300


class Replay:
    """Plays one view back over a range of steps.

    base   all that stays the same over the run: corpus, structure, selection, options, notation
    steps  recorded steps within the range, evenly chosen

    UserError where fewer than two steps were recorded there, or nothing in the view would move.
    """

    def __init__(self, playback: Playback, view: View, base: Scene, chosen: Range) -> None:
        if not view.depends & MOVING:
            raise UserError(
                f"The view {view.name} shows the same at every step: export it as one picture."
            )
        self._playback, self._view, self._base = playback, view, base
        self.steps = self._chosen(chosen)
        last = self._light(self.steps[-1])
        self._order = _order(last) if last is not None else {}
        self._history = playback.history()
        self._samples = playback.samples()
        self._evaluations = playback.evaluations()
        self._past = playback.past() if "past" in view.depends else ()

    def scene(self, step: int) -> Scene:
        """Everything the view may look at after `step` updates.

        Units keep the place they have at the end: were they sorted anew at each step, rows would
        jump and nobody could follow one.
        """
        snapshot = self._playback.snapshot(step)
        return replace(
            self._base,
            snapshot=replace(snapshot, results={**snapshot.results, **self._order}),
            history=self._history.until(step),
            samples=tuple(sample for sample in self._samples if sample.step <= step),
            evaluations=tuple(each for each in self._evaluations if each.step <= step),
            past=tuple(each for each in self._past if each.step <= step),
        )

    def picture(self, step: int) -> Picture | None:
        """The view's picture after `step` updates, None where it has nothing to show or the
        snapshot is damaged or was given up meanwhile.
        """
        try:
            scene = self.scene(step)
        except (KeyError, UserError):
            return None
        return None if self._view.missing(scene) else self._view.draw(scene)

    def _chosen(self, chosen: Range) -> Sequence[int]:
        every = self._playback.snapshot_steps()
        low = 0 if chosen.first is None else chosen.first
        high = every[-1] if chosen.last is None and every else chosen.last or 0
        inside = [step for step in every if low <= step <= high]
        if len(inside) < 2:
            raise UserError(_too_few(every, len(inside), low, high))
        whole = set(self._playback.snapshot_steps(full=True))
        usable = [step for step in inside if step in whole or self._fills(step)]
        if len(usable) < 2:
            raise UserError(
                f"The record keeps what the view {self._view.name} needs at fewer than two steps "
                f"from {low:,} to {high:,}: choose a wider range."
            )
        return _spread(usable, chosen.most)

    def _fills(self, step: int) -> bool:
        """True when a snapshot that gave up its large arrays has what the view needs."""
        if not self._view.needs:
            return True
        light = self._light(step)
        return light is not None and self._view.needs <= light.needs

    def _light(self, step: int) -> Snapshot | None:
        try:
            return self._playback.snapshot(step, full=False)
        except (KeyError, UserError):
            return None


def _order(snapshot: Snapshot) -> dict[str, NamedArray]:
    return {n: array for n, array in snapshot.results.items() if n.startswith(_ORDER)}


def _spread(steps: Sequence[int], most: int) -> Sequence[int]:
    """At most `most` of `steps`, the first and the last among them, as even as can be."""
    if len(steps) <= most:
        return steps
    share = (len(steps) - 1) / (most - 1)
    return [steps[round(index * share)] for index in range(most)]


def _too_few(every: Sequence[int], inside: int, low: int, high: int) -> str:
    if len(every) < 2:
        count = "one recorded moment" if every else "no recorded moments"
        return f"This run has {count}: an animation needs at least two, so train it for longer."
    found = "one recorded moment" if inside else "no recorded moments"
    return (
        f"There are {found} from step {low:,} to step {high:,}: choose at least two of the "
        f"{len(every):,} between {every[0]:,} and {every[-1]:,}."
    )
