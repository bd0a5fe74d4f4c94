"""Reads moments out of a run's record beside everything else: one thread, the newest wish first.

A live run, a recorded one and one that another process writes are read alike; nobody waits.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.timeline import Contents
from rnnviz.engine.moments import Moments

REFRESH_SECONDS = 1.0
# Enough for a second of playing to and fro; one moment of a large network may be tens of megabytes.
CACHED_BYTES = 192 * 2**20
AHEAD = 2
# A hand that jumped further than this many moments does not play: nobody knows where it goes next.
STROLL = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """Show the moment nearest to `step`, with these `needs` as far as the record has them."""

    step: int
    generation: int
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The moment of a wish; no snapshot where the record has none, then `problem` says why."""

    wish: Wish
    snapshot: Snapshot | None
    problem: str = ""


class Reader:
    """`ask` replaces the wish before, `take` gives each answer once, `contents` is always there."""

    def __init__(self, folder: Path) -> None:
        self._moments = Moments(folder)
        self._wake = threading.Condition()
        self._wish: Wish | None = None
        self._answers: deque[Answer] = deque(maxlen=1)
        self._kept: OrderedDict[tuple[int, bool], tuple[Snapshot, int]] = OrderedDict()
        self._kept_bytes = 0
        self._ahead: list[tuple[int, bool]] = []
        self._last = 0
        self._closed = False
        self._refreshed_at = 0.0
        self.contents = Contents()
        self._thread = threading.Thread(target=self._run, name="rnnviz reading", daemon=True)
        self._thread.start()

    def ask(self, wish: Wish) -> None:
        """Read this next; a wish that nobody began to read is dropped."""
        with self._wake:
            self._wish = wish
            self._wake.notify()

    def take(self) -> Answer | None:
        """The newest answer nobody has taken yet, or None."""
        try:
            return self._answers.pop()
        except IndexError:
            return None

    def close(self) -> None:
        """End after what is being read; does not wait for a folder that does not answer."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    # ---- the reading thread

    def _run(self) -> None:
        self._refresh()
        while not self._closed:
            wish = self._next()
            if wish is not None:
                self._answers.append(self._answer(wish))
            elif time.monotonic() - self._refreshed_at >= REFRESH_SECONDS:
                self._refresh()
            elif self._ahead:
                self._prefetch()

    def _next(self) -> Wish | None:
        with self._wake:
            if self._wish is None and not self._ahead and not self._closed:
                self._wake.wait(REFRESH_SECONDS)
            wish, self._wish = self._wish, None
            return wish

    def _refresh(self) -> None:
        self.contents = self._moments.contents()
        self._refreshed_at = time.monotonic()

    def _answer(self, wish: Wish, again: bool = False) -> Answer:
        step = nearest(self.contents.stops, wish.step)
        if step is None:
            return Answer(wish, None, "Nothing has been recorded yet at this step.")
        weights = "parameters" in wish.needs
        try:
            found = self._snapshot(step, weights)
            if not found.needs and step in self.contents.full and not again:
                # The newest one keeps its large arrays only until the next one is there.
                self._drop((step, weights))
                self._refresh()
                return self._answer(wish, again=True)
        except (UserError, KeyError) as error:
            self._refresh()
            gone = f"The snapshot of step {step:,} was given up to make room."
            return Answer(wish, None, str(error) if isinstance(error, UserError) else gone)
        self._look_ahead(step, weights)
        return Answer(wish, found)

    def _snapshot(self, step: int, weights: bool) -> Snapshot:
        key = step, weights
        if key not in self._kept:
            found = self._moments.snapshot(step, weights)
            self._kept[key] = found, _bytes(found)
            self._kept_bytes += self._kept[key][1]
            self._forget()
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def _look_ahead(self, step: int, weights: bool) -> None:
        """After a short move the next ones in its direction will be wanted soon."""
        stops = self.contents.stops
        at = bisect_left(stops, step)
        moved, self._last = at - bisect_left(stops, self._last), step
        way = 1 if moved >= 0 else -1
        places = [at + way * (1 + further) for further in range(AHEAD * (abs(moved) <= STROLL))]
        self._ahead = [(stops[place], weights) for place in places if 0 <= place < len(stops)]

    def _prefetch(self) -> None:
        try:
            self._snapshot(*self._ahead.pop(0))
        except (UserError, KeyError):
            self._ahead = []

    def _forget(self) -> None:
        while self._kept_bytes > CACHED_BYTES and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[int, bool]) -> None:
        self._kept_bytes -= self._kept.pop(key)[1]


def nearest(steps: Sequence[int], step: int) -> int | None:
    """The one of the rising `steps` that is nearest to `step`, the earlier of two."""
    if not steps:
        return None
    place = bisect_left(steps, step)
    around = steps[max(0, place - 1) : place + 1]
    return min(around, key=lambda each: abs(each - step))


def _bytes(snapshot: Snapshot) -> int:
    arrays = (*snapshot.arrays.values(), *snapshot.results.values())
    return sum(array.values.nbytes for array in arrays)
