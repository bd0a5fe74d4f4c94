"""A limit on the size of files stands for a full disk: both refuse to write any further."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from rnnviz.engine import run_folder
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session
from tests import patience
from tests.engine.child import child

Make = Callable[..., Session]


def test_full_disk_warns_and_training_goes_on(session: Make, tmp_path: Path) -> None:
    # No file may grow beyond this: enough to begin, too little for the record of all steps.
    long = session(training__steps=900, training__checkpoint_every=0.2, look__sample_every=5)
    out, _ = child(long, tmp_path, limit=50_000).communicate(timeout=patience.SECONDS)
    assert "training goes on unsaved" in out
    assert "unsaved=True" in out
    assert "state='finished'" in out
    assert run_folder.FACTS in os.listdir(tmp_path / "run")
    assert Run.open(tmp_path / "run").state.step >= 0


def test_full_disk_at_the_start_is_one_sentence(session: Make, tmp_path: Path) -> None:
    out, _ = child(session(), tmp_path, limit=2_000).communicate(timeout=patience.SECONDS)
    assert "state='failed'" in out
    assert "Cannot write to" in out
    assert not (tmp_path / "run" / run_folder.FACTS).exists()
