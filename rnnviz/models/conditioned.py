"""Vector to sequence: one fixed vector decides which sequence is written. It enters as a further
input at each step, as the first state h_0, or as both (Goodfellow et al. 10.2.4, figure 10.9).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.inputs import Values, token_input
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY, NO_LAYER


@dataclass(frozen=True, slots=True)
class _Writing:
    """Where a row being written stands: the state, and what it is written from (B, K)."""

    state: State
    context: Tensor


class Conditioned(Autoregressive):
    """context -> h_0 or a part of each x_t -> h_t of every layer -> logits."""

    name = "conditioned"
    title = "vector to sequence"
    shapes = ("conditioned",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        size, layers = config.hidden_size, config.layers
        self.enters = config.conditioning != "start"
        begins = config.conditioning != "every_step"
        self.dropout = config.dropout
        self.context = (
            Values(sizes.context)
            if sizes.context_kind == "values"
            else token_input(config, sizes.context)
        )
        self.embedding = token_input(config, sizes.inputs)
        length = self.context.embedding_dim
        self.first = nn.Linear(length, layers * size) if begins else None
        width = self.embedding.embedding_dim + (length if self.enters else 0)
        self.recurrent = RecurrentLayers(cell, "recurrent", width, size, layers, config.dropout)
        self.readout = nn.Linear(size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        begin = self.start(batch)
        h, _ = self.recurrent(self._entering(batch, begin), begin.state, batch.lengths)
        return Output(self._read(h))  # (B, T, V)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        begin = self.start(batch)
        tap.at("recurrent", NO_LAYER, 0)("context", begin.context)
        x = self._entering(batch, begin)
        h, _ = self.recurrent.tapped(x, tap, begin.state, batch.lengths)
        return Output(self._read(h))

    def start(self, batch: Batch) -> _Writing:
        if batch.context is None:
            raise ValueError("this network needs batch.context")
        context = self.context(batch.context)  # (B, K)
        zeros = self.recurrent.zero_state(len(context))
        if self.first is None:
            return _Writing(zeros, context)
        h_0 = torch.tanh(self.first(context)).view(len(context), self.recurrent.layers, -1)
        return _Writing((h_0.transpose(0, 1).contiguous(), *zeros[1:]), context)

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        here: _Writing = state
        x = self.embedding(tokens)
        x = torch.cat((x, here.context), -1) if self.enters else x
        h, now = self.recurrent.one_step(x, here.state, IDENTITY, 0)
        return self._read(h), replace(here, state=now)

    def _entering(self, batch: Batch, begin: _Writing) -> Tensor:
        """(B, T, I) each token's vector, with the context beside it where it enters each step."""
        x: Tensor = self.embedding(batch.inputs)
        if not self.enters:
            return x
        return torch.cat((x, begin.context[:, None].expand(-1, x.shape[1], -1)), -1)

    def _read(self, h: Tensor) -> Tensor:
        logits: Tensor = self.readout(F.dropout(h, self.dropout, self.training))
        return logits

    @property
    def structure(self) -> Structure:
        part = description.part(self.recurrent, "recurrent layers")
        roles = {
            "context": "embedding",
            "embedding": "embedding",
            "first": "bridge",
            "readout": "readout",
        }
        title = f"vector to {part.cell.title} {part.layers}×{part.hidden_size}"
        return Structure(self.name, title, (part,), description.parameters(self, roles))

    def graph(self, plan: Plan) -> Graph:
        layers, time = self.recurrent, plan.time
        context = description.tokens("context", min(time, 1), 0, "x", "context")
        start, begun = self._first_state(time)
        inputs = description.tokens("input", time, 1 + len(start), "y")
        row = 2 + len(start)
        states = description.states(layers, time, row)
        tops = description.tops(layers, time)
        above, upward = description.prediction(tops, plan.asked, row + layers.layers)
        enter = description.input_edges(layers, "recurrent", [node.id for node in inputs])
        through = description.state_edges(layers, "recurrent", time)
        return Graph(
            (*context, *start, *inputs, *states, *above),
            (*begun, *self._extra_inputs(time), *enter, *through, *upward),
        )

    def _extra_inputs(self, time: int) -> list[Edge]:
        """From the one context into the first layer at each step."""
        weight = "recurrent.kernel.weight_ih_l0"
        steps = range(time if self.enters else 0)
        return [
            Edge("context@0", description.state_id(self.recurrent, 0, t), weight, t) for t in steps
        ]

    def _first_state(self, time: int) -> tuple[list[Node], list[Edge]]:
        """h_0, made from the context, and where it enters each layer."""
        if self.first is None or not time:
            return [], []
        node = Node("first@0", "hidden", 0, "time", 1, "h_0")
        edges = [Edge("context@0", node.id, "first.weight")]
        for layer in range(self.recurrent.layers):
            weight = f"recurrent.kernel.weight_hh_l{layer}"
            edges.append(Edge(node.id, description.state_id(self.recurrent, layer, 0), weight))
        return [node], edges
