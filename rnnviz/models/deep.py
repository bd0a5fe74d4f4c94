"""A recurrent network made deep between its states: a perceptron each from input to state, from
state to state and from state to output (Goodfellow et al. 10.5, figure 10.13 b and c).

The third way to depth, states stacked on states (figure 10.13 a), is the recurrent network with
more than one layer.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts import discovery
from rnnviz.contracts.arrays import address
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node, NodeKind
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.perceptron import Perceptron
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY
from rnnviz.recurrence.transition import DeepTransition


class Deep(Autoregressive):
    """x_t -> e_t -> h_t, which h_{t-1} reaches through p_t -> r_t -> logits."""

    name = "deep"
    title = "deep transition network"
    shapes = ("aligned",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = DeepTransition(discovery.find("cells", config.cell, Cell)(config), config.skips)
        size = config.hidden_size
        self.embedding = step_input(config, sizes)
        self.entering = Perceptron("entering", self.embedding.embedding_dim, size)
        self.recurrent = RecurrentLayers(
            cell, "recurrent", size, size, config.layers, config.dropout
        )
        self.leaving = Perceptron("leaving", size, size)
        self.dropout = config.dropout
        self.readout = nn.Linear(size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        return self.tapped(batch, IDENTITY, state)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        e = self.entering.tapped(self.embedding(batch.inputs), tap)  # (B, T, H)
        carried = state if batch.continues else None
        h, state = self.recurrent.tapped(e, tap, carried, batch.lengths)  # (B, T, H)
        r = self.leaving.tapped(h, tap)
        return Output(self._read(r), tuple(s.detach() for s in state))  # (B, T, V)

    def _read(self, r: Tensor) -> Tensor:
        logits: Tensor = self.readout(F.dropout(r, self.dropout, self.training))
        return logits

    def start(self, batch: Batch) -> Any:
        return self.recurrent.zero_state(len(batch.inputs))

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        e = self.entering(self.embedding(tokens))
        h, state = self.recurrent.one_step(e, state, IDENTITY, 0)
        return self._read(self.leaving(h)), state

    @property
    def structure(self) -> Structure:
        part = description.part(self.recurrent, "recurrent layers")
        roles = {
            "embedding": "embedding",
            "entering": "input perceptron",
            "leaving": "output perceptron",
            "readout": "readout",
        }
        return Structure(
            self.name,
            f"{part.cell.title} {part.layers}×{part.hidden_size}",
            (part, self.entering.described("input perceptron"),
             self.leaving.described("output perceptron")),
            description.parameters(self, roles),
        )  # fmt: skip

    def graph(self, plan: Plan) -> Graph:
        layers, time = self.recurrent, plan.time
        top = 2 + 2 * layers.layers
        inputs = description.tokens("input", time, 0, "x")
        entering = _perceptrons("entering", time, 1, "e")
        leaving = _perceptrons("leaving", time, top, "r")
        above, upward = description.prediction([n.id for n in leaving], plan.asked, top + 1)
        into = zip(inputs, entering, strict=True)
        out = zip(description.tops(layers, time), leaving, strict=True)
        edges = [
            *(Edge(x.id, e.id, "entering.linear.weight") for x, e in into),
            *(Edge(h, r.id, "leaving.linear.weight") for h, r in out),
            *description.input_edges(layers, "recurrent", [node.id for node in entering]),
            *(edge for layer in range(layers.layers) for edge in self._transitions(layer, time)),
        ]
        nodes = (*inputs, *entering, *self._states(time), *leaving, *above)
        return Graph(nodes, (*edges, *upward))

    def _states(self, time: int) -> list[Node]:
        """h of every layer, and above each row the p that lead from one h to the next."""
        found = []
        for layer in range(self.recurrent.layers):
            rows: tuple[tuple[NodeKind, str, int], ...] = (("state", "h", 0), ("hidden", "p", 1))
            for above, (kind, letter, first) in enumerate(rows):
                array, row = address("recurrent", layer, letter), 2 + 2 * layer + above
                for t in range(first, time):
                    found.append(Node(f"{array}@{t}", kind, t, "time", row, letter, array))
        return found

    def _transitions(self, layer: int, time: int) -> list[Edge]:
        """From h through p to the next h, with skips also past it; and from the layer below."""
        layers, prefix = self.recurrent, "recurrent.kernel"
        edges = []
        for t in range(time):
            here = description.state_id(layers, layer, t)
            if t > 0:
                before, through = (
                    description.state_id(layers, layer, t - 1),
                    f"recurrent/{layer}/p@{t}",
                )
                edges.append(Edge(before, through, f"{prefix}.weight_deep_l{layer}", 1))
                edges.append(Edge(through, here, f"{prefix}.weight_hh_l{layer}"))
                edges += self._past(before, here, layer)
            edges += self._far(layer, t)
            if layer > 0:
                below = description.state_id(layers, layer - 1, t)
                edges.append(Edge(below, here, f"{prefix}.weight_ih_l{layer}"))
        return edges

    def _far(self, layer: int, time: int) -> list[Edge]:
        """The connections of a cell that skips steps: they lead past the perceptron."""
        layers, found = self.recurrent, []
        for weight, span in layers.cell.info.spans:
            if 1 < span <= time:
                before = description.state_id(layers, layer, time - span)
                here = description.state_id(layers, layer, time)
                found.append(Edge(before, here, f"recurrent.kernel.{weight}_l{layer}", span))
        return found

    def _past(self, before: str, here: str, layer: int) -> list[Edge]:
        """The way of c and, with skips or in a cell that mixes its old state in, of h itself."""
        cell = self.recurrent.cell
        assert isinstance(cell, DeepTransition)
        if cell.skips:
            return [Edge(before, here, f"recurrent.kernel.weight_hh_l{layer}", 1)]
        return [Edge(before, here, "", 1)] if "h-" in _direct(cell) else []


def _direct(cell: DeepTransition) -> str:
    """ "h-" where the cell's own equations use the old h besides its weights."""
    mixed = [e.symbols for e in cell.info.equations if e.result == "h"]
    return "h-" if "{h-}" in "".join(mixed) or "c" in cell.info.states else ""


def _perceptrons(part: str, time: int, row: int, label: str) -> list[Node]:
    array = address(part, 0, "h")
    return [Node(f"{array}@{t}", "hidden", t, "time", row, label, array) for t in range(time)]
