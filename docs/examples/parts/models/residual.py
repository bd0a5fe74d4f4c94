"""A recurrent network whose readout sees the embedded input beside the top state."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY


class Residual(Autoregressive):
    """As the recurrent network, with a way around the recurrence: logits = V h_t + D x_t."""

    name = "residual"
    title = "residual readout"
    shapes = ("aligned",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        self.embedding = step_input(config, sizes)
        self.recurrent = RecurrentLayers(
            cell,
            "recurrent",
            self.embedding.embedding_dim,
            config.hidden_size,
            config.layers,
            config.dropout,
        )
        self.dropout = config.dropout
        self.readout = nn.Linear(config.hidden_size, sizes.outputs)
        self.direct = nn.Linear(self.embedding.embedding_dim, sizes.outputs, bias=False)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        x = self.embedding(batch.inputs)  # (B, T, I)
        h, state = self.recurrent(x, self._carried(batch, state), batch.lengths)  # (B, T, H)
        return self._output(x, h, state)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        x = self.embedding(batch.inputs)
        h, state = self.recurrent.tapped(x, tap, self._carried(batch, state), batch.lengths)
        return self._output(x, h, state)

    def _carried(self, batch: Batch, state: Any) -> Any:
        return state if batch.continues else None

    def _output(self, x: Tensor, h: Tensor, state: Any) -> Output:
        logits = self.readout(F.dropout(h, self.dropout, self.training)) + self.direct(
            x
        )  # (B, T, V)
        return Output(logits, tuple(s.detach() for s in state))

    def start(self, batch: Batch) -> Any:
        return self.recurrent.zero_state(len(batch.inputs))

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        x = self.embedding(tokens)
        h, state = self.recurrent.one_step(x, state, IDENTITY, 0)
        return self.readout(F.dropout(h, self.dropout, self.training)) + self.direct(x), state

    @property
    def structure(self) -> Structure:
        part = description.part(self.recurrent, "recurrent layers")
        roles = {"embedding": "embedding", "readout": "readout", "direct": "readout"}
        return Structure(
            self.name,
            f"{part.cell.title} {part.layers}×{part.hidden_size}",
            (part,),
            description.parameters(self, roles),
        )

    def graph(self, plan: Plan) -> Graph:
        layers, time = self.recurrent, plan.time
        inputs = description.tokens("input", time, 0, "x")
        states = description.states(layers, time, 1)
        tops = description.tops(layers, time)
        above, upward = description.prediction(tops, plan.asked, 1 + layers.layers)
        enter = description.input_edges(layers, "recurrent", [node.id for node in inputs])
        through = description.state_edges(layers, "recurrent", time)
        direct = [Edge(f"input@{t}", f"output@{t}", "direct.weight") for t in plan.asked]
        return Graph((*inputs, *states, *above), (*enter, *through, *upward, *direct))
