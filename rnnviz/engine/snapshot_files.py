"""The folder `snapshots/`: two files per moment, small arrays (`light`) and large ones (`heavy`),
thinned to a byte budget; texts that many share in `shared/`. Each file is there as a whole or not.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.engine import disk
from rnnviz.engine.snapshot_codec import DAMAGE, Decoder, Encoded, Encoder
from rnnviz.engine.thinning import surplus

SHARED = "shared"

# Light parts are small; this many still make a step x time picture finer than a screen.
MOST_SNAPSHOTS = 1000

# Larger files were not written here; they are not read.
MOST_BYTES = 256 * 2**20

_NAME = re.compile(r"step-(\d{9,18})\.(light|heavy)\.safetensors")

Sizes = dict[int, int]
"""Bytes of a file by its step."""


def file_name(step: int, part: str) -> str:
    """The name of a file in `snapshots/`; `part` is light or heavy."""
    return f"step-{step:09d}.{part}.safetensors"


def listed(folder: Path) -> tuple[Sizes, Sizes]:
    """Sizes of the light and of the heavy files in `snapshots/`; OSError where it is not there."""
    sizes: dict[str, Sizes] = {"light": {}, "heavy": {}}
    with os.scandir(folder) as entries:
        for entry in entries:
            if match := _NAME.fullmatch(entry.name):
                sizes[match[2]][int(match[1])] = _size(entry)
    return sizes["light"], sizes["heavy"]


class SnapshotWriter:
    """Adds snapshots and gives up others where space runs out: first large arrays, then moments.

    The newest snapshot always has its large arrays, for those who watch from elsewhere.

    budget  bytes of all of them together; the first and the last moment stay in any case
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self._folder = folder
        self._budget = budget
        self._encoder = Encoder()
        (folder / SHARED).mkdir(parents=True, exist_ok=True)
        for torn in folder.rglob("*.tmp"):
            disk.remove(torn)
        self._shared = {path.stem for path in (folder / SHARED).glob("*.json")}
        self._light, self._heavy = listed(folder)
        self._passing: int | None = None

    def add(self, snapshot: Snapshot, full: bool) -> None:
        """Keep a snapshot, its large arrays for good only when `full`, else until the next one is
        there; OSError where it cannot be.
        """
        parts, step = self._encoder.encode(snapshot), snapshot.step
        self._share(parts)
        self._write(step, "heavy", parts.heavy, self._heavy)
        # Last: a moment with this file is whole.
        self._write(step, "light", parts.light, self._light)
        if self._passing is not None and self._passing != step:
            self._give_up_heavy(self._passing)
        self._passing = None if full else step
        self._thin()

    def rewind(self, step: int) -> None:
        """Forget all moments after `step`."""
        for later in [each for each in {*self._light, *self._heavy} if each > step]:
            self._give_up(later)

    def _share(self, parts: Encoded) -> None:
        for key, text in parts.shared.items():
            if key not in self._shared:
                disk.write(self._folder / SHARED / f"{key}.json", text.encode(), lasting=False)
                self._shared.add(key)

    def _write(self, step: int, part: str, data: bytes, sizes: Sizes) -> None:
        # A power failure may cost the newest pictures, never the run: no waiting for the disk.
        disk.write(self._folder / file_name(step, part), data, lasting=False)
        sizes[step] = len(data)

    def _thin(self) -> None:
        # Large arrays make room down to what the light ones leave of the budget. Those that pass
        # stand too near to the one before them: they must not push it out.
        staying = {step: size for step, size in self._heavy.items() if step != self._passing}
        passing = sum(self._heavy.values()) - sum(staying.values())
        for step in _crowded(staying, self._budget - passing - sum(self._light.values())):
            self._give_up_heavy(step)
        over = sum(self._heavy.values())
        for step in _crowded(self._light, self._budget - over):
            self._give_up(step)
        for step in _crowded(dict.fromkeys(self._light, 1), MOST_SNAPSHOTS):
            self._give_up(step)

    def _give_up(self, step: int) -> None:
        # The light file first: without it nobody looks for the heavy one.
        if step in self._light:
            disk.remove(self._folder / file_name(step, "light"))
            del self._light[step]
        self._give_up_heavy(step)

    def _give_up_heavy(self, step: int) -> None:
        if step in self._heavy:
            disk.remove(self._folder / file_name(step, "heavy"))
            del self._heavy[step]


class SnapshotReader:
    """Reads what is there, also while it is written and thinned."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decoder = Decoder(self._text)

    def steps(self, full: bool = False) -> tuple[int, ...]:
        """Steps with a snapshot, rising; with `full` only those that have their large arrays."""
        try:
            light, heavy = listed(self._folder)
        except OSError as error:
            raise _unreadable(self._folder, error) from None
        return tuple(sorted(light.keys() & heavy.keys() if full else light))

    def read(self, step: int, full: bool = True) -> Snapshot:
        """The snapshot of that step; KeyError when there is none, UserError when it is damaged."""
        try:
            light = disk.read(self._folder / file_name(step, "light"), MOST_BYTES)
            return self._decoder.decode(light, self._large(step) if full else None)
        except FileNotFoundError:
            raise KeyError(step) from None
        except OSError as error:
            raise _unreadable(self._folder, error) from None
        except DAMAGE as error:
            raise UserError(
                f"{self._folder} holds a damaged snapshot of step {step:,} ({error})."
            ) from None

    def _large(self, step: int) -> bytes | None:
        try:
            return disk.read(self._folder / file_name(step, "heavy"), MOST_BYTES)
        except FileNotFoundError:
            return None

    def _text(self, key: str) -> str:
        try:
            return disk.read(self._folder / SHARED / f"{key}.json", MOST_BYTES).decode()
        except FileNotFoundError:
            raise LookupError(f"{SHARED}/{key}.json is missing") from None


def _crowded(sizes: Sizes, budget: int) -> list[int]:
    steps = sorted(sizes)
    return [steps[index] for index in surplus(steps, [sizes[s] for s in steps], budget)]


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except FileNotFoundError:
        return 0


def _unreadable(folder: Path, error: OSError) -> UserError:
    reason = error.strerror or error
    return UserError(f"Cannot read the record of this run, {folder}: {reason}.")
