"""A trainer's state as one piece of bytes, to hand it from process to process. Never pickle."""

from __future__ import annotations

import json
from dataclasses import replace

from rnnviz.contracts.share import Share
from rnnviz.engine import carried, checkpoints
from rnnviz.engine.trainer import TrainerState


def packed(state: TrainerState) -> bytes:
    """The files of a checkpoint behind one line with their names and lengths."""
    files = checkpoints.to_files(state)
    contents = {name: len(data) for name, data in files.items()}
    return json.dumps(contents).encode() + b"\n" + b"".join(files.values())


def unpacked(data: bytes) -> TrainerState:
    """What `packed` packed."""
    line, _, rest = data.partition(b"\n")
    files, begin = {}, 0
    for name, length in json.loads(line).items():
        files[name] = rest[begin : begin + length]
        begin += length
    return checkpoints.from_files(files)


def shared(state: TrainerState, share: Share) -> TrainerState:
    """The state of a process that has only some of the rows."""
    return replace(state, carried=carried.of_rows(state.carried, share))
