"""What crosses between the window and the run: commands inward, events outward. Plain picklable
data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.contracts.structure import Structure

# ---- commands


@dataclass(frozen=True, slots=True)
class Train:
    """Go on (or begin). With `steps`, pause after that many."""

    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Rest after the step that is being done."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Save and end the run."""


@dataclass(frozen=True, slots=True)
class Rewind:
    """Load the last good checkpoint (after a NaN) and stay paused."""


@dataclass(frozen=True, slots=True)
class SetOption:
    """Change a live option: learning_rate, clip_threshold, temperature, budget_percent,
    snapshots_per_second.
    """

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Look:
    """What the visible views need from now on, and the text to look at. Answers carry
    `generation`.
    """

    needs: frozenset[str]
    probe: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True)
class WriteSample:
    """Write one sample now."""

    prompt: str
    length: int
    temperature: float
    seed: int


Command = Train | Pause | Stop | Rewind | SetOption | Look | WriteSample

# ---- events


@dataclass(frozen=True, slots=True)
class Progressed:
    """A long preparation moves: `what` at `fraction` (0..1)."""

    what: str
    fraction: float


@dataclass(frozen=True, slots=True)
class Ready:
    """Corpus and network stand; the first step can be taken. `goal`: steps in all."""

    structure: Structure
    corpus: CorpusSummary
    default_probe: str
    batches_per_epoch: int
    device: str
    threads: int
    goal: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Scalars of steps just done, oldest first."""

    rows: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class Sampled:
    """The network has written."""

    sample: Sample


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The held-out part has been gone through."""

    evaluation: Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A run on disk was opened, or another one stands in its place now; `Read` comes next.

    config, corpus  None where somebody's script trains
    """

    config: RunConfig | None
    structure: Structure
    corpus: CorpusSummary | None


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What has been read of a run on disk; None where nothing is new.

    history, samples, evaluations  all there is now
    past                           further snapshots, oldest first
    """

    history: History | None = None
    samples: tuple[Sample, ...] | None = None
    evaluations: tuple[Evaluation, ...] | None = None
    past: tuple[Snapshot, ...] = ()


State = Literal[
    "preparing", "training", "paused", "finished", "stopped", "failed",
    "recorded", "watched", "lost",
]  # fmt: skip
"""The last three are of runs on disk: ended, being written by another process, not readable."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The run is in another state; `message` is shown as a banner when not empty.

    remedy  options by dotted name with which a failed run would work
    """

    state: State
    message: str = ""
    step: int = 0
    can_rewind: bool = False
    remedy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know; training goes on.

    unsaved  something could not be written to the run directory
    """

    message: str
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class Remarked:
    """One sentence on what of the probe cannot be read, empty when all can."""

    remark: str


@dataclass(frozen=True, slots=True)
class LookCost:
    """Share of wall time spent looking lately (0..1), snapshots per second."""

    share: float
    per_second: float


Event = (
    Progressed
    | Ready
    | Rows
    | Sampled
    | Evaluated
    | Opened
    | Read
    | Changed
    | Warned
    | Remarked
    | LookCost
)
