"""The network over a text: tokens and every state and gate of every layer, stretch by stretch, so
that a text of any length fits into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Batch
from rnnviz.contracts.snapshot import Tokens
from rnnviz.contracts.task import Task, evaluating
from rnnviz.corpora.reader import open_texts
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import task_class
from rnnviz.recurrence.tap import NO_LAYER, Recorder

STRETCH = 200
"""Tokens that go through the network at once."""

MOST_TOKENS = 5_000

KINDS = ("state", "memory", "gate", "candidate")
"""Of the quantities that are kept; preactivations are not."""

Told = Callable[[str, int, int], None]
"""Called as told("reading", tokens, of); raises `Cancelled` when the user has had enough."""

Key = tuple[str, int, str]
"""Part, layer and quantity."""


@dataclass(frozen=True, slots=True)
class Text:
    """What the network reads: a file, else some typed words, else the corpus' held-out part.

    most  tokens after which no further stretch or example is begun
    """

    path: Path | None = None
    words: str = ""
    most: int = MOST_TOKENS


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What happened along one axis.

    axis    `time` or `source_time`
    tokens  (T,) texts, without spaces in them
    ids     (T,) their ids where the task has any
    arrays  (T, units) float32 each
    begins  False where it goes on from the passage before it on this axis
    """

    axis: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    arrays: Mapping[Key, NDArray[np.float32]]
    begins: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    batch: Batch
    tokens: Tokens


def passages(run: Run, text: Text, told: Told = lambda *_: None) -> Iterator[Passage]:
    """Every passage of the text. UserError where it cannot be had or holds nothing."""
    state, done = None, 0
    stretches = _from_words(run, text) if text.path or text.words else _held_out(run, text.most)
    first = next(stretches, None)
    if first is None:
        raise UserError(
            "There is nothing to read: this network knows no token of that text; try another one."
            if text.path or text.words
            else "There is nothing to read: name a text with --text."
        )
    with evaluating(run.model):
        for stretch in chain((first,), stretches):
            told("reading", min(done, text.most), text.most)
            recorder = Recorder()
            state = run.model.tapped(stretch.batch, recorder, state).state
            yield from _of(run, stretch, recorder)
            done += stretch.batch.inputs.shape[1]
            if done >= text.most:
                break
    told("reading", text.most, text.most)


def axes(run: Run) -> tuple[str, ...]:
    """The axes along which something recurs."""
    found = {part.axis for part in run.structure.parts}
    return tuple(axis for axis in ("source_time", "time") if axis in found)


def _of(run: Run, stretch: _Stretch, recorder: Recorder) -> Iterator[Passage]:
    batch, tokens = stretch.batch, stretch.tokens
    read = {"time": (tokens.input, batch.inputs), "source_time": (tokens.source, batch.source)}
    for axis in axes(run):
        names, ids = read[axis]
        arrays = {key: recorder.stacked(*key).numpy() for key in _keys(run, recorder, axis)}
        plain = ids is not None and not ids.is_floating_point() and ids.ndim == 2
        known = tuple(ids[0].tolist()) if ids is not None and plain else ()
        yield Passage(axis, names, known, arrays, begins=not batch.continues)


def _keys(run: Run, recorder: Recorder, axis: str) -> list[Key]:
    parts = {part.name: part for part in run.structure.parts if part.axis == axis}
    return [
        (part, layer, quantity)
        for part, layer, quantity in recorder.recorded()
        if layer != NO_LAYER
        and part in parts
        and quantity in {q.name for q in parts[part].cell.quantities if q.kind in KINDS}
    ]


# ---- what is read


def _from_words(run: Run, text: Text) -> Iterator[_Stretch]:
    """A text that runs on is read from end to end, else every line is an example of its own."""
    words = _read(text) if text.path else text.words
    ids = run.task.running(words)
    if ids is not None:
        yield from _running(run.task, ids[: text.most])
        return
    for line in filter(str.strip, words.split("\n")):
        probe = run.task.probe(line, run.model)
        yield _Stretch(probe.batch, probe.tokens)


def _read(text: Text) -> str:
    assert text.path is not None
    # Words are long; more than this many letters would not be read anyway.
    letters, most = 0, 40 * text.most
    found: list[str] = []
    for piece in open_texts(text.path).chunks():
        found.append(piece)
        letters += len(piece)
        if letters >= most:
            break
    return "".join(found)


def _held_out(run: Run, most: int) -> Iterator[_Stretch]:
    """The corpus' own held-out part, row after row; UserError where the corpus is gone."""
    task = task_class(run.config).open(run.config)
    batches = list(_few(task, most))
    if batches and task.running("") is not None:
        for row in torch.cat([batch.inputs for batch in batches], 1):
            yield from _running(task, row)
        return
    for batch in batches:
        for number in range(len(batch.inputs)):
            yield _example(task, batch, number)


def _few(task: Task, most: int) -> Iterator[Batch]:
    """Held-out batches until they hold enough tokens."""
    done = 0
    for batch in task.validation_batches():
        yield batch
        done += batch.inputs.shape[0] * batch.inputs.shape[1]
        if done >= most:
            return


def _running(task: Task, ids: Tensor) -> Iterator[_Stretch]:
    for start in range(0, len(ids), STRETCH):
        row = ids[None, start : start + STRETCH]
        names = tuple(task.vocabulary[i] for i in row[0].tolist())
        yield _Stretch(Batch(row, row, continues=start > 0), Tokens(names, (), ()))


def _example(task: Task, batch: Batch, number: int) -> _Stretch:
    """One row without its padding, its tokens by name where the task can name them."""
    one = slice(number, number + 1)
    length = batch.inputs.shape[1] if batch.lengths is None else int(batch.lengths[number])
    row = replace(batch, inputs=batch.inputs[one, :length], targets=batch.targets[one, :length])
    for name in ("context", "picture", "children", "facts", "source", "source_lengths", "lengths"):
        values = getattr(batch, name)
        if values is not None:
            row = replace(row, **{name: values[one]})
    if batch.source is not None and batch.source_lengths is not None:
        row = replace(row, source=batch.source[one, : int(batch.source_lengths[number])])
    names = task.named(row)
    return _Stretch(row, names)
