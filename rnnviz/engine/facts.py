"""What a run directory says of itself: `run.json`, written once, with all that is needed to
recognise the corpus and to open the run without it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

import rnnviz
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.engine import disk
from rnnviz.engine.layout import FACTS
from rnnviz.engine.session import Session

FORMAT = "rnnviz-run-2"

SCRIPT = "script"
"""The `origin` of a run whose network lives in somebody's script."""

# Vocabularies of a million words stay far below; more would not fit into memory once it is read.
MOST_BYTES = 32 * 2**20

# Enough to recognise a corpus again without reading a gigabyte.
HASHED_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a run branched off: the other run, and how many steps it had done there."""

    id: str
    name: str
    path: str
    step: int


def of(session: Session, parent: Parent | None = None) -> dict[str, Any]:
    """The facts of a run that begins now; UserError when its corpus cannot be read."""
    config = session.config
    return _common(parent) | {
        "seed": config.training.seed,
        "device": session.device,
        "threads": session.threads,
        "corpus": fingerprint(locate_corpus(config.task.corpus)),
        "summary": session.task.summary.to_data(),
        "task": session.task.state(),
        "structure": json.loads(session.model.structure.to_json()),
    }


def of_script(**particular: Any) -> dict[str, Any]:
    """The facts of a run that a script trains and `rnnviz.record` writes."""
    return _common() | {"origin": SCRIPT} | particular


def _common(parent: Parent | None = None) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": secrets.token_hex(8),
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "parent": asdict(parent) if parent else None,
        "versions": {
            "rnnviz": rnnviz.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
    }


def read(path: Path) -> dict[str, Any]:
    """The facts in a run directory; UserError when it holds none, or those of another format."""
    file = path / FACTS
    if not file.is_file():
        raise UserError(f"{path} is not a run: it has no {FACTS}.")
    try:
        facts = json.loads(disk.read(file, MOST_BYTES))
        form = facts["format"]
    except OSError as error:
        raise UserError(f"Cannot read {file}: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError(f"{file} is damaged; this run cannot be opened.") from None
    if form != FORMAT:
        raise UserError(
            f"{path} is written in the format {form!r}, but this version of rnnviz reads "
            f"{FORMAT!r}; open it with the version that wrote it, or train the network again."
        )
    return dict(facts)


def located(config: RunConfig) -> RunConfig:
    """The configuration with its corpus findable from any working directory."""
    if config.task.corpus.startswith("sample:"):
        return config
    return config.replaced({"task.corpus": str(locate_corpus(config.task.corpus).resolve())})


def fingerprint(path: Path) -> dict[str, Any]:
    """By what a corpus is recognised; UserError when it cannot be read."""
    try:
        return _fingerprint(path)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from None


def require_same_corpus(facts: dict[str, Any], config: RunConfig) -> None:
    """UserError when the corpus is no longer what the run was trained on."""
    known = facts.get("corpus")
    now = fingerprint(locate_corpus(config.task.corpus))
    marks = ("bytes", "sha256")
    if not isinstance(known, dict) or any(known.get(mark) != now[mark] for mark in marks):
        raise UserError(
            f"{now['path']} has changed since this run began ({_bytes(known)} bytes then, "
            f"{now['bytes']:,} now): put the old corpus back, or branch to go on with this one."
        )


def _bytes(known: Any) -> str:
    count = known.get("bytes") if isinstance(known, dict) else None
    return f"{count:,}" if isinstance(count, int) else "an unknown number of"


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
