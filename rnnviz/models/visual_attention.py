"""Show, attend and tell (Xu et al. 2015, soft attention): convolutions turn a picture into a grid
of annotations, and for every word the decoder looks at some of its cells.
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
from rnnviz.recurrence.attending import Attending, alignment, from_context
from rnnviz.recurrence.attention import AdditiveAttention, Memory
from rnnviz.recurrence.inputs import token_input
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.picture_grid import PictureGrid
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY


@dataclass(frozen=True, slots=True)
class _Describing:
    """Where the decoder stands, and the picture's annotations."""

    state: State
    memory: Memory


class VisualAttention(Autoregressive):
    """Picture -> annotations of its cells -> at each step a context, a decoder state and logits."""

    name = "visual_attention"
    title = "attention over a picture"
    shapes = ("pictures",)
    ignores = ("attention",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        size, features = config.hidden_size, config.features
        self.dropout = config.dropout
        self.grid = PictureGrid(sizes.picture[0], features)
        self.embedding = token_input(config, sizes.inputs)
        self.bridge = nn.Linear(features, config.layers * size)
        self.attention = AdditiveAttention(size, features, size)
        width = self.embedding.embedding_dim + features
        self.decoder = RecurrentLayers(cell, "decoder", width, size, config.layers, config.dropout)
        self.readout = nn.Linear(size + features, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        return self.tapped(batch, IDENTITY)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        begin = self.start(batch)
        made = self._attending.steps(batch.inputs, begin.state, begin.memory, tap)
        return Output(self._read(made.hidden, made.context), None, made.weights)

    def start(self, batch: Batch) -> _Describing:
        """The decoder before its first word: its state begins from the mean annotation."""
        if batch.picture is None:
            raise ValueError("the network needs batch.picture")
        annotations = self.grid(batch.picture)  # (B, S, M)
        first = torch.tanh(self.bridge(annotations.mean(1))).view(
            len(annotations), self.decoder.layers, -1
        )
        zeros = self.decoder.zero_state(len(annotations))
        state = (first.transpose(0, 1).contiguous(), *zeros[1:])  # (L, B, H) each
        return _Describing(state, self.attention.remember(annotations, None))

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        here: _Describing = state
        a_token = self._attending.from_tokens(tokens)
        made = self._attending.step(a_token, here.state, here.memory, IDENTITY, 0)
        return self._read(made.hidden, made.context), replace(here, state=made.state)

    @property
    def _attending(self) -> Attending:
        return Attending(self.embedding, self.attention, self.decoder)

    def _read(self, h: Tensor, context: Tensor) -> Tensor:
        """Logits from decoder outputs (..., H) and contexts (..., M)."""
        both = torch.cat((h, context), -1)
        logits: Tensor = self.readout(F.dropout(both, self.dropout, self.training))
        return logits

    @property
    def structure(self) -> Structure:
        part = description.part(self.decoder, "decoder")
        roles = {
            "grid": "convolution",
            "embedding": "embedding",
            "bridge": "bridge",
            "attention": "attention",
            "readout": "readout",
        }
        title = f"{part.cell.title} decoder {part.layers}×{part.hidden_size} that sees a picture"
        return Structure(self.name, title, (part,), description.parameters(self, roles), True)

    def graph(self, plan: Plan) -> Graph:
        """The cells of the picture stand below as sources; convolutions lie behind them."""
        time, decoder = plan.time, self.decoder
        cells = _under(description.tokens("source", plan.source_time, 0, "a"), time)
        contexts = description.tokens("context", time, 1, "c", "context")
        inputs = description.tokens("input", time, 2, "y")
        states = description.states(decoder, time, 3)
        tops = description.tops(decoder, time)
        above, upward = description.prediction(tops, plan.asked, 3 + decoder.layers)
        edges = [
            *self._from_cells([cell.id for cell in cells], time),
            *from_context(decoder, time, frozenset(plan.asked)),
            *description.input_edges(decoder, "decoder", [node.id for node in inputs]),
            *description.state_edges(decoder, "decoder", time),
            *upward,
        ]
        return Graph((*cells, *contexts, *inputs, *states, *above), tuple(edges))

    def _from_cells(self, cells: list[str], time: int) -> list[Edge]:
        """Into the first states by way of their mean, and into every context by attention."""
        first = [
            description.state_id(self.decoder, layer, 0)
            for layer in range(self.decoder.layers if time else 0)
        ]
        bridges = [Edge(cell, state, "bridge.weight") for cell in cells for state in first]
        return bridges + alignment(self.decoder, [(cell,) for cell in cells], time)


def _under(cells: list[Node], time: int) -> list[Node]:
    """The cells in one row as wide as the words above: there are far more of them."""
    step = max(time - 1, 0) / max(len(cells) - 1, 1)
    return [replace(cell, place=cell.time * step) for cell in cells]
