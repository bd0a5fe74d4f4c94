"""The unrolled graph of a user's network, as the views know graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rnnviz.contracts.arrays import address
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.structure import ParameterInfo
from rnnviz.recording.describing import Axis
from rnnviz.recording.ledger import Ledger
from rnnviz.recording.stations import Station
from rnnviz.recording.wiring import State, Wiring


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a graph there is to draw besides states.

    length, source  tokens along each axis; 0 where there are none
    per_time        the output has a row for each time
    has_output, has_loss, has_target  whether there are such nodes
    """

    length: int
    source: int
    per_time: bool
    has_output: bool
    has_loss: bool
    has_target: bool


def graph(
    ledger: Ledger, stations: Sequence[Station], axes: dict[str, Axis], wiring: Wiring,
    reach: Reach, parameters: Sequence[ParameterInfo], attends: bool,
) -> Graph:  # fmt: skip
    """Inputs below, then a row per layer and direction in the order of calls, outputs on top."""
    return _Drawn(ledger, stations, axes, wiring, reach, parameters, attends).graph()


class _Drawn:
    def __init__(
        self, ledger: Ledger, stations: Sequence[Station], axes: dict[str, Axis],
        wiring: Wiring, reach: Reach, parameters: Sequence[ParameterInfo], attends: bool,
    ) -> None:  # fmt: skip
        by_path = {station.path: station for station in stations}
        self._called = [by_path[path] for path in ledger.called]
        self._axis = {part: axes[s.path] for s in self._called for part in s.parts}
        self._ledger, self._wiring, self._reach = ledger, wiring, reach
        self._weights = {(i.part, i.layer, i.role): i.name for i in parameters if i.part}
        self._readout = next((i.name for i in parameters if i.role == "readout"), "")
        self._attends = attends
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str], Edge] = {}
        self._row = 0

    def graph(self) -> Graph:
        self._along("source_time", "source", self._reach.source)
        self._along("time", "input", self._reach.length)
        for station in self._called:
            self._inside(station)
            self._from_outside(station)
        self._above()
        known = [e for e in self._edges.values() if {e.source, e.target} <= self._nodes.keys()]
        return Graph(tuple(self._nodes.values()), tuple(known))

    def _put(self, node: Node) -> None:
        self._nodes[node.id] = node

    def _link(self, source: str, target: str, parameter: str = "", span: int = 0) -> None:
        weights = ""
        if self._attends and source in self._nodes and target in self._nodes:
            across = self._nodes[source].axis, self._nodes[target].axis
            weights = "attention" if across == ("source_time", "time") else ""
        edge = Edge(source, target, "" if weights else parameter, span, weights)
        self._edges.setdefault((source, target), edge)

    def _along(self, axis: Axis, kind: Literal["source", "input"], count: int) -> None:
        for time in range(count):
            self._put(Node(f"{kind}@{time}", kind, time, axis, self._row, "x"))
        self._row += 1 if count else 0
        for station in self._called:
            if self._axis[station.parts[0]] == axis:
                self._states(station)

    def _states(self, station: Station) -> None:
        # Both directions of a layer side by side: the next layer reads both.
        for layer in range(station.layers):
            for part in station.parts:
                array = address(part, layer, "h")
                for time, _, _ in self._ledger.tensors(part, layer, "h"):
                    axis = self._axis[part]
                    self._put(Node(f"{array}@{time}", "state", time, axis, self._row, "h", array))
                self._row += 1

    def _inside(self, station: Station) -> None:
        """Through time and from layer to layer, as PyTorch's equations have it."""
        for direction, part in enumerate(station.parts):
            span = -1 if direction else 1
            for layer in range(station.layers):
                across = self._weight(part, layer, "hidden_hidden")
                upward = self._weight(part, layer, "input_hidden")
                for time, _, _ in self._ledger.tensors(part, layer, "h"):
                    here = _id(part, layer, time)
                    if not self._ledger.begins(part, layer, time):
                        self._link(_id(part, layer, time - span), here, across, span)
                    for below in station.parts if layer else ():
                        self._link(_id(below, layer - 1, time), here, upward)

    def _from_outside(self, station: Station) -> None:
        for part in station.parts:
            for (name, layer, time, kind), states in self._wiring.into.items():
                if name == part:
                    self._enter(part, layer, time, kind, states)
            self._read(part)

    def _enter(self, part: str, layer: int, time: int, kind: str, states: Sequence[State]) -> None:
        role = "input_hidden" if kind == "x" else "hidden_hidden"
        for source in states:
            aligned = self._axis[source[0]] == self._axis[part] and abs(time - source[2]) <= 1
            same = kind == "x" or source[:2] == (part, layer)
            weight = self._weight(part, layer, role) if aligned and same else ""
            span = time - source[2] if self._axis[source[0]] == self._axis[part] else 0
            self._link(_id(*source), _id(part, layer, time), weight, span)

    def _read(self, part: str) -> None:
        """Tokens enter where nothing else on the same axis does."""
        axis = self._axis[part]
        kind = "source" if axis == "source_time" else "input"
        for time, _, _ in self._ledger.tensors(part, 0, "h"):
            states = self._wiring.into.get((part, 0, time, "x"), ())
            if not any(self._axis[state[0]] == axis and state[2] == time for state in states):
                weight = self._weight(part, 0, "input_hidden")
                self._link(f"{kind}@{time}", _id(part, 0, time), weight)

    def _above(self) -> None:
        if not self._reach.has_output:
            return
        times = range(self._reach.length) if self._reach.per_time else (self._reach.length - 1,)
        for time in times:
            self._put(Node(f"output@{time}", "output", time, "time", self._row, "o"))
            for source in self._wiring.outputs.get(time if self._reach.per_time else 0, ()):
                aligned = self._axis[source[0]] == "time" and source[2] == time
                self._link(_id(*source), f"output@{time}", self._readout if aligned else "")
            if self._reach.has_loss:
                self._judge(time)

    def _judge(self, time: int) -> None:
        self._put(Node(f"loss@{time}", "loss", time, "time", self._row + 1, "L", "loss"))
        self._link(f"output@{time}", f"loss@{time}")
        if self._reach.has_target:
            self._put(Node(f"target@{time}", "target", time, "time", self._row + 2, "y"))
            self._link(f"target@{time}", f"loss@{time}")

    def _weight(self, part: str, layer: int, role: str) -> str:
        return self._weights.get((part, layer, role), "")


def _id(part: str, layer: int, time: int) -> str:
    return f"{address(part, layer, 'h')}@{time}"
