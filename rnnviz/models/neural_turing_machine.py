"""A neural Turing machine: a recurrent controller that writes to and reads from a memory of slots
(Graves et al. 2014; Goodfellow et al. 10.12).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description, heads
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY, NO_LAYER


@dataclass(frozen=True, slots=True)
class _Tape:
    """Between two steps: the controller's state, the memory (B, N, W), what was read (B, W), and
    where both heads stand (B, N).
    """

    state: State
    memory: Tensor
    read: Tensor
    reading: Tensor
    writing: Tensor


class NeuralTuringMachine(Autoregressive):
    """x_t and what was read before -> controller h_t -> write, read -> logits of h_t and r_t. The
    memory is blank at the beginning of every batch.
    """

    name = "neural_turing_machine"
    title = "neural Turing machine"
    shapes = ("aligned",)
    shows = ("memory",)
    ignores = ("dropout",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        size, width = config.hidden_size, config.memory_width
        self.embedding = step_input(config, sizes)
        self.controller = RecurrentLayers(
            cell, "controller", self.embedding.embedding_dim + width, size, config.layers
        )
        self.reader = heads.Head(size, width)
        self.writer = heads.Head(size, width, more=2)
        self.readout = nn.Linear(size + width, sizes.outputs)
        self.slots = config.memory_slots
        # Learned: all that the heads compare their keys with at the first step.
        self.first = nn.Parameter(0.05 * torch.randn(1, width))
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        return self.tapped(batch, IDENTITY, state)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        x = self.embedding(batch.inputs)  # (B, T, I)
        tape, logits = self._blank(len(x)), []
        for time, row in enumerate(x.unbind(1)):
            read, tape = self._step(row, tape, tap, time)
            logits.append(read)
        return Output(torch.stack(logits, 1))  # (B, T, V)

    def _step(self, x: Tensor, tape: _Tape, tap: Tap, time: int) -> tuple[Tensor, _Tape]:
        """x (B, I) -> logits (B, V) and the tape after it."""
        name = tap.at("", NO_LAYER, time)
        given = torch.cat((x, tape.read), -1)
        h, state = self.controller.one_step(given, tape.state, tap, time)
        asked, (erase, add) = self.writer(h)
        writing = name("memory/write", heads.weights(asked, tape.memory, tape.writing))
        erase, add = name("memory/erase", erase.sigmoid()), name("memory/add", torch.tanh(add))
        memory = name("memory", heads.written(tape.memory, writing, erase, add))
        reading = name("memory/read", heads.weights(self.reader(h)[0], memory, tape.reading))
        read = name("context", heads.read(memory, reading))
        logits = self.readout(torch.cat((h, read), -1))
        return logits, _Tape(state, memory, read, reading, writing)

    def _blank(self, batch: int) -> _Tape:
        """Before the first step: every slot alike, both heads on the first one."""
        memory = torch.tanh(self.first).expand(batch, self.slots, -1)
        there = memory.new_zeros(batch, self.slots)
        there[:, 0] = 1.0
        return _Tape(
            self.controller.zero_state(batch), memory, heads.read(memory, there), there, there
        )

    def start(self, batch: Batch) -> Any:
        return self._blank(len(batch.inputs))

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        return self._step(self.embedding(tokens), state, IDENTITY, 0)

    @property
    def structure(self) -> Structure:
        part = description.part(self.controller, "controller")
        roles = {
            "embedding": "embedding",
            "reader": "read head",
            "writer": "write head",
            "first": "first memory",
            "readout": "readout",
        }
        title = f"{part.cell.title} controller {part.hidden_size}, {self.slots} slots"
        return Structure(self.name, title, (part,), description.parameters(self, roles))

    def graph(self, plan: Plan) -> Graph:
        layers, time = self.controller, plan.time
        row = 1 + layers.layers
        inputs = description.tokens("input", time, 0, "x")
        memory = [Node(f"memory@{t}", "memory", t, "time", row, "M", "memory") for t in range(time)]
        reads = description.tokens("context", time, row + 1, "r", "context")
        tops = description.tops(layers, time)
        above, upward = description.prediction(tops, plan.asked, row + 2)
        enter = description.input_edges(layers, "controller", [node.id for node in inputs])
        through = description.state_edges(layers, "controller", time)
        edges = [edge for t in range(time) for edge in self._around_memory(t, tops[t], plan)]
        return Graph(
            (*inputs, *description.states(layers, time, 1), *memory, *reads, *above),
            (*enter, *through, *edges, *upward),
        )

    def _around_memory(self, t: int, top: str, plan: Plan) -> list[Edge]:
        """The controller writes, the memory stays, the read head reads; what it read enters the
        output now and the controller one step later.
        """
        edges = [
            Edge(top, f"memory@{t}", "writer.linear.weight"),
            Edge(top, f"context@{t}", "reader.linear.weight"),
            Edge(f"memory@{t}", f"context@{t}"),
        ]
        if t > 0:
            into = description.state_id(self.controller, 0, t)
            edges.append(Edge(f"memory@{t - 1}", f"memory@{t}", "", 1))
            edges.append(Edge(f"context@{t - 1}", into, "controller.kernel.weight_ih_l0", 1))
        if t in plan.asked:
            edges.append(Edge(f"context@{t}", f"output@{t}", "readout.weight"))
        return edges
