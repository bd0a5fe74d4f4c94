"""One look: a private copy of the network runs the probe through explicit steps, and what happened
becomes a `Snapshot`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from rnnviz.contracts import discovery
from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.snapshot import NEEDS, NOW_AND_THEN, Snapshot, Tokens
from rnnviz.contracts.structure import Structure
from rnnviz.recording import attention
from rnnviz.recording.calm import calm
from rnnviz.recording.copying import bare, private_copy
from rnnviz.recording.describing import Axis, axes_of, structure
from rnnviz.recording.ledger import Ledger
from rnnviz.recording.measured import (
    as_array,
    attended,
    derivatives,
    has_classes,
    likeliest,
    recorded_states,
)
from rnnviz.recording.names import name
from rnnviz.recording.outcome import Loss, Outcome, read
from rnnviz.recording.probe import Layout, Probe
from rnnviz.recording.stations import stations
from rnnviz.recording.tokens import Ids, read_numbers, read_tokens
from rnnviz.recording.unrolled import Reach, graph
from rnnviz.recording.unrolling import unroll
from rnnviz.recording.wiring import Wiring, wiring

NO_LOSS = (
    "This run was recorded without a loss for its probe; give rnnviz.record targets= or loss= to "
    "fill this view."
)

NO_ATTENTION = (
    "Nothing in this network was seen to attend; if a submodule returns attention weights, name it "
    "with rnnviz.record attention=."
)

NO_TERMS = (
    "The terms of the gradient are computed for networks that rnnviz trains, not for those of a "
    "script."
)

RARELY = 10
"""Of so many looks one brings what is costly."""

NO_CLASSES = "The output of this network is no scores of classes, so there are no probabilities."


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """What a script told about its probe; see `rnnviz.record`."""

    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    targets: Any = None
    loss: Loss | None = None
    item: int = 0
    attention: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    source_tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What stays from look to look as long as the probe takes the same way."""

    way: tuple[tuple[str, int], ...]
    axes: dict[str, Axis]
    structure: Structure
    graph: Graph


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """One run of the probe."""

    net: nn.Module
    ledger: Ledger
    ids: Ids
    output: Any


