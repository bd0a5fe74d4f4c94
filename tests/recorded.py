"""Small real runs on disk, trained step by step with a look after every few: no threads, no clock,
so the same moments are recorded each time.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import NEEDS, Sample
from rnnviz.engine.observer import Observer
from rnnviz.engine.run_folder import create
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session, build
from tests import patience

TEXT = "the cat sat on the mat, and so did a dog.\n" * 60
PAIRS = "\n".join(f"the {a} cat sees {b}\tle chat {a} voit {b}" for a in "uvwxyz" for b in "abcde")
SMALL = {
    "training.threads": 1,
    "training.device": "cpu",
    "training.batch_size": 5,
    "training.sequence_length": 10,
    "model.hidden_size": 8,
    "model.layers": 2,
}


def wait_for_steps(folder: Path) -> None:
    """Until whatever process trains the run in `folder` has learnt something and written it."""
    until = time.monotonic() + patience.SECONDS
    while not ((folder / "run.json").is_file() and len(Run.open(folder).history)):
        assert time.monotonic() < until, f"{folder} did not begin"
        time.sleep(0.05)


def record(folder: Path, looks: Iterable[int] = (0, 2, 4, 6), **changes: Any) -> Run:
    """The run `folder/run`, looked at after each of `looks` steps; `task__name` means task.name."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    source = folder / ("pairs.tsv" if dotted.get("task.name") == "translation" else "text.txt")
    source.write_text(PAIRS if source.suffix == ".tsv" else TEXT, encoding="utf-8")
    config = RunConfig(title="small").replaced({"task.corpus": str(source), **SMALL, **dotted})
    session = build(config)
    path = folder / "run"
    _train(session, path, sorted(looks))
    return Run.open(path)


def _train(session: Session, path: Path, looks: list[int]) -> None:
    saved = create(path, session)
    observer = Observer(session.model, session.task, "small")
    probe = session.task.probe(session.task.default_probe, session.model)
    for step in range(looks[-1] + 1):
        if step in looks:
            observer.refresh(session.model)
            saved.add_snapshot(observer.look(probe, frozenset(NEEDS), step), full=True)
        if step < looks[-1]:
            saved.add_steps([session.trainer.step()])
    saved.add_sample(Sample(looks[-1], "the", "the end", 0.8, 1))
    saved.checkpoint(session.trainer.state())
    saved.close()
