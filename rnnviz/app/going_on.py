"""A run on disk that is trained on in the window, and a new one that branches off it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rnnviz.app.run_model import RunModel
from rnnviz.contracts.config import RunConfig

if TYPE_CHECKING:
    from rnnviz.engine.runner import Runner


def can_resume(run: RunModel) -> bool:
    """True for a run on disk that nobody trains now, here or elsewhere."""
    ended = run.state in ("recorded", "stopped")
    return ended and run.config is not None and run.path is not None and run.step > 0


def can_branch(run: RunModel) -> bool:
    """True where a state may have been kept to begin from."""
    return run.config is not None and run.path is not None and run.step > 0


def resuming(path: Path) -> tuple[Runner, RunConfig]:
    """A runner that goes on where that run stopped; UserError when it is none."""
    from rnnviz.engine.origin import Resume
    from rnnviz.engine.run_store import Run
    from rnnviz.engine.runner import Runner

    recorded = Run.open(path)
    return Runner(recorded.config, path, origin=Resume(recorded)), recorded.config


def branching(path: Path, step: int, config: RunConfig, out: Path) -> Runner:
    """A runner of a new run in `out` that begins with the kept state of that run nearest to
    `step`; UserError when there is none.
    """
    from rnnviz.engine.origin import Branch
    from rnnviz.engine.run_store import Run
    from rnnviz.engine.runner import Runner

    recorded = Run.open(path)
    kept = recorded.checkpoint_steps()
    nearest = min(kept, key=lambda each: abs(each - step), default=None)
    return Runner(config, out, origin=Branch(recorded, nearest))
