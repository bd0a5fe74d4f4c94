"""NeuroX activations: the h of every layer, sentence by sentence, as HDF5 and as JSON lines.

As neurox/data/writer.py of github.com/fdalvi/NeuroX describes them and neurox/data/loader.py reads
them; `tokens.txt` has the sentences in the form of the loader's `source_path`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnviz.engine.run_store import Run
from rnnviz.export.whole import whole_folder
from rnnviz.interchange.hdf5 import created
from rnnviz.interchange.lstmvis import FOLDERS
from rnnviz.interchange.passages import Passage, Text, Told, axes, passages
from rnnviz.interchange.words import solid

LONGEST = 200
"""Tokens of a sentence: a text without line ends is cut there."""

LINE_END = "↵"


@dataclass(slots=True)
class _Sentence:
    """Tokens and, for each of them, (layers, units) of h."""

    tokens: list[str] = field(default_factory=list)
    states: list[NDArray[np.float32]] = field(default_factory=list)


def write(run: Run, out: Path, text: Text, told: Told) -> str:
    """Write `activations.hdf5`, `activations.json` and `tokens.txt` into the new folder `out`.

    UserError where there is nothing to read or the folder cannot be written.
    """
    counted: list[int] = []
    whole_folder(out, lambda folder: counted.append(_write(run, folder, text, told)))
    return f"{counted[0]:,} sentences as NeuroX activations in {out}"


def _write(run: Run, folder: Path, text: Text, told: Told) -> int:
    found = axes(run)
    with ExitStack() as open_files:
        writers = {
            axis: _Writer(folder / (FOLDERS[axis] if len(found) > 1 else ""), open_files)
            for axis in found
        }
        for passage in passages(run, text, told):
            writers[passage.axis].add(passage)
        for writer in writers.values():
            writer.finish()
    return max(writer.count for writer in writers.values())


class _Writer:
    """The files of one axis while they grow."""

    def __init__(self, folder: Path, open_files: ExitStack) -> None:
        folder.mkdir(exist_ok=True)
        self._numbers: dict[str, str] = {}
        self._sentence = _Sentence()
        self._data = open_files.enter_context(created(folder / "activations.hdf5"))
        self._lines, self._texts = (
            open_files.enter_context((folder / name).open("w", encoding="utf-8", newline="\n"))
            for name in ("activations.json", "tokens.txt")
        )

    @property
    def count(self) -> int:
        """Sentences written."""
        return len(self._numbers)

    def add(self, passage: Passage) -> None:
        """Take up a passage; what it completes is written."""
        if passage.begins:
            self._end()
        for token, states in zip(passage.tokens, _by_token(passage), strict=True):
            self._sentence.tokens.append(solid(token))
            self._sentence.states.append(states)
            if token == LINE_END or len(self._sentence.tokens) == LONGEST:
                self._end()

    def finish(self) -> None:
        """The last sentence, and which data set holds which sentence."""
        self._end()
        self._data.put_text("sentence_to_index", json.dumps(self._numbers))

    def _end(self) -> None:
        done, self._sentence = self._sentence, _Sentence()
        if done.tokens:
            states = np.stack(done.states, 1)  # (layers, T, units)
            self._data.put(str(self.count), states)
            self._lines.write(_json(self.count, done.tokens, states) + "\n")
            self._texts.write(" ".join(done.tokens) + "\n")
            self._numbers[self._unused(" ".join(done.tokens))] = str(self.count)

    def _unused(self, sentence: str) -> str:
        """The sentence; where it comes again, numbered as the reader's own writer does."""
        name, times = sentence, 1
        while name in self._numbers:
            times += 1
            name = f"{sentence} (Occurrence {times})"
        return name


def _by_token(passage: Passage) -> Iterable[NDArray[np.float32]]:
    """For each token (layers, units): h of all layers, of all stacks below one another."""
    layers = [values for (_, _, name), values in passage.arrays.items() if name == "h"]
    return np.stack(layers, 1)


def _json(number: int, tokens: list[str], states: NDArray[np.float32]) -> str:
    features = [
        {"token": token, "layers": list(_layers(states[:, time]))}
        for time, token in enumerate(tokens)
    ]
    return json.dumps({"linex_index": number, "features": features})


def _layers(states: NDArray[np.float32]) -> Iterator[dict[str, object]]:
    for index, values in enumerate(states.tolist()):
        yield {"index": index, "values": [round(value, 8) for value in values]}
