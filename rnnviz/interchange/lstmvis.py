"""An LSTMVis project: `lstm.yml`, the states and word ids as HDF5, the words as a list.

As in the README and in docs/chapter/config_states.md of github.com/HendrikStrobelt/LSTMVis.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.engine.run_store import Run
from rnnviz.export.whole import whole_folder
from rnnviz.interchange.hdf5 import created
from rnnviz.interchange.passages import Key, Passage, Text, Told, axes, passages
from rnnviz.interchange.words import WordList

FOLDERS = {"time": "target", "source_time": "source"}
"""Of the two projects of a network that reads one sequence and writes another."""


def write(run: Run, out: Path, text: Text, told: Told) -> str:
    """Write the project, or one per axis, into the new folder `out`; what is in it, as a sentence.

    UserError where there is nothing to read or the folder cannot be written.
    """
    counted: list[int] = []
    whole_folder(out, lambda folder: counted.append(_write(run, folder, text, told)))
    return f"{counted[0]:,} tokens as an LSTMVis project in {out}"


def _write(run: Run, folder: Path, text: Text, told: Told) -> int:
    found = axes(run)
    with ExitStack() as open_files:
        projects = {
            axis: _Project(folder / (FOLDERS[axis] if len(found) > 1 else ""), run, open_files)
            for axis in found
        }
        for passage in passages(run, text, told):
            projects[passage.axis].add(passage)
        for project in projects.values():
            project.finish()
    return max(project.length for project in projects.values())


class _Project:
    """One project while it grows."""

    def __init__(self, folder: Path, run: Run, open_files: ExitStack) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self._run = folder, run
        self._states = open_files.enter_context(created(folder / "states.hdf5"))
        self._ids = open_files.enter_context(created(folder / "train.hdf5"))
        self._words = WordList()
        self._keys: dict[Key, str] = {}
        self.length = 0

    def add(self, passage: Passage) -> None:
        """Append one passage to everything."""
        numbers = self._words.numbers(passage.tokens, passage.ids)
        self._ids.append("word_ids", np.array(numbers, np.int32))
        for key, values in passage.arrays.items():
            self._keys[key] = _path(self._run, key)
            self._states.append(self._keys[key], values)
        self.length += len(passage.tokens)

    def finish(self) -> None:
        """The words and the description."""
        (self._folder / "words.dict").write_text(self._words.listed(), encoding="utf-8")
        (self._folder / "lstm.yml").write_text("\n".join(self._described()), encoding="utf-8")

    def _described(self) -> Iterator[str]:
        title = self._run.structure.title
        # JSON strings and lists are YAML too, whatever is in them.
        yield f"name: {json.dumps(self._run.name)}"
        yield f"description: {json.dumps(f'{title}, {self.length} tokens, from rnnviz')}"
        yield "files:\n  states: states.hdf5\n  word_ids: train.hdf5\n  words: words.dict"
        yield "word_sequence:\n  file: word_ids\n  path: word_ids\n  dict_file: words"
        yield "states:\n  file: states\n  types: ["
        yield ",\n".join(f"    {json.dumps(self._kind(key))}" for key in sorted(self._keys))
        yield "  ]\netc:\n  regex_search: true\n"

    def _kind(self, key: Key) -> dict[str, Any]:
        """One entry of `types`. What lies within [-1, 1] must not go through tanh once more."""
        part, layer, name = key
        quantity = self._run.structure.part(part).cell.quantity(name)
        bounded = quantity.low is not None and quantity.high is not None
        return {
            "type": "output" if name == "h" else "state",
            "layer": layer + 1,
            "path": self._keys[key],
            "unsigned": bool(bounded and (quantity.low or 0) >= 0),
            "transform": "none" if bounded else "tanh",
        }


def _path(run: Run, key: Key) -> str:
    """`c1`, or `encoder.forward_c1` where several stacks read the same."""
    part, layer, quantity = key
    parts = {p.name for p in run.structure.parts if p.axis == run.structure.part(part).axis}
    return f"{part}_{quantity}{layer + 1}" if len(parts) > 1 else f"{quantity}{layer + 1}"
