"""Weights, optimizer memory and carried state on disk: one folder per checkpoint, complete or
absent, checked by SHA-256 when read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from rnnviz.engine import carried, disk
from rnnviz.engine.trainer import TrainerState

KEPT = 2
_SCALARS = ("step", "tokens", "seconds", "learning_rate", "clip_threshold")


class Damaged(Exception):
    """A checkpoint whose files are missing or changed."""


def write(folder: Path, state: TrainerState) -> Path:
    """Add the checkpoint `folder/step-N`, then give up all but the newest two; OSError: no room."""
    folder.mkdir(parents=True, exist_ok=True)
    final = place(folder, state.step)
    temporary = folder / f"{final.name}.{os.getpid()}.tmp"
    try:
        _write_files(temporary, to_files(state))
        _replace(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    disk.sync_folder(folder)
    for old in _listed(folder)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def newest(folder: Path) -> TrainerState | None:
    """The newest checkpoint that is whole, None where there is none."""
    for path in reversed(_listed(folder)):
        try:
            return read(path)
        except Damaged:
            continue
    return None


def read(path: Path) -> TrainerState:
    """One checkpoint; `Damaged` when it is not what was written."""
    try:
        manifest = json.loads((path / "manifest.json").read_bytes())
        data = {name: _checked(path / name, digest) for name, digest in manifest.items()}
        return from_files(data)
    except (OSError, ValueError, KeyError, TypeError, IndexError, SafetensorError) as error:
        raise Damaged(f"{path}: {error}") from None


def steps(folder: Path) -> list[int]:
    """Steps with a checkpoint, rising."""
    return [int(path.name.removeprefix("step-")) for path in _listed(folder)]


def place(folder: Path, step: int) -> Path:
    """Where the checkpoint of that step lies."""
    return folder / f"step-{step:09d}"


def forget_after(folder: Path, step: int) -> None:
    """Give up checkpoints of later steps: training went back to `step`."""
    for path in _listed(folder):
        if int(path.name.removeprefix("step-")) > step:
            shutil.rmtree(path, ignore_errors=True)


def _listed(folder: Path) -> list[Path]:
    found = folder.glob("step-*") if folder.is_dir() else ()
    return sorted(path for path in found if path.name.removeprefix("step-").isdigit())


def to_files(state: TrainerState) -> dict[str, bytes]:
    """What a checkpoint consists of, by file name."""
    tensors, shape = carried.flatten(state.carried)
    scalars = {name: getattr(state, name) for name in _SCALARS}
    return {
        "model.safetensors": save(state.model),
        "optimizer.safetensors": save(state.optimizer),
        "carried.safetensors": save({str(i): t.contiguous() for i, t in enumerate(tensors)}),
        "state.json": json.dumps(scalars | {"carried": shape}, indent=1).encode(),
    }


def from_files(data: dict[str, bytes]) -> TrainerState:
    """The state in the files of a checkpoint; errors of many kinds where they hold none."""
    scalars: dict[str, Any] = json.loads(data["state.json"])
    shape = scalars.pop("carried")
    parts: dict[str, Tensor] = load(data["carried.safetensors"])
    tensors = [parts[str(index)] for index in range(len(parts))]
    known = {field.name for field in fields(TrainerState)}
    return TrainerState(
        **{name: value for name, value in scalars.items() if name in known},
        model=load(data["model.safetensors"]),
        optimizer=load(data["optimizer.safetensors"]),
        carried=carried.unflatten(tensors, shape),
    )


def _write_files(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        disk.write_through(folder / name, data)
    manifest = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    disk.write_through(folder / "manifest.json", json.dumps(manifest, indent=1).encode())
    disk.sync_folder(folder)


def _replace(temporary: Path, final: Path) -> None:
    # A step saved twice holds the same weights; the checkpoint before it bridges this moment.
    shutil.rmtree(final, ignore_errors=True)
    os.replace(temporary, final)


def _checked(path: Path, digest: str) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"{path.name} was changed")
    return data
