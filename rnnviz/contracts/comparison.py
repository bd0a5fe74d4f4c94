"""What is compared: up to four runs, each with a name and a colour of its own, and the page on
which pictures of them stand together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.view import Scene

MOST = 4
"""More than four curves or columns are not told apart at a glance."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the runs.

    name    distinct among those compared
    colour  colour word that marks it in every picture
    config  as it was trained, None where a script trained it
    scene   what views may look at
    options what that script said of itself, by name
    """

    name: str
    colour: str
    config: RunConfig | None
    scene: Scene
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """The task's name, "" where only a script knows it."""
        return self.config.task.name if self.config else ""

    @property
    def loss_unit(self) -> str:
        """What its losses are in."""
        return self.scene.corpus.loss_unit if self.scene.corpus else "nats"

    @property
    def metric(self) -> str:
        """What its task's own figure is called."""
        return (self.scene.corpus.metric if self.scene.corpus else "") or "metric"


Compared = tuple[Side, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Rows of pictures on one page, top to bottom; the titles of the pictures are distinct."""

    title: str
    rows: tuple[tuple[Picture, ...], ...]
    subtitle: str = ""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All of them, row by row."""
        return tuple(picture for row in self.rows for picture in row)


def common(words: Iterable[str], otherwise: str = "") -> str:
    """The one word that all say, else `otherwise`."""
    said = set(words)
    return said.pop() if len(said) == 1 else otherwise


def colours(count: int) -> tuple[str, ...]:
    """The colour word of each of `count` runs."""
    return tuple(f"series:{index}" for index in range(count))


def distinct_names(titles: Sequence[str], paths: Sequence[Path]) -> tuple[str, ...]:
    """What to call each run: its title, where two share one the folder too, else the whole path."""
    folders = [path.resolve().name for path in paths]
    parents = [f"{path.resolve().parent.name}/{path.resolve().name}" for path in paths]
    whole = [str(path) for path in paths]
    for names in (titles, folders, parents, whole):
        if all(names) and _all_differ(names):
            return tuple(names)
    return tuple(f"{name} ({number})" for number, name in enumerate(whole, start=1))


def _all_differ(names: Iterable[str]) -> bool:
    return max(Counter(names).values(), default=1) == 1
