"""Where in a run there is something to see: recorded snapshots, and what happened at which step."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.contracts.marks import Mark


@dataclass(frozen=True, slots=True)
class Contents:
    """What a record holds, all steps rising.

    steps  with a snapshot
    full   those of them that still have their large arrays
    marks  what the run wrote down and the checkpoints there are
    """

    steps: tuple[int, ...] = ()
    full: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def stops(self) -> tuple[int, ...]:
        """The steps to stop at while playing: those with everything, where there are any."""
        return self.full or self.steps
