"""The bidirectional network: a stack reads from the left, another from the right, and the output
sees both (Schuster and Paliwal 1997).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph
from rnnviz.contracts.model import Batch, Model, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.bidirectional import Bidirectional
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.start import initialise


class BidirectionalNetwork(Model):
    """x_t -> h_t from the left and g_t from the right -> o_t = V [h_t; g_t] + c.

    Where one answer is asked at the end of a sequence, g_T would have read a single word; the
    answer sees what both stacks know when they have read everything: o_t = V [h_t; g_1] + c.
    """

    name = "bidirectional"
    title = "bidirectional network"
    shapes = ("aligned",)
    looks_ahead = True

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        stack = config.hidden_size, config.layers, config.dropout
        self.embedding = step_input(config, sizes)
        self.stacks = Bidirectional(cell, "recurrent", self.embedding.embedding_dim, *stack)
        self.dropout, self.answers_once = config.dropout, sizes.answers_once
        self.readout = nn.Linear(2 * config.hidden_size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        both, _ = self.stacks(self.embedding(batch.inputs), batch.lengths)  # (B, T, 2H)
        return self._output(both)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        both, _ = self.stacks.tapped(self.embedding(batch.inputs), tap, batch.lengths)
        return self._output(both)

    def _output(self, both: Tensor) -> Output:
        if self.answers_once:
            ahead, back = both.chunk(2, -1)
            both = torch.cat((ahead, back[:, :1].expand_as(back)), -1)
        return Output(self.readout(F.dropout(both, self.dropout, self.training)))  # (B, T, V)

    @property
    def structure(self) -> Structure:
        ahead, back = self.stacks.forward_layers, self.stacks.backward_layers
        parts = description.part(ahead, "forward"), description.part(back, "backward")
        roles = {"embedding": "embedding", "readout": "readout"}
        part = parts[0]
        return Structure(
            self.name,
            f"bidirectional {part.cell.title} {part.layers}×{part.hidden_size}",
            parts,
            description.parameters(self, roles),
        )

    def graph(self, plan: Plan) -> Graph:
        inputs = description.tokens("input", plan.time, 0, "x")
        states, through = description.both_directions(self.stacks, "stacks", inputs, 1)
        row = 1 + 2 * self.stacks.forward_layers.layers
        below = description.tops(self.stacks.forward_layers, plan.time)
        above, upward = description.prediction(below, plan.asked, row)
        return Graph((*inputs, *states, *above), (*through, *upward, *self._from_right(plan)))

    def _from_right(self, plan: Plan) -> list[Edge]:
        """What the outputs read of the stack that comes from the right."""
        tops = description.tops(self.stacks.backward_layers, plan.time)
        return [
            Edge(tops[0 if self.answers_once else t], f"output@{t}", "readout.weight")
            for t in plan.asked
        ]
