"""Files of a run that somebody changed: cut, flipped, of other types, with lengths without end,
with paths that lead elsewhere, with code in them.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import re
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rnnviz.contracts import config as configs
from rnnviz.contracts.errors import UserError
from rnnviz.engine.family import run_info
from rnnviz.engine.moments import Moments
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import scene
from tests.robustness.common import ended, forked, tiny, train

MOST_BYTES = 10**9
MOST_SECONDS = 20.0

Mutation = Callable[[bytes, random.Random, Path], bytes]
JSON = (b"null", b"-1", b"1e400", b"[]", b"{}", b'"x"', b"true", b"NaN", b"9" * 400)


class Code:
    """Leaves a trace where somebody unpickles it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


def _cut(data: bytes, dice: random.Random, _: Path) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _flipped(data: bytes, dice: random.Random, _: Path) -> bytes:
    changed = bytearray(data)
    for _flip in range(dice.choice((1, 1, 3, 50))):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _noise(data: bytes, dice: random.Random, _: Path) -> bytes:
    begin = dice.randrange(len(data) + 1)
    return data[:begin] + dice.randbytes(dice.choice((1, 8, 1000))) + data[begin:]


def _zeros(data: bytes, dice: random.Random, _: Path) -> bytes:
    begin = dice.randrange(len(data) + 1)
    return data[:begin] + bytes(len(data) - begin)


def _retyped(data: bytes, dice: random.Random, _: Path) -> bytes:
    """One number or text of a JSON or TOML text becomes something else."""
    found = list(re.finditer(rb'(?<=[:=\[,] )?("[^"\n]{0,60}"|-?\d+(\.\d+)?|true|false)', data))
    if not found:
        return data
    place = dice.choice(found)
    return data[: place.start()] + dice.choice(JSON) + data[place.end() :]


def _huge(data: bytes, dice: random.Random, _: Path) -> bytes:
    """Lengths without end: of a header, of a shape, of a count."""
    ways = (
        lambda: dice.choice((2**63 - 1, 2**40, 10**8)).to_bytes(8, "little") + data[8:],
        lambda: re.sub(rb"\d+", lambda m: dice.choice((m[0], b"4294967295", b"99999999")), data),
        lambda: re.sub(rb'"shape":\[[^]]*\]', b'"shape":[1048576,1048576]', data),
        lambda: b"[" * 10**6 + data,
        lambda: data + data[-1:] * 10**6,
    )
    return dice.choice(ways)()


def _elsewhere(data: bytes, dice: random.Random, trace: Path) -> bytes:
    """Names that lead out of the run."""
    to = dice.choice(("../../../../etc/passwd", "/etc/passwd", "C:\\x", "..", "a\x00b", str(trace)))
    texts = list(re.finditer(rb'"[^"\n]{1,60}"', data))
    if not texts:
        return json.dumps({to: to, "manifest.json": {"bytes": 1, "sha256": to}}).encode()
    place = dice.choice(texts)
    return data[: place.start()] + json.dumps(to).encode() + data[place.end() :]


def _code(data: bytes, dice: random.Random, trace: Path) -> bytes:
    code = pickle.dumps(Code(trace))
    return dice.choice((code, code + data, data[:8] + code + data[8:]))


MUTATIONS: tuple[Mutation, ...] = (
    _cut, _flipped, _noise, _zeros, _retyped, _huge, _elsewhere, _code,
)  # fmt: skip


def survive(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """So many mutated files, each read in every way there is."""
    whole, work, trace = folder / "whole", folder / "work", folder / "executed"
    config = tiny(folder, training__steps=60, look__record_megabytes=50, look__checkpoints=2)
    assert ended(forked(lambda: train(config, whole))) == 0
    files = [path for path in sorted(whole.rglob("*")) if path.is_file() and path.stat().st_size]
    dice = random.Random(seed)
    failures: list[str] = []
    sentences, slowest = 0, (0.0, "")
    shutil.copytree(whole, work)
    read_everything(work)
    for number in range(count):
        file = dice.choice(_few(files, dice))
        mutation = MUTATIONS[number % len(MUTATIONS)]
        place = work / file.relative_to(whole)
        place.write_bytes(mutation(file.read_bytes(), dice, trace))
        what = f"{mutation.__name__} {file.relative_to(whole)}"
        # Processor time: other programs may keep the machine busy.
        began = time.process_time()
        try:
            sentences += read_everything(work)
        except Exception as error:
            failures.append(f"{number}: {what}: {type(error).__name__}: {error}")
        slowest = max(slowest, (time.process_time() - began, what))
        shutil.copyfile(file, place)
    if trace.exists():
        failures.append("code was executed")
    peak = _peak_bytes()
    if peak > MOST_BYTES:
        failures.append(f"{peak / 1e9:.2f} GB of memory")
    if slowest[0] > MOST_SECONDS:
        failures.append(f"{slowest[1]} took {slowest[0]:.0f} s")
    return {
        "mutated_files": count,
        "with_a_sentence": sentences,
        "peak_megabytes": round(peak / 1e6),
        "slowest_seconds": round(slowest[0], 2),
        "slowest": slowest[1],
        "failures": failures[:10],
    }


def _peak_bytes() -> int:
    """The most memory that this program has had at once.

    On Linux `ru_maxrss` begins with that of the process which started this one; VmHWM does not.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if found is not None:
        return 1024 * int(found[1])
    # Elsewhere: macOS counts in bytes, others in kilobytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _few(files: list[Path], dice: random.Random) -> list[Path]:
    """Every kind of file as often as the others: there are more snapshots than configurations."""
    kinds: dict[str, list[Path]] = {}
    for file in files:
        kinds.setdefault(re.sub(r"\d{6,}|[0-9a-f]{24}", "N", file.name), []).append(file)
    return kinds[dice.choice(sorted(kinds))]


def read_everything(path: Path) -> bool:
    """All that the window and the commands read; True when any of it was refused with a sentence.

    Anything but a `UserError` of one line comes through.
    """
    complained = run_info(path).state == "damaged"
    try:
        run = Run.open(path)
    except UserError as error:
        return _is_sentence(error)
    reads: list[Callable[[], object]] = [
        lambda: run.name,
        lambda: run.is_live,
        lambda: run.structure,
        lambda: run.corpus,
        lambda: run.task.sizes,
        lambda: run.history,
        lambda: run.samples,
        lambda: run.evaluations,
        lambda: run.past,
        lambda: run.playback.marks(),
        lambda: run.state,
        lambda: run.model,
        lambda: run.task.sample(run.model, "the", 2, 1.0, 1),
        lambda: scene(run),
        lambda: Moments(path).contents(),
        lambda: configs.load(path / "config.toml"),
        *(lambda step=step: run.model_at(step) for step in run.checkpoint_steps()),
    ]
    try:
        steps = run.playback.snapshot_steps()
    except UserError:
        steps = ()
    reads += [lambda step=step: Moments(path).snapshot(step, True) for step in steps[-3:]]
    for read in reads:
        try:
            read()
        except UserError as error:
            complained = _is_sentence(error)
        except KeyError:
            # There is no snapshot at that step (any more): told by its caller.
            continue
    return complained


def _is_sentence(error: UserError) -> bool:
    text = str(error)
    if not text or "Traceback" in text:
        raise AssertionError(f"no sentence: {text[:200]!r}")
    return True
