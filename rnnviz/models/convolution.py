"""The convolution baseline: filters over neighbouring inputs, their largest answers read at the
end (Kim 2014).
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.pooling import LargestSoFar
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY
from rnnviz.recurrence.windows import WindowLayers


class Convolution(Autoregressive):
    """Each layer: relu(Σ_j W_j x_{t-j} + b), causal. Where one answer is asked at the end, it is
    read from the largest value of every filter so far; elsewhere from each step's own.
    """

    name = "convolution"
    title = "convolution"
    shapes = ("aligned",)
    ignores = ("cell", "nonlinearity", "forget_bias")

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        size, widths = config.hidden_size, (config.window,) * config.layers
        self.embedding = step_input(config, sizes)
        self.filters = WindowLayers("filters", self.embedding.embedding_dim, size, widths, "relu")
        self.pooling = LargestSoFar(size) if sizes.answers_once else None
        self.width, self.dropout = config.window, config.dropout
        self.readout = nn.Linear(size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        h, after = self.filters(self.embedding(batch.inputs), self._before(batch, state))
        return self._output(self.pooling(h) if self.pooling else h, after)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        x, before = self.embedding(batch.inputs), self._before(batch, state)
        h, after = self.filters.tapped(x, tap, before)
        return self._output(self.pooling.tapped(h, tap) if self.pooling else h, after)

    def _before(self, batch: Batch, state: Any) -> tuple[Tensor, ...]:
        carried: tuple[Tensor, ...] | None = state if batch.continues else None
        return self.filters.before(len(batch.inputs)) if carried is None else carried

    def _output(self, h: Tensor, state: tuple[Tensor, ...]) -> Output:
        logits = self.readout(F.dropout(h, self.dropout, self.training))  # (B, T, V)
        return Output(logits, tuple(s.detach() for s in state))

    def start(self, batch: Batch) -> Any:
        return self.filters.before(len(batch.inputs)), None

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        before, largest = state
        h, before = self.filters.one_step(self.embedding(tokens), before, IDENTITY, 0)
        if self.pooling:
            h = largest = self.pooling.one_step(h, largest, IDENTITY, 0)
        return self.readout(F.dropout(h, self.dropout, self.training)), (before, largest)

    @property
    def structure(self) -> Structure:
        part = self.filters.described("filters")
        roles = {"embedding": "embedding", "filters": "input_hidden", "readout": "readout"}
        return Structure(
            self.name,
            f"convolution of {self.width}, {part.layers}×{part.hidden_size}",
            (part, self.pooling.described()) if self.pooling else (part,),
            self.filters.placed(description.parameters(self, roles)),
        )

    def graph(self, plan: Plan) -> Graph:
        inputs = description.tokens("input", plan.time, 0, "x")
        nodes: list[Node] = [*inputs, *self.filters.nodes(plan.time, 1)]
        edges: list[Edge] = self.filters.edges([node.id for node in inputs])
        tops, row = self.filters.tops(plan.time), 1 + len(self.filters.layers)
        if self.pooling:
            pooled, through = self.pooling.graph(tops, row)
            nodes, edges = nodes + pooled, edges + through
            tops, row = [node.id for node in pooled], row + 1
        above, upward = description.prediction(tops, plan.asked, row)
        return Graph((*nodes, *above), (*edges, *upward))
