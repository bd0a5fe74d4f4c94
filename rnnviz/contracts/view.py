"""A view: a pure function from a scene to a picture. One leaf of `views/` each, found by name;
never Qt, never torch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.contracts.structure import Structure

Depends = Literal[
    "snapshot",
    "history",
    "selection",
    "hover",
    "samples",
    "evaluations",
    "corpus",
    "past",
    "window",
    "step",
]


Group = Literal["Run", "Inside", "Gradients", "Quality", "Corpus"]

GROUPS: tuple[Group, ...] = get_args(Group)
"""Submenus of the View menu in order: how training goes, what happens inside, why it learns or
forgets, how good the network is, what it learns from.
"""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice shown in the view's title bar. A bool default is a check box, a str one of
    `choices`.
    """

    name: str
    title: str
    default: str | bool
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything a view may look at.

    past       earlier snapshots, oldest first, thinned (at most about 200), for step x time
               pictures; they hold `results` and light arrays only
    structure  of the network, known before the first look
    goal       steps in all, 0 where nobody said how many
    evaluations  what the held-out part said of the network over training, oldest first
    window     visible range of the time axis (low, high), None for all
    width      of the view in pixels: how much detail it can carry
    notation   a name from `style.notation`
    options    values of this view's `options`
    """

    snapshot: Snapshot | None = None
    history: History | None = None
    selection: Selection = field(default_factory=Selection)
    samples: Sequence[Sample] = ()
    corpus: CorpusSummary | None = None
    past: Sequence[Snapshot] = ()
    options: Mapping[str, str | bool] = field(default_factory=dict)
    window: tuple[float, float] | None = None
    width: int = 900
    height: int = 500
    notation: str = "goodfellow"
    structure: Structure | None = None
    evaluations: Sequence[Evaluation] = ()
    goal: int = 0

    @property
    def evaluation(self) -> Evaluation | None:
        """The newest evaluation up to the step that is looked at."""
        limit = self.selection.step
        found = [e for e in self.evaluations if limit is None or e.step <= limit]
        return found[-1] if found else None

    @property
    def network(self) -> Structure | None:
        """What the network consists of, from wherever it is known."""
        return self.structure or (self.snapshot.structure if self.snapshot else None)

    def option(self, view: View, name: str) -> str | bool:
        """The value of one of `view`'s options, its default where the user chose nothing."""
        for option in view.options:
            if option.name == name:
                return self.options.get(name, option.default)
        raise KeyError(name)

    def choice(self, view: View, name: str) -> str:
        """`option` where it is known to be a choice."""
        return str(self.option(view, name))


class View(ABC):
    """Base of all views.

    name      as on the command line, equal to the module's name
    title     as in menus
    sentence  what it shows, for tooltips and the list of views
    needs     groups of `contracts.snapshot.NEEDS` that must be in the snapshot
    depends   which parts of the scene change the picture (the window redraws only on those)
    group     submenu of the View menu, one of `GROUPS`
    menu_order  position in that submenu and in lists of views
    """

    name: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()
    depends: ClassVar[frozenset[Depends]] = frozenset({"snapshot"})
    options: ClassVar[tuple[Option, ...]] = ()
    group: ClassVar[Group] = "Inside"
    menu_order: ClassVar[int] = 100

    @abstractmethod
    def missing(self, scene: Scene) -> str:
        """Why there is nothing to draw and what would fill the view; "" when it can draw."""

    @abstractmethod
    def draw(self, scene: Scene) -> Picture:
        """The picture of this scene; only called when `missing` is empty."""

    def picture(self, scene: Scene) -> Picture:
        """The picture, or the invitation that stands in its place."""
        message = self.missing(scene)
        return Picture(self.title, message=message) if message else self.draw(scene)