class Glass:
    """Makes snapshots of one network on one probe. It never touches the network itself."""

    def __init__(self, model: nn.Module, probe: Probe, wishes: Wishes, run: str) -> None:
        self._model, self._probe, self._wishes, self._run = bare(model), probe, wishes, run
        self._stations = stations(self._model)
        self._device = device_of(self._model)
        self._known: _Known | None = None
        self._looks = 0
        self._analyses = [kind() for kind in discovery.every("analysis", Analysis).values()]

    def look(self, step: int) -> Snapshot:
        """The snapshot after `step` updates; raises whatever the network raises on the probe."""
        began = time.perf_counter()
        with calm(self._device):
            seen = self._run_probe(cut=False)
            layout = self._layout(seen.ledger, seen.ledger.called[-1:])
            wishes = self._wishes
            outcome = read(seen.output, layout, wishes.targets, wishes.loss, self._probe.given)
            known = self._know(seen, outcome)
            arrays = {a.name: a for a in self._arrays(seen, outcome, known)}
        return Snapshot(
            run=self._run,
            step=step,
            tokens=self._tokens(seen, outcome, known),
            structure=known.structure,
            graph=known.graph,
            vocabulary=wishes.classes or wishes.names,
            arrays=arrays,
            results=self._results(arrays, known.structure),
            tapped_difference=seen.ledger.difference,
            loss=_mean_loss(outcome),
            needs=frozenset(NEEDS),
            absent=_absent(seen, outcome),
            seconds=time.perf_counter() - began,
            finished_at=time.monotonic(),
        )

    # ---- passes

    def _run_probe(self, cut: bool) -> _Pass:
        net = private_copy(self._model)
        ledger = Ledger(self._wishes.item, cut)
        ids = Ids(net)
        attention.watch(net, self._wishes.attention, ledger)
        unroll(net, self._stations, ledger)
        output = self._probe.call(net)
        attention.from_output(output, ledger)
        return _Pass(net, ledger, ids, output)

    def _know(self, seen: _Pass, outcome: Outcome) -> _Known:
        way = tuple((path, seen.ledger.steps(path)) for path in seen.ledger.called)
        if self._known is None or self._known.way != way:
            wired = self._wired(outcome)
            axes = axes_of(seen.ledger, self._stations, wired, self._wishes.source)
            self._known = self._described(way, seen, outcome, axes, wired)
        return self._known

    def _wired(self, outcome: Outcome) -> Wiring:
        """How the parts hang together; nothing where the network cannot be run like this."""
        try:
            cut = self._run_probe(cut=True)
            layout = self._layout(cut.ledger, cut.ledger.called[-1:])
            scores = read(cut.output, layout, None, None, None).scores
            return wiring(cut.ledger, self._stations, scores)
        except RuntimeError:
            return Wiring()

    def _described(
        self, way: tuple[tuple[str, int], ...], seen: _Pass, outcome: Outcome,
        axes: dict[str, Axis], wired: Wiring,
    ) -> _Known:  # fmt: skip
        classes = 0 if outcome.scores is None else outcome.scores.shape[-1]
        attends = bool(seen.ledger.attention)
        found = structure(self._model, self._stations, axes, classes, attends)
        reach = Reach(
            self._length(seen.ledger, axes, "time"),
            self._length(seen.ledger, axes, "source_time"),
            outcome.per_time,
            outcome.scores is not None,
            outcome.losses is not None,
            outcome.targets is not None,
        )
        drawn = graph(
            seen.ledger, self._stations, axes, wired, reach, found.parameters, attends
        )  # fmt: skip
        return _Known(way, axes, found, drawn)

    def _length(self, ledger: Ledger, axes: dict[str, Axis], axis: Axis) -> int:
        return max((ledger.steps(path) for path, own in axes.items() if own == axis), default=0)

    # ---- where things lie

    def _layout(self, ledger: Ledger, paths: Sequence[str]) -> Layout:
        """Of what runs along the axis of the last of these submodules."""
        if not paths:
            return Layout(0, 0, 1, self._wishes.item, True)
        batch, longest = ledger.sizes[paths[-1]]
        steps = ledger.steps(paths[-1])
        item = min(self._wishes.item, batch - 1)
        ragged = paths[-1] in ledger.ragged
        return Layout(steps, longest, batch, item, self._batch_first(), ragged)

    def _batch_first(self) -> bool:
        firsts = [
            bool(self._model.get_submodule(station.path).batch_first)
            for station in self._stations
            if station.is_sequence
        ]
        return all(firsts)

    def _tokens(self, seen: _Pass, outcome: Outcome, known: _Known) -> Tokens:
        wishes = self._wishes
        along: dict[str, tuple[str, ...]] = {"time": wishes.tokens}
        along["source_time"] = wishes.source_tokens
        for axis in ("time", "source_time"):
            paths = [path for path, own in known.axes.items() if own == axis]
            if paths and not along[axis]:
                layout = self._layout(seen.ledger, paths)
                last = axis == "time" and "source_time" in known.axes.values()
                found = read_tokens(seen.ids, self._probe.given, layout, wishes.names, last)
                along[axis] = found
        output, target = self._answers(outcome, len(along["time"]))
        return Tokens(along["time"], target, output, along["source_time"])

    def _answers(self, outcome: Outcome, length: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the network says and what is true; an answer for all stands at the last time."""
        names = self._wishes.classes or self._wishes.names
        ahead = () if outcome.per_time else ("",) * (length - 1)
        said: tuple[str, ...] = ()
        if outcome.scores is not None and has_classes(outcome):
            best = outcome.scores.detach().argmax(-1).tolist()
            said = (*ahead, *(name(names, index) for index in best))
        true: tuple[str, ...] = ()
        if outcome.targets is not None:
            true = (*ahead, *(_truth(names, index) for index in outcome.targets.tolist()))
        return said, true

    # ---- arrays

    def _arrays(self, seen: _Pass, outcome: Outcome, known: _Known) -> Iterator[NamedArray]:
        yield from recorded_states(seen.ledger, known.structure)
        yield from attended(seen.ledger)
        if outcome.losses is not None:
            yield as_array("loss", ("time",), outcome.losses)
        layout = self._layout(seen.ledger, seen.ledger.called[-1:])
        if has_classes(outcome):
            yield from likeliest(outcome, layout.steps)
        yield from self._numbers(outcome, layout)
        yield from derivatives(seen.net, seen.ledger, outcome.loss, known.structure)

    def _numbers(self, outcome: Outcome, layout: Layout) -> Iterator[NamedArray]:
        """What is read, said and true, where that is numbers."""
        read = read_numbers(self._probe.given, layout, len(self._wishes.names))
        if read is not None:
            yield as_array("value/input", ("time", "slot"), read)
        if outcome.numbers is not None:
            yield as_array("value/output", ("time", "slot"), outcome.numbers[0])
            yield as_array("value/target", ("time", "slot"), outcome.numbers[1])

    def _results(self, arrays: Mapping[str, NamedArray], found: Structure) -> dict[str, NamedArray]:
        needs = frozenset(NEEDS) - (NOW_AND_THEN if self._looks % RARELY else frozenset())
        self._looks += 1
        results = [
            array
            for analysis in self._analyses
            if analysis.needs <= needs
            for array in analysis.compute(arrays, found)
        ]
        return {array.name: array for array in results}


def device_of(model: nn.Module) -> torch.device:
    """Where the network is: where its first parameter is."""
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device


def _absent(seen: _Pass, outcome: Outcome) -> dict[str, str]:
    reasons = {
        "gradients": NO_LOSS if outcome.loss is None else "",
        "attention": "" if seen.ledger.attention else NO_ATTENTION,
        "backpropagation": NO_TERMS,
        "next": "" if has_classes(outcome) else NO_CLASSES,
    }
    return {need: why for need, why in reasons.items() if why}


def _truth(names: tuple[str, ...], index: int) -> str:
    return name(names, index) if index >= 0 else ""


def _mean_loss(outcome: Outcome) -> float:
    if outcome.losses is not None:
        return float(outcome.losses.detach().float().mean())
    return float("nan") if outcome.loss is None else float(outcome.loss.detach())
