"""The names of everything in a run directory (docs/run-directory.md)."""

from __future__ import annotations

import re
from pathlib import Path

CONFIG, FACTS = "config.toml", "run.json"
STATUS, LOCK = "status.json", "writing.lock"
CHECKPOINTS, SNAPSHOTS = "checkpoints", "snapshots"
STEPS, SAMPLES, EVENTS = "steps.bin", "samples.jsonl", "events.jsonl"
EVALUATIONS = "evaluations.jsonl"
WEIGHTS = "weights.safetensors"

RECORD = (STEPS, SAMPLES, EVENTS, EVALUATIONS, SNAPSHOTS)
EVERYTHING = (CONFIG, FACTS, STATUS, LOCK, CHECKPOINTS, WEIGHTS, *RECORD)

# A file that its writer had not finished when it was killed.
_TORN = re.compile(rf"({'|'.join(map(re.escape, EVERYTHING))})\.\d+\.tmp")

# A checkpoint that is being replaced by one of the same step.
OLD = ".old"

_CHECKPOINT = re.compile(rf"step-(\d{{9,18}})({re.escape(OLD)})?")


def is_torn(name: str) -> bool:
    """True for what a killed writer leaves beside a run's own files."""
    return _TORN.fullmatch(name) is not None


def is_of_begun(name: str) -> bool:
    """True for what a run consists of that was killed before it was whole."""
    return is_torn(name) or (name in EVERYTHING and name != FACTS)


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where in `folder`, a run's `checkpoints/`, the state after `step` updates lies."""
    return folder / f"step-{step:09d}"


def checkpoint_steps(folder: Path) -> tuple[int, ...]:
    """Steps of the checkpoints in `folder`, rising; whether they are whole is not asked."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = (_CHECKPOINT.fullmatch(name) for name in names)
    return tuple(sorted({int(match[1]) for match in found if match}))
