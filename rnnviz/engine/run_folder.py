"""Writes a run directory: what it is (`config.toml`, `run.json`), what happened (`record`) and
where it stands (`checkpoints/`). Never pickle. `run_store` reads it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import TypeAdapter

import rnnviz
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.marks import Mark
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot
from rnnviz.engine import checkpoints, disk
from rnnviz.engine.record import NAMES as RECORDED
from rnnviz.engine.record import Record
from rnnviz.engine.session import Session
from rnnviz.engine.trainer import TrainerState

FORMAT = "rnnviz-run-2"
CONFIG, FACTS, CHECKPOINTS = "config.toml", "run.json", "checkpoints"
PARTS = (CONFIG, FACTS, CHECKPOINTS, *RECORDED)

# Enough to recognise a corpus again without reading a gigabyte.
HASHED_BYTES = 16 * 2**20

SUMMARY: TypeAdapter[CorpusSummary] = TypeAdapter(CorpusSummary)


class RunFolder:
    """The writing side: one run directory, from its creation to its end.

    After creation every method may raise `Unsaved`; what was saved before stays as it was.
    """

    def __init__(self, path: Path, record: Record) -> None:
        self.path = path
        self._record = record

    def add_steps(self, rows: Iterable[StepRow]) -> None:
        """Record scalars."""
        with _saving(self.path):
            self._record.add_steps(rows)

    def add_sample(self, sample: Sample) -> None:
        """Record a sample."""
        with _saving(self.path):
            self._record.add_sample(sample)

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Record an evaluation."""
        with _saving(self.path):
            self._record.add_evaluation(evaluation)

    def add_snapshot(self, snapshot: Snapshot, full: bool) -> None:
        """Record a snapshot, its large arrays only when `full`."""
        with _saving(self.path):
            self._record.add_snapshot(snapshot, full)

    def add_mark(self, mark: Mark) -> None:
        """Record what happened at a step."""
        with _saving(self.path):
            self._record.add_mark(mark)

    def checkpoint(self, state: TrainerState) -> None:
        """Save everything needed to go on."""
        with _saving(self.path):
            # A checkpoint must not outlive the steps before it.
            self._record.sync()
            checkpoints.write(self.path / CHECKPOINTS, state)

    def rewind(self, step: int) -> None:
        """Forget everything after `step`."""
        with _saving(self.path):
            self._record.rewind(step)
            checkpoints.forget_after(self.path / CHECKPOINTS, step)

    def close(self) -> None:
        """End writing."""
        with _saving(self.path):
            self._record.close()


class Unsaved(Exception):
    """Something could not be written; the message says what and why, as the start of a sentence."""


def create(path: Path, session: Session, overwrite: bool = False) -> RunFolder:
    """Begin a run directory with its first checkpoint; UserError when nothing can be written there.

    An existing run is only replaced with `overwrite`, a folder with anything else in it never.
    """
    require_free(path, overwrite)
    facts = json.dumps(_facts(session), indent=1).encode()
    try:
        with _saving(path):
            _clear(path)
            disk.write(path / CONFIG, _located(session.config).to_toml().encode())
            record = Record(path, session.config.look.record_megabytes * 10**6)
            checkpoints.write(path / CHECKPOINTS, session.trainer.state())
            # Last: a folder with this file is a whole run.
            disk.write(path / FACTS, facts)
    except Unsaved as error:
        raise UserError(f"{error}: choose another folder for the run.") from None
    return RunFolder(path, record)


def require_free(path: Path, overwrite: bool = False) -> None:
    """UserError unless a run may be written to `path`."""
    if path.is_file():
        raise UserError(f"{path} is a file; choose a folder for the run.")
    if not path.is_dir() or not any(path.iterdir()):
        return
    if not (path / FACTS).is_file():
        raise UserError(f"{path} is not empty and holds no run; choose another folder.")
    if not overwrite:
        raise UserError(f"{path} already holds a run; choose another folder or add --overwrite.")


def _clear(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for name in PARTS:
        part = path / name
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def _located(config: RunConfig) -> RunConfig:
    """The configuration with its corpus findable from any working directory."""
    if config.task.corpus.startswith("sample:"):
        return config
    return config.replaced({"task.corpus": str(locate_corpus(config.task.corpus).resolve())})


def _facts(session: Session) -> dict[str, Any]:
    config = session.config
    return {
        "format": FORMAT,
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "rnnviz": rnnviz.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "seed": config.training.seed,
        "device": session.device,
        "threads": session.threads,
        "corpus": _known_corpus(locate_corpus(config.task.corpus)),
        "summary": SUMMARY.dump_python(session.task.summary, mode="json"),
        "task": session.task.state(),
        "structure": json.loads(session.model.structure.to_json()),
    }


def _known_corpus(path: Path) -> dict[str, Any]:
    try:
        return _fingerprint(path)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from None


def _fingerprint(path: Path) -> dict[str, Any]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    digest, left = hashlib.sha256(), HASHED_BYTES
    for file in files:
        with open(file, "rb") as stream:
            data = stream.read(left)
        digest.update(data)
        left -= len(data)
    size = sum(file.stat().st_size for file in files)
    return {
        "path": str(path.resolve()),
        "bytes": size,
        "sha256": digest.hexdigest(),
        "hashed_bytes": HASHED_BYTES - left,
    }


@contextmanager
def _saving(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unsaved(f"Cannot write to {path} ({error.strerror or error})") from None
