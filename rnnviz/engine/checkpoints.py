"""Weights, optimizer memory and carried state on disk: one folder per checkpoint, complete or
absent, checked by SHA-256 when read. Older ones are thinned so that they cover the whole run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from safetensors.torch import load, save
from torch import Tensor

from rnnviz.engine import carried, disk
from rnnviz.engine.layout import OLD, checkpoint_path, checkpoint_steps
from rnnviz.engine.snapshot_codec import DAMAGE
from rnnviz.engine.thinning import most_crowded
from rnnviz.engine.trainer import TrainerState

# When the newest turns out damaged, the one before it is taken.
LEAST = 2

MANIFEST = "manifest.json"
MODEL, OPTIMIZER, CARRIED = "model.safetensors", "optimizer.safetensors", "carried.safetensors"
STATE = "state.json"
FILES = (MODEL, OPTIMIZER, CARRIED, STATE)
_SMALL = 2**20


class Damaged(Exception):
    """A checkpoint whose files are missing or changed."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How much may be kept; the newest two stay in any case."""

    number: int = 20
    size: int = 500 * 10**6


DEFAULT = Keep()


@dataclass(frozen=True, slots=True)
class _Scalars:
    step: int
    tokens: int
    seconds: float
    learning_rate: float
    clip_threshold: float


_SCALARS: TypeAdapter[_Scalars] = TypeAdapter(_Scalars)


def write(folder: Path, state: TrainerState, keep: Keep = DEFAULT) -> Path:
    """Add the checkpoint `folder/step-N`, then give up others beyond `keep`; OSError: no room."""
    folder.mkdir(parents=True, exist_ok=True)
    final = checkpoint_path(folder, state.step)
    temporary = folder / f"{final.name}.{os.getpid()}.tmp"
    try:
        _write_files(temporary, to_files(state))
        _replace(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    disk.sync_folder(folder)
    thin(folder, keep)
    return final


def thin(folder: Path, keep: Keep) -> None:
    """Give up checkpoints, closest together first, until number and bytes are within `keep`."""
    steps = list(checkpoint_steps(folder))
    sizes = {step: _size(checkpoint_path(folder, step)) for step in steps}
    while len(steps) > LEAST and (
        len(steps) > max(keep.number, LEAST) or sum(sizes[step] for step in steps) > keep.size
    ):
        # The newest two stand at the end and stay; the first goes only when it stands with them.
        gone = steps.pop(most_crowded(steps[:-1]) or 0)
        _remove(checkpoint_path(folder, gone))


def newest(folder: Path) -> TrainerState | None:
    """The newest checkpoint that is whole, None where there is none."""
    for step in reversed(checkpoint_steps(folder)):
        try:
            return read(checkpoint_path(folder, step))
        except Damaged:
            continue
    return None


def read(path: Path) -> TrainerState:
    """One checkpoint; `Damaged` when it is not what was written."""
    path = path if path.exists() else path.with_suffix(OLD)
    try:
        manifest = json.loads(disk.read(path / MANIFEST, _SMALL))
        return from_files({name: _checked(path / name, manifest[name]) for name in FILES})
    except (OSError, *DAMAGE) as error:
        raise Damaged(f"{path}: {error}") from None


def forget_after(folder: Path, step: int) -> None:
    """Give up checkpoints of later steps: training went back to `step`."""
    for later in checkpoint_steps(folder):
        if later > step:
            _remove(checkpoint_path(folder, later))


def clear_torn(folder: Path) -> None:
    """Remove what a killed writer had not finished."""
    for old in folder.glob(f"*{OLD}"):
        if not old.with_suffix("").exists():
            disk.rename(old, old.with_suffix(""))
    for torn in (*folder.glob("*.tmp"), *folder.glob(f"*{OLD}")):
        shutil.rmtree(torn, ignore_errors=True)


def to_files(state: TrainerState) -> dict[str, bytes]:
    """What a checkpoint consists of, by file name."""
    tensors, shape = carried.flatten(state.carried)
    scalars = {name: getattr(state, name) for name in _Scalars.__slots__}
    return {
        MODEL: save(state.model),
        OPTIMIZER: save(state.optimizer),
        CARRIED: save({str(i): t.contiguous() for i, t in enumerate(tensors)}),
        STATE: json.dumps(scalars | {"carried": shape}, indent=1).encode(),
    }


def from_files(data: dict[str, bytes]) -> TrainerState:
    """The state in the files of a checkpoint; one of `DAMAGE` where they hold none."""
    known: dict[str, Any] = json.loads(data[STATE])
    scalars = _SCALARS.validate_python(known)
    parts: dict[str, Tensor] = load(data[CARRIED])
    tensors = [parts[str(index)] for index in range(len(parts))]
    return TrainerState(
        scalars.step,
        scalars.tokens,
        scalars.seconds,
        scalars.learning_rate,
        scalars.clip_threshold,
        model=load(data[MODEL]),
        optimizer=load(data[OPTIMIZER]),
        carried=carried.unflatten(tensors, known["carried"]),
    )


def _write_files(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        disk.write_through(folder / name, data)
    manifest = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    }
    disk.write_through(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    disk.sync_folder(folder)


def _replace(temporary: Path, final: Path) -> None:
    if not final.exists():
        disk.rename(temporary, final)
        return
    # A step is saved twice after options changed; at every moment one of both is there.
    old = final.with_suffix(OLD)
    shutil.rmtree(old, ignore_errors=True)
    disk.rename(final, old)
    try:
        disk.rename(temporary, final)
    except OSError:
        disk.rename(old, final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove(path: Path) -> None:
    """Gone at once: half a checkpoint would look like a damaged one."""
    gone = path.with_name(f"{path.name}.gone.tmp")
    shutil.rmtree(gone, ignore_errors=True)
    disk.rename(path, gone)
    shutil.rmtree(gone, ignore_errors=True)


def _checked(path: Path, known: dict[str, Any]) -> bytes:
    if path.stat().st_size != known["bytes"]:
        raise ValueError(f"{path.name} has another length")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != known["sha256"]:
        raise ValueError(f"{path.name} was changed")
    return data


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
