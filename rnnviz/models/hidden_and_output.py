"""Hidden and output recurrence: h_t is computed from h_{t-1}, from the output y_{t-1} and from x_t,
so that answers depend on the answers before them (Goodfellow et al. 10.2.4, figure 10.10).
"""

from __future__ import annotations

import torch
from torch import Tensor

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.model import Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.feedback import OutputFeedback
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.start import initialise


class HiddenAndOutput(OutputFeedback):
    """[x_t; y_{t-1}] and h_{t-1} -> h_t of every layer -> logits."""

    name = "hidden_and_output"
    title = "hidden and output recurrence"
    shapes = ("aligned",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        width = self.embedding.embedding_dim + sizes.outputs
        self.recurrent = RecurrentLayers(
            cell, "recurrent", width, config.hidden_size, config.layers, config.dropout
        )
        initialise(self, config)

    def rest(self, rows: int) -> State:
        return self.recurrent.zero_state(rows)

    def step(self, x: Tensor, y: Tensor, state: State, tap: Tap, time: int) -> tuple[Tensor, State]:
        return self.recurrent.one_step(torch.cat((x, y), -1), state, tap, time)

    def steps(
        self, x: Tensor, y: Tensor, state: State, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        return self.recurrent.forward(torch.cat((x, y), -1), state, lengths)

    @property
    def structure(self) -> Structure:
        part = description.part(self.recurrent, "recurrent layers")
        roles = {"embedding": "embedding", "readout": "readout"}
        title = f"{part.cell.title} {part.layers}×{part.hidden_size} with its last output"
        return Structure(self.name, title, (part,), description.parameters(self, roles))

    def graph(self, plan: Plan) -> Graph:
        layers, time = self.recurrent, plan.time
        inputs = description.tokens("input", time, 0, "x")
        states = description.states(layers, time, 1)
        tops = description.tops(layers, time)
        above, upward = description.prediction(tops, plan.asked, 1 + layers.layers)
        enter = description.input_edges(layers, "recurrent", [node.id for node in inputs])
        through = description.state_edges(layers, "recurrent", time)
        first = [description.state_id(layers, 0, t) for t in range(time)]
        back = self.fed_back(plan.asked, first, "recurrent.kernel.weight_ih_l0")
        return Graph((*inputs, *states, *above), (*enter, *through, *upward, *back))
