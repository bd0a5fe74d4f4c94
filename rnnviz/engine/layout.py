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

# What a run consists of that was killed before it was whole.
BEGUN = frozenset(EVERYTHING) - {FACTS}

# A checkpoint that is being replaced by one of the same step.
OLD = ".old"

_CHECKPOINT = re.compile(rf"step-(\d{{9,18}})({re.escape(OLD)})?")


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where in `folder`, a run's `checkpoints/`, the state after `step` updates lies."""
    return folder / f"step-{step:09d}"


def checkpoint_steps(folder: Path) -> tuple[int, ...]:
    """Steps of the checkpoints in `folder`, rising; whether they are whole is not asked."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = (_CHECKPOINT.fullmatch(name) for name in names)
    return tuple(sorted({int(match[1]) for match in found if match}))
